"""Concept identity: one node, whatever it is called."""

from ingest.vocabulary import build_vocabulary
from knowledge_graph.domain.codes import HpoCode, Icd10Code, MeshCode, OmimCode, UmlsCode
from knowledge_graph.domain.concepts import Concept, ConceptKind
from tests.support.small_core import small_core


def test_a_code_or_exact_preferred_name_belongs_to_the_curated_concept() -> None:
    vocabulary = build_vocabulary(small_core())
    assert vocabulary.resolve([HpoCode("0100749")]) == "chest_pain"
    assert vocabulary.resolve([MeshCode("D011014")]) == "pneumonia"
    assert vocabulary.resolve([Icd10Code("I20")]) == "angina"
    assert vocabulary.resolve([], " CHEST pain ") == "chest_pain"
    assert vocabulary.resolve([], "胸痛") == "chest_pain"
    assert vocabulary.resolve([HpoCode("0000001")], "sore chest") is None


def test_a_code_shared_by_two_conditions_identifies_neither() -> None:
    core = small_core()
    shared = core.conditions["angina"].model_copy(update={"icd10": ("J18",)})
    core.conditions["angina"] = shared
    assert build_vocabulary(core).resolve([Icd10Code("J18")]) is None


def test_the_graph_adds_vocabularies_and_nothing_from_literature() -> None:
    marfan = Concept(
        "OMIM:154700", ConceptKind.CONDITION, {"en": ("Marfan syndrome",)}, (OmimCode("154700"),)
    )
    fatigue = Concept(
        "HP:0012378",
        ConceptKind.FINDING,
        {"en": ("Fatigue", "ADY")},
        (HpoCode("0012378"), UmlsCode("C0015672")),
    )
    drug = Concept("MESH:D009270", ConceptKind.DRUG, {"en": ("naloxone",)}, (MeshCode("D009270"),))
    vocabulary = build_vocabulary(small_core(), [marfan, fatigue, drug])
    finder = vocabulary.finder()
    text = "Marfan syndrome, naloxone and fatigue; ADY."
    assert [m.concept_id for m in finder.find(text)] == ["OMIM:154700", "HP:0012378"]
    assert vocabulary.resolve([UmlsCode("C0015672")]) == "HP:0012378"
    assert vocabulary.kinds["OMIM:154700"] is ConceptKind.CONDITION
    assert "MESH:D009270" not in vocabulary.kinds


def test_the_stamp_changes_with_names_and_with_nothing_else() -> None:
    stamp = build_vocabulary(small_core()).stamp
    assert stamp == build_vocabulary(small_core()).stamp
    drug = Concept("MESH:D009270", ConceptKind.DRUG, {"en": ("naloxone",)}, (MeshCode("D009270"),))
    assert stamp == build_vocabulary(small_core(), [drug]).stamp
    more = Concept("HP:0012378", ConceptKind.FINDING, {"en": ("Fatigue",)}, (HpoCode("0012378"),))
    assert stamp != build_vocabulary(small_core(), [more]).stamp
