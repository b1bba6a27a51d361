"""Whatever is written and removed, in whatever order, the stores answer as the reference does."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from knowledge_graph.domain.concepts import Concept, ConceptKind
from knowledge_graph.domain.evidence import (
    Assertion,
    Document,
    EvidenceClass,
    Extract,
    Passage,
    PassageMention,
    Provenance,
    Relation,
    RelationKind,
)
from knowledge_graph.stores.cypher_store import CypherStore
from knowledge_graph.stores.ladybug import LadybugStore
from tests.support.extracts import passage_id
from tests.support.graph_stores import after_failure, clear, empty_neo4j, nodes
from tests.support.memory_store import MemoryStore

# Few, so that documents are often replaced and concepts often shared.
DOCUMENT_IDS = ["a:0", "a:1", "b:0"]
CONCEPT_IDS = ["gout", "HP:0000001", "胸痛", "x'\"\\"]
SOME_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("痛风'\"\\$"), max_size=6
)
SHARE = st.none() | st.floats(0, 1, allow_subnormal=False)


@st.composite
def extracts(draw: st.DrawFn) -> Extract:
    """Any extract: descriptions, mentions and facts over a few documents and concepts."""
    document_id = draw(st.sampled_from(DOCUMENT_IDS))
    evidence = draw(st.sampled_from(EvidenceClass))
    document = Document(
        document_id,
        document_id[0],
        draw(SOME_TEXT),
        draw(st.sampled_from("123")),
        evidence,
        url=draw(st.none() | SOME_TEXT.filter(bool)),
    )
    passages = tuple(
        Passage(passage_id(document_id, "", str(at)), document_id, at, "", str(at))
        for at in range(draw(st.integers(0, 2)))
    )
    ids = st.sampled_from(CONCEPT_IDS)
    names = st.dictionaries(
        st.sampled_from(["en", "zh"]), st.lists(SOME_TEXT, max_size=3).map(tuple), max_size=2
    )
    concepts = st.builds(Concept, ids, st.sampled_from(ConceptKind), names)
    own = st.none() | st.sampled_from([item.id for item in passages]) if passages else st.none()
    where = st.builds(Provenance, st.just(document_id), st.just(evidence), own)
    facts = st.builds(
        Relation, ids, st.sampled_from(RelationKind), ids, where, SHARE, SHARE, st.floats(0, 1)
    )
    mentions: st.SearchStrategy[list[PassageMention]] = st.just([])
    if passages:
        own_ids = st.sampled_from([item.id for item in passages])
        one = st.builds(PassageMention, own_ids, ids, st.sampled_from(Assertion), st.integers(1, 9))
        mentions = st.lists(one, max_size=4)
    return Extract(
        document,
        passages,
        tuple(draw(st.lists(concepts, max_size=3))),
        tuple(draw(mentions)),
        tuple(draw(st.lists(facts, max_size=4))),
    )


BATCHES = st.lists(extracts(), min_size=1, max_size=3)
WRITES = st.tuples(st.just("write"), BATCHES)
REMOVALS = st.tuples(st.just("remove"), st.lists(st.sampled_from(DOCUMENT_IDS), max_size=2))
REOPENINGS = st.tuples(st.just("reopen"), st.just([]))
FAILURES = st.tuples(st.just("fail"), BATCHES)
STEPS = st.builds(
    lambda steps, last: [*steps, *last],
    st.lists(WRITES | WRITES | WRITES | REMOVALS | REOPENINGS, min_size=3, max_size=7),
    st.lists(FAILURES, max_size=1),
)


def answers(store: CypherStore | MemoryStore) -> list[object]:
    """Everything a store can be asked."""
    return [
        sorted(store.document_hashes().items()),
        [store.document(key) for key in DOCUMENT_IDS],
        [store.concept(key) for key in CONCEPT_IDS],
        list(store.concepts()),
        list(store.concepts(ConceptKind.DRUG)),
        list(store.relations()),
        list(store.relations(subject="gout", evidence=EvidenceClass.CURATED)),
        list(store.relations(kind=RelationKind.TREATS, object="胸痛")),
        store.passages_mentioning(CONCEPT_IDS[:3], 4),
        {key: count for key, count in store.counts().items() if count},
    ]


class Interruption(Exception):
    """Stands for whatever may go wrong in the middle of a write."""


def apply(store: CypherStore, reference: MemoryStore, step: tuple[str, list[object]]) -> None:
    action, values = step
    match action:
        case "write":
            reference.write(values)  # type: ignore[arg-type]
            store.write(values)  # type: ignore[arg-type]
        case "remove":
            reference.remove(values)  # type: ignore[arg-type]
            store.remove(values)  # type: ignore[arg-type]
        case "fail":
            with pytest.MonkeyPatch.context() as broken, pytest.raises(Interruption):
                broken.setattr(store, "_redescribe", interrupt)
                store.write(values)  # type: ignore[arg-type]


def interrupt(*_: object) -> None:
    raise Interruption


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(STEPS)
def test_the_embedded_store_agrees_with_the_reference(
    steps: list[tuple[str, list[object]]],
) -> None:
    reference = MemoryStore()
    with TemporaryDirectory() as name, ExitStack() as opened:
        folder = Path(name)
        store: CypherStore = LadybugStore(folder / "graph.lbug", read_only=False)
        opened.callback(lambda: store.close())
        for step in steps:
            if step[0] == "reopen":
                store.close()
                store = LadybugStore(folder / "graph.lbug", read_only=False)
                continue
            apply(store, reference, step)
        again = opened.enter_context(after_failure(store, folder))
        assert answers(again) == answers(reference)
        clear(again)


@pytest.fixture(scope="module")
def server(neo4j_url: str) -> Iterator[CypherStore]:
    with empty_neo4j(neo4j_url) as store:
        yield store


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(steps=STEPS)
def test_the_server_agrees_with_the_reference_and_with_the_embedded_store(
    server: CypherStore, steps: list[tuple[str, list[object]]]
) -> None:
    clear(server)
    reference = MemoryStore()
    for step in steps:
        if step[0] != "reopen":
            apply(server, reference, step)
    assert answers(server) == answers(reference)
    with TemporaryDirectory() as folder:
        embedded = LadybugStore(Path(folder) / "graph.lbug", read_only=False)
        for step in steps:
            if step[0] in ("write", "remove"):
                apply(embedded, MemoryStore(), step)
        assert list(embedded.export()) == list(server.export())
        assert nodes(embedded) == nodes(server)
        embedded.close()
