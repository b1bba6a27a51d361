"""What every graph store must do: the same tests on the embedded store and on a real server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_graph.domain.concepts import ConceptKind
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.evidence import EvidenceClass, Extract, RelationKind
from knowledge_graph.stores.cypher_store import CypherStore
from tests.support.extracts import article, concept, document, mention, passages, relation
from tests.support.graph_stores import STORES, after_failure, empty_ladybug, empty_neo4j, nodes

CURATED, VOCABULARY = EvidenceClass.CURATED, EvidenceClass.VOCABULARY
CONDITION = ConceptKind.CONDITION


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CypherStore]:
    if request.param == "neo4j":
        opened = empty_neo4j(request.getfixturevalue("neo4j_url"))
    else:
        opened = empty_ladybug(tmp_path)
    with opened as found:
        yield found


def gout() -> Extract:
    """A vocabulary document that describes two concepts and relates them."""
    owner = document("hpo:gout", evidence=VOCABULARY)
    return Extract(
        owner,
        concepts=(
            concept("gout", "Gout", "Podagra", kind=CONDITION, zh=("痛风",), codes=("ICD10:M10",)),
            concept("joint_pain", "Joint pain"),
        ),
        relations=(
            relation(owner, "gout", RelationKind.HAS_FINDING, "joint_pain", frequency=0.9),
            relation(owner, "gout", RelationKind.HAS_RISK_FACTOR, "beer", strength=2.5),
        ),
    )


def test_a_document_comes_back_as_it_went_in(store: CypherStore) -> None:
    plain = document("a:1")
    full = replace(
        document("b:2", title="痛风 \"quoted\" \\ 'x'", evidence=VOCABULARY, language="zh"),
        url="https://example.org/?a=1&b=ü",
        published=date(2020, 2, 29),
        licence="CC BY 4.0",
    )
    store.write([Extract(plain), Extract(full)])
    assert store.document("a:1") == plain
    assert store.document("b:2") == full
    assert store.document("a:2") is None


def test_hashes_say_what_was_read(store: CypherStore) -> None:
    store.write([article("a:1", content_hash="x"), article("b:1", content_hash="y")])
    assert store.document_hashes() == {"a:1": "x", "b:1": "y"}
    assert store.document_hashes("b") == {"b:1": "y"}
    assert store.document_hashes("c") == {}


def test_a_concept_comes_back_with_names_and_codes(store: CypherStore) -> None:
    store.write([gout()])
    assert store.concept("gout") == gout().concepts[0]
    assert [item.id for item in store.concepts()] == ["gout", "joint_pain"]
    assert [item.id for item in store.concepts(CONDITION)] == ["gout"]
    assert list(store.concepts(ConceptKind.DRUG)) == []


def test_a_concept_that_is_only_named_is_not_known(store: CypherStore) -> None:
    store.write([gout()])
    assert store.concept("beer") is None
    assert store.counts()["Concept"] == 2
    owner = document("hpo:beer", evidence=VOCABULARY)
    store.write([Extract(owner, concepts=(concept("beer", "Beer", kind=ConceptKind.RISK_FACTOR),))])
    assert store.concept("beer") == concept("beer", "Beer", kind=ConceptKind.RISK_FACTOR)
    assert store.counts()["HAS_RISK_FACTOR"] == 1


def test_what_several_documents_describe_adds_up_weightiest_first(store: CypherStore) -> None:
    says = {
        document("z:1", evidence=CURATED): concept("x", "Curated name", kind=CONDITION),
        document("a:1", evidence=EvidenceClass.LITERATURE): concept("x", "Name in a paper"),
        document("m:1", evidence=VOCABULARY): concept(
            "x", "Term", "Curated name", codes=("HP:0000001",)
        ),
    }
    for owner, said in says.items():
        store.write([Extract(owner, concepts=(said,))])
    expected = ("Curated name", "Term", "Name in a paper")
    assert store.concept("x") == concept("x", *expected, kind=CONDITION, codes=("HP:0000001",))
    store.remove(["z:1"])
    assert store.concept("x") == concept("x", "Term", *expected[::2], codes=("HP:0000001",))


def test_facts_carry_their_provenance(store: CypherStore) -> None:
    owner = document("p:1")
    text = passages(owner, "Allopurinol treats gout.")
    fact = relation(owner, "allopurinol", RelationKind.TREATS, "gout", passage=text[0])
    store.write([gout(), Extract(owner, text, relations=(fact,))])
    assert list(store.relations(kind=RelationKind.TREATS)) == [fact]
    assert list(store.relations()) == [fact, *gout().relations]
    assert list(store.relations(subject="gout", object="joint_pain")) == [gout().relations[0]]
    assert list(store.relations(evidence=EvidenceClass.LITERATURE)) == [fact]
    assert list(store.relations(object="nothing")) == []


def test_two_documents_may_state_one_fact_each_with_its_own_numbers(store: CypherStore) -> None:
    owners = document("a:1"), document("a:2")
    kind = RelationKind.HAS_FINDING
    facts = [relation(owner, "x", kind, "y", frequency=n / 4) for n, owner in enumerate(owners)]
    store.write([Extract(owners[n], relations=(fact,)) for n, fact in enumerate(facts)])
    assert list(store.relations()) == facts
    store.remove(["a:1"])
    assert list(store.relations()) == facts[1:]


def test_writing_again_changes_nothing(store: CypherStore) -> None:
    extracts = [gout(), article("a:1", "Gout hurts.", mentions={"gout": 2})]
    store.write(extracts)
    before, counts = list(store.export()), store.counts()
    store.write(extracts)
    store.write(extracts[::-1])
    assert list(store.export()) == before
    assert store.counts() == counts


def test_a_new_version_replaces_what_the_old_one_stated(store: CypherStore) -> None:
    store.write([gout(), article("a:1", "Old text.", "More.", mentions={"gout": 1})])
    owner = document("hpo:gout", content_hash="2", evidence=VOCABULARY)
    fresh = Extract(owner, concepts=(concept("gout", "Gouty arthritis", kind=CONDITION),))
    store.write([fresh, article("a:1", "New text.", content_hash="2", mentions={"beer": 1})])
    assert store.document_hashes() == {"hpo:gout": "2", "a:1": "2"}
    assert store.concept("gout") == fresh.concepts[0]
    assert store.concept("joint_pain") is None
    assert list(store.relations()) == []
    assert store.passages_mentioning(["gout"], 10) == ()
    assert len(store.passages_mentioning(["beer"], 10)) == 1
    assert store.counts()["Passage"] == 1


def test_removing_takes_out_what_only_the_document_supported(store: CypherStore) -> None:
    store.write([gout()])
    before = list(store.export())
    owner = document("p:1")
    text = passages(owner, "Colchicine treats gout.")
    other = Extract(
        owner,
        text,
        concepts=(concept("colchicine", "Colchicine", kind=ConceptKind.DRUG), concept("gout", "G")),
        mentions=(mention(text[0], "colchicine"), mention(text[0], "gout")),
        relations=(relation(owner, "colchicine", RelationKind.TREATS, "gout", passage=text[0]),),
    )
    store.write([other])
    assert store.concept("gout") != gout().concepts[0]
    store.remove(["p:1", "p:unknown"])
    assert list(store.export()) == before
    store.remove(["hpo:gout"])
    assert nodes(store) == 0
    store.remove([])


def test_passages_that_mention_most_of_the_concepts_come_first(store: CypherStore) -> None:
    both = article("a:1", "Gout and joint pain.", mentions={"gout": 1, "joint_pain": 1})
    often = article("a:2", "Gout, gout.", mentions={"gout": 5})
    once = article("a:3", "Gout.", mentions={"gout": 1})
    store.write([once, often, both])
    found = [(item.passages[0].id, n) for item, n in ((both, 2), (often, 1), (once, 1))]
    assert list(store.passages_mentioning(["gout", "joint_pain", "gout"], 10)) == found
    assert list(store.passages_mentioning(["gout", "joint_pain"], 2)) == found[:2]
    assert store.passages_mentioning(["unknown"], 10) == ()
    assert store.passages_mentioning([], 10) == ()


def test_counts_name_every_kind(store: CypherStore) -> None:
    assert set(store.counts().values()) == {0}
    store.write([gout(), article("a:1", "Gout.", "Beer.", mentions={"gout": 1})])
    counts = store.counts()
    expected = {"Document": 2, "Passage": 2, "Concept": 2, "MENTIONS": 2, "HAS_FINDING": 1}
    assert {key: counts[key] for key in expected} == expected
    assert {kind.value for kind in RelationKind} <= set(counts)


def test_the_order_of_writing_does_not_show(store: CypherStore) -> None:
    extracts = [gout(), article("a:1", "One.", mentions={"gout": 1}), article("b:1", "Two.")]
    store.write(extracts)
    together = list(store.export())
    store.remove([item.document.id for item in extracts])
    for extract in reversed(extracts):
        store.write([extract])
    assert list(store.export()) == together


def test_repetitions_inside_a_document_count_once(store: CypherStore) -> None:
    owner = document("a:1")
    text = passages(owner, "Same.")
    fact = relation(owner, "x", RelationKind.CAUSES, "y")
    extract = Extract(
        owner,
        (*text, replace(text[0], ordinal=1)),
        (concept("x", "X"), concept("x", "Ex")),
        (mention(text[0], "x", 1), mention(text[0], "x", 2)),
        (fact, fact),
    )
    store.write([extract])
    counts = store.counts()
    assert [counts[key] for key in ("Passage", "DESCRIBES", "MENTIONS", "CAUSES")] == [1, 1, 1, 1]
    assert store.concept("x") == concept("x", "X", "Ex")


def test_one_document_twice_in_a_batch_the_last_counts(store: CypherStore) -> None:
    store.write([article("a:1", "Old."), article("a:1", "New.", "Newer.", content_hash="2")])
    assert store.document_hashes() == {"a:1": "2"}
    assert store.counts()["Passage"] == 2


def test_an_extract_of_mixed_documents_is_refused_and_nothing_goes_in(store: CypherStore) -> None:
    stranger = document("b:1")
    text = passages(stranger, "Not mine.")
    fact = relation(stranger, "x", RelationKind.CAUSES, "y")
    for wrong in (
        Extract(document("a:2"), text),
        Extract(document("a:2"), relations=(fact,)),
        Extract(document("a:2"), mentions=(mention(text[0], "x"),)),
    ):
        with pytest.raises(InvalidInput, match="a:2"):
            store.write([article("a:1", "Fine."), wrong])
    assert nodes(store) == 0


def test_a_write_that_fails_half_way_leaves_no_trace(
    store: CypherStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write([gout()])
    before = list(store.export())

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(store, "_redescribe", fail)
        with pytest.raises(RuntimeError, match="power"):
            store.write([replace(gout(), concepts=()), article("a:1", "Text.")])
    with after_failure(store, tmp_path) as again:
        assert list(again.export()) == before
        again.write([article("a:1", "Text.")])
        assert again.counts()["Document"] == 2


def test_an_empty_write_is_no_fault(store: CypherStore) -> None:
    store.write([])
    store.write([Extract(document("a:1"))])
    assert store.counts()["Document"] == 1


def test_thousands_of_documents_in_one_write(store: CypherStore) -> None:
    owners = [document(f"a:{n}") for n in range(3000)]
    store.write(
        [
            Extract(
                owner,
                concepts=(concept(f"c{n}", f"name {n}"),),
                relations=(relation(owner, f"c{n}", RelationKind.IS_A, f"c{n // 2}"),),
            )
            for n, owner in enumerate(owners)
        ]
    )
    assert store.counts()["Concept"] == 3000
    assert store.counts()["IS_A"] == 3000
    store.remove([owner.id for owner in owners[1500:]])
    assert [item.subject for item in store.relations(object="c700")] == ["c1400", "c1401"]
    assert store.concept("c2000") is None
    assert nodes(store) == 3000
