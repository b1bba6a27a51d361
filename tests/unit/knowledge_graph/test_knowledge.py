"""Opening a published version."""

from pathlib import Path

import pytest

from knowledge_graph.domain.errors import KnowledgeInvalid, KnowledgeMissing
from knowledge_graph.domain.evidence import EvidenceClass, Extract
from knowledge_graph.knowledge import build_finder, open_knowledge
from knowledge_graph.publication import Library
from tests.support.embedder import WordEmbedder
from tests.support.extracts import article, concept, document
from tests.support.knowledge import EMPTY_CORE, published

GOUT = Extract(
    document("hpo:1", evidence=EvidenceClass.VOCABULARY),
    concepts=(concept("HP:0001997", "Gout", zh=("痛风",)),),
)


def test_the_finder_knows_the_names_of_the_graph(tmp_path: Path) -> None:
    knowledge = published(tmp_path, GOUT)
    for text in ("He has gout.", "他有痛风。"):
        assert [found.concept_id for found in knowledge.finder.find(text)] == ["HP:0001997"]
    assert knowledge.version == knowledge.manifest.version
    assert knowledge.speller.correct("goutt") == "gout"
    knowledge.close()


def test_a_finder_without_a_graph_knows_the_core_only() -> None:
    assert build_finder(EMPTY_CORE).find("He has gout.") == ()


def test_nothing_published_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeMissing, match="ingest"):
        open_knowledge(Library(tmp_path), WordEmbedder(), EMPTY_CORE)


def test_another_embedder_is_refused(tmp_path: Path) -> None:
    published(tmp_path, article("a:1", "Text.")).close()

    class Other(WordEmbedder):
        name = "other"

    with pytest.raises(KnowledgeInvalid, match="words-for-tests, not with other"):
        open_knowledge(Library(tmp_path), Other(), EMPTY_CORE)
