"""Search: the right passages first, with citations; nothing where nothing bears on the question."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.domain.evidence import EvidenceClass, Extract
from knowledge_graph.embedding import embed_passages
from knowledge_graph.knowledge import Knowledge
from knowledge_graph.passages import PassageStore
from knowledge_graph.search import cite, search
from tests.support.extracts import article, concept, document
from tests.support.knowledge import published

VOCABULARY = Extract(
    document("hpo:1", evidence=EvidenceClass.VOCABULARY),
    concepts=(
        concept("gout", "Gout", "Podagra", zh=("痛风",)),
        concept("heart_attack", "Myocardial infarction", "Heart attack", zh=("心肌梗死",)),
    ),
)
GOUT = article(
    "medquad:gout",
    "Gout is a form of arthritis. Uric acid crystals build up in a joint, often of the big toe.",
    title="What is (are) Gout ?",
    mentions={"gout": 2},
    url="https://example.org/gout",
)
TREATMENT = article(
    "medquad:gout-treatment",
    "Doctors use anti-inflammatory drugs, colchicine or steroids.",
    title="What are the treatments for Gout ?",
)
ASTHMA = article("medquad:asthma", "Asthma makes breathing hard.", title="What is (are) Asthma ?")
INFARCTION = article(
    "pubtator:7",
    "Myocardial infarction follows when a coronary artery is blocked.",
    title="Coronary occlusion",
    mentions={"heart_attack": 1},
)
ADVICE = article(
    "core:gout",
    "痛风是尿酸结晶引起的关节炎，少喝啤酒。",
    title="痛风",
    language="zh",
    evidence=EvidenceClass.CURATED,
    mentions={"gout": 1},
)
NOTE = article(
    "fhir:note", "Patient with gout.", title="Note on gout", evidence=EvidenceClass.RECORDS
)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knowledge]:
    opened = published(
        tmp_path_factory.mktemp("knowledge"),
        *(VOCABULARY, GOUT, TREATMENT, ASTHMA, INFARCTION, ADVICE, NOTE),
    )
    yield opened
    opened.close()


def documents(knowledge: Knowledge, query: str, language: str = "en", **how: object) -> list[str]:
    return [hit.document.id for hit in search(knowledge, query, language, **how)]  # type: ignore[arg-type]


def test_a_question_finds_its_answer_first(knowledge: Knowledge) -> None:
    assert documents(knowledge, "what is gout?")[0] == "medquad:gout"
    assert documents(knowledge, "treatments for gout")[0] == "medquad:gout-treatment"
    assert documents(knowledge, "what is asthma") == ["medquad:asthma"]


def test_a_misspelt_question_finds_the_same(knowledge: Knowledge) -> None:
    assert documents(knowledge, "waht is astma") == documents(knowledge, "what is asthma")


def test_another_name_of_a_concept_finds_its_passages(knowledge: Knowledge) -> None:
    assert documents(knowledge, "heart attack") == ["pubtator:7"]
    assert "medquad:gout" in documents(knowledge, "podagra")


def test_chinese_finds_chinese_first_and_english_by_concept(knowledge: Knowledge) -> None:
    found = documents(knowledge, "什么是痛风？", "zh")
    assert found[0] == "core:gout"
    assert "medquad:gout" in found
    assert documents(knowledge, "心肌梗死是什么", "zh") == ["pubtator:7"]


@pytest.mark.parametrize(
    "query", ["asdf qwer zxcv", "", "   ", "???", "best pizza near me", "今天天气怎么样", "what is"]
)
def test_nonsense_finds_nothing(knowledge: Knowledge, query: str) -> None:
    assert documents(knowledge, query) == []


def test_patients_records_are_searched_only_when_asked_for(knowledge: Knowledge) -> None:
    assert "fhir:note" not in documents(knowledge, "gout", limit=100)
    assert documents(knowledge, "gout", sources=["fhir"]) == ["fhir:note"]


def test_a_search_can_be_limited(knowledge: Knowledge) -> None:
    assert documents(knowledge, "gout", sources=["pubtator", "hpo"]) == []
    assert documents(knowledge, "gout", sources=["core", "pubtator"]) == ["core:gout"]
    assert documents(knowledge, "痛风", sources=["core"], language="zh") == ["core:gout"]
    assert documents(knowledge, "gout", sources=["unknown"]) == []
    assert len(documents(knowledge, "gout", limit=1)) == 1
    assert documents(knowledge, "gout", limit=0) == []


def test_hits_are_ordered_and_cited(knowledge: Knowledge) -> None:
    hits = search(knowledge, "what is gout?", "en")
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    citation = hits[0].citation
    assert (citation.document_id, citation.passage_id) == ("medquad:gout", GOUT.passages[0].id)
    assert (citation.title, citation.source) == ("What is (are) Gout ?", "medquad")
    assert citation.url == "https://example.org/gout"
    assert citation.quote == GOUT.passages[0].text


def test_the_same_search_gives_the_same_answer(knowledge: Knowledge) -> None:
    assert search(knowledge, "gout joint", "en") == search(knowledge, "gout joint", "en")


def test_a_long_passage_is_quoted_by_its_first_sentences() -> None:
    text = "First sentence is quite long " + "and goes on " * 8 + "here. " + "Second one. " * 40
    extract = article("a:1", text)
    dated = replace(extract.document, published=date(2019, 5, 1))
    citation = cite(dated, extract.passages[0])
    assert citation.year == 2019
    assert citation.quote
    assert text.startswith(citation.quote)
    assert citation.quote.endswith(".")
    assert len(citation.quote) <= 240
    endless = cite(dated, replace(extract.passages[0], text="word " * 200)).quote
    assert endless
    assert endless.endswith("word …")


def test_passages_the_graph_is_ahead_of_are_passed_over(tmp_path: Path) -> None:
    """A graph server may already have documents whose passages are not published yet."""
    opened = published(tmp_path, VOCABULARY, GOUT, ADVICE)
    opened.passages.close()
    behind = PassageStore.open(tmp_path / "behind", read_only=False)
    behind.write([GOUT], embed_passages(opened.embedder, [GOUT]))
    found = documents(replace(opened, passages=behind), "what is gout")
    assert found == ["medquad:gout"]
    opened.graph.close()
    behind.close()
