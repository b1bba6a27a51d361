"""What the passage store must do: texts, words and vectors stay together."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from knowledge_graph.domain.errors import InvalidInput, KnowledgeMissing
from knowledge_graph.domain.evidence import EvidenceClass, Extract
from knowledge_graph.embedding import embed_passages
from knowledge_graph.passages import PassageStore
from tests.support.embedder import WordEmbedder
from tests.support.extracts import article, document

EMBEDDER = WordEmbedder()
GOUT = article(
    "medquad:1",
    "Gout is a kind of arthritis caused by uric acid crystals in a joint.",
    "Attacks of gout begin suddenly, often in the big toe.",
    title="What is gout?",
    url="https://example.org/gout",
)
ASTHMA = article("medquad:2", "Asthma makes breathing hard.", title="What is asthma?")
CHINESE = article(
    "core:gout",
    "痛风是尿酸结晶引起的关节炎。",
    title="痛风",
    language="zh",
    evidence=EvidenceClass.CURATED,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    opened = PassageStore.open(tmp_path, read_only=False)
    yield opened
    opened.close()


def put(store: PassageStore, *extracts: Extract) -> None:
    store.write(extracts, embed_passages(EMBEDDER, extracts))


def found(hits: list[tuple[str, float]]) -> list[str]:
    return [passage_id for passage_id, _ in hits]


def nearest(store: PassageStore, text: str, limit: int = 10, **how: object) -> list[str]:
    return found(store.search_vector(EMBEDDER.embed([text])[0], limit, **how))  # type: ignore[arg-type]


def test_passages_and_documents_come_back_as_they_went_in(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA, CHINESE)
    assert store.passage(GOUT.passages[1].id) == GOUT.passages[1]
    assert store.passage("unknown") is None
    assert store.document("medquad:1") == GOUT.document
    assert store.document("unknown") is None
    assert [item.id for item in store.documents()] == ["core:gout", "medquad:1", "medquad:2"]
    assert [item.id for item in store.documents("core")] == ["core:gout"]
    assert store.document_hashes("medquad") == {"medquad:1": "1", "medquad:2": "1"}
    assert store.sources() == {
        "core": (EvidenceClass.CURATED, 1),
        "medquad": (EvidenceClass.LITERATURE, 2),
    }
    assert store.count() == 4


def test_words_are_found_in_title_and_text_whatever_their_form(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA)
    assert set(found(store.search_text("What is gout?", 10))) == {p.id for p in GOUT.passages}
    assert found(store.search_text("sudden attack", 10)) == [GOUT.passages[1].id]
    assert found(store.search_text("BREATHE", 10)) == [ASTHMA.passages[0].id]
    assert len(store.search_text("gout asthma", 2)) == 2
    scores = [score for _, score in store.search_text("gout crystals", 10)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_chinese_is_found_by_words_and_has_no_vector(store: PassageStore) -> None:
    put(store, CHINESE, GOUT)
    assert found(store.search_text("什么是痛风?", 10)) == [CHINESE.passages[0].id]
    assert found(store.search_text("尿酸高怎么办", 10)) == [CHINESE.passages[0].id]
    assert store.search_text("糖尿病", 10) == []
    assert store.vector_count() == 2
    assert store.search_vector(EMBEDDER.embed(["痛风"])[0], 10) == []


@pytest.mark.parametrize(
    "query", ["", "   ", "?", "what is the", '"', "a AND OR NOT (", "gout*", "title:gout", "是什么"]
)
def test_no_query_is_an_error(store: PassageStore, query: str) -> None:
    put(store, GOUT)
    assert len(store.search_text(query, 10)) <= 2


def test_searches_can_be_limited_to_a_language_or_to_sources(store: PassageStore) -> None:
    mixed = article("notes:1", "gout 痛风", language="zh")
    put(store, GOUT, mixed)
    assert len(store.search_text("gout", 10)) == 3
    assert found(store.search_text("gout", 10, language="zh")) == [mixed.passages[0].id]
    assert found(store.search_text("gout", 10, sources=["notes"])) == [mixed.passages[0].id]
    assert store.search_text("gout", 10, sources=[]) == []
    put(store, ASTHMA)
    assert nearest(store, "gout", sources=["notes"]) == []
    assert len(nearest(store, "gout", sources=["medquad", "notes"])) == 3


def test_the_nearest_vector_comes_first(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA)
    assert nearest(store, "asthma breathing hard", 1) == [ASTHMA.passages[0].id]
    cosines = [score for _, score in store.search_vector(EMBEDDER.embed(["gout joint"])[0], 3)]
    assert cosines == sorted(cosines, reverse=True)
    assert all(-1.001 <= cosine <= 1.001 for cosine in cosines)
    assert nearest(store, "gout", 0) == []


def test_a_new_version_replaces_texts_words_and_vectors(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA)
    put(store, article("medquad:1", "Podagra.", title="Changed", content_hash="2"))
    assert store.search_text("gout", 10) == []
    assert store.passage(GOUT.passages[0].id) is None
    assert store.document_hashes()["medquad:1"] == "2"
    assert (store.count(), store.vector_count()) == (2, 2)
    assert len(nearest(store, "podagra")) == 2


def test_removing_leaves_nothing(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA)
    store.remove(["medquad:1", "unknown"])
    assert store.search_text("gout", 10) == []
    assert nearest(store, "gout") == [ASTHMA.passages[0].id]
    assert store.document("medquad:1") is None
    store.remove(["medquad:2"])
    assert (store.count(), store.vector_count(), list(store.export())) == (0, 0, [])


def test_equal_content_exports_equal_lines_whatever_came_before(
    store: PassageStore, tmp_path: Path
) -> None:
    put(store, ASTHMA, GOUT)
    put(store, CHINESE)
    store.remove(["core:gout"])
    other = PassageStore.open(tmp_path / "other", read_only=False)
    put(other, GOUT)
    put(other, ASTHMA)
    assert list(other.export()) == list(store.export())
    put(other, CHINESE)
    assert list(other.export()) != list(store.export())
    other.close()


def test_wrong_number_of_vectors_is_refused_and_changes_nothing(store: PassageStore) -> None:
    put(store, ASTHMA)
    with pytest.raises(InvalidInput, match="2 passages came with 1"):
        store.write([GOUT], np.zeros((1, 384), dtype=np.float32))
    assert (store.count(), store.vector_count()) == (1, 1)


def test_a_write_that_fails_half_way_changes_nothing(store: PassageStore) -> None:
    put(store, GOUT)
    before = list(store.export())
    fresh = article("medquad:1", "New.", content_hash="2")
    foreign = Extract(document("medquad:3"), ASTHMA.passages)
    with pytest.raises(InvalidInput, match="medquad:3 has a passage of medquad:2"):
        put(store, fresh, foreign)
    assert list(store.export()) == before
    assert len(nearest(store, "gout")) == 2


def test_what_was_saved_is_read_and_nothing_else(store: PassageStore, tmp_path: Path) -> None:
    put(store, GOUT)
    store.save()
    reader = PassageStore.open(tmp_path)
    assert reader.passage(GOUT.passages[0].id) == GOUT.passages[0]
    assert nearest(reader, "gout", 1)
    reader.close()
    with pytest.raises(KnowledgeMissing, match="ingest"):
        PassageStore.open(tmp_path / "nowhere")


def test_threads_may_search_at_once(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA)
    results: list[list[str]] = []

    def look() -> None:
        results.extend(found(store.search_text("gout", 1)) for _ in range(50))

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200
    assert len({tuple(result) for result in results}) == 1


def test_rare_terms_weigh_more(store: PassageStore) -> None:
    put(store, GOUT, ASTHMA)
    weights = store.term_weights("What is the gout of a breathing zebra?")
    assert list(weights) == ["gout", "breathing", "zebra"]
    assert 0 < weights["gout"] < weights["breathing"] < weights["zebra"]
    assert store.term_weights("what is it") == {}


def test_the_cosines_of_some_passages(store: PassageStore) -> None:
    put(store, GOUT, CHINESE)
    ids = [GOUT.passages[1].id, CHINESE.passages[0].id, "unknown"]
    vector = EMBEDDER.embed(["gout"])[0]
    expected = dict(store.search_vector(vector, 10))
    assert store.cosines(vector, ids) == pytest.approx({ids[0]: expected[ids[0]]})
    assert store.cosines(np.zeros(384, dtype=np.float32), ids) == {}
