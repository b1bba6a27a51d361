"""The core as documents: facts with their numbers, texts in both languages."""

from ingest.source import RawDocument
from ingest.sources.core import CoreSource
from knowledge_graph.core.load import Core
from knowledge_graph.domain.evidence import EvidenceClass, Extract, RelationKind
from tests.support.ingesting import extracted
from tests.support.small_core import small_core


def extracts(core: Core) -> dict[str, Extract]:
    source = CoreSource(core)
    raws = [item for item in source.documents(None) if isinstance(item, RawDocument)]
    return {raw.key: extracted(source, raw) for raw in raws}


def test_one_document_for_each_condition_and_the_vocabularies() -> None:
    assert set(extracts(small_core())) == {"pneumonia", "angina", "findings", "departments"}


def test_a_conditions_facts_carry_their_numbers() -> None:
    core = small_core()
    extract = extracts(core)["pneumonia"]
    assert extract.document.evidence is EvidenceClass.CURATED
    facts = {(r.kind, r.object): (r.frequency, r.strength) for r in extract.relations}
    assert facts == {
        (RelationKind.HAS_FINDING, "fever"): (0.8, None),
        (RelationKind.HAS_FINDING, "cough"): (0.9, None),
        (RelationKind.HAS_FINDING, "breathlessness"): (0.5, None),
        (RelationKind.HAS_RISK_FACTOR, "smoking"): (None, 2.0),
        (RelationKind.TREATED_IN, core.conditions["pneumonia"].department): (None, None),
    }
    (concept,) = extract.concepts
    assert concept.name("zh") == "肺炎"
    assert [str(code) for code in concept.codes] == ["ICD10:J18", "MESH:D011014"]


def test_texts_in_both_languages_say_what_they_are_about() -> None:
    extract = extracts(small_core())["angina"]
    for language, name, advice in (("en", "Angina", "Rest."), ("zh", "心绞痛", "休息。")):
        own = [p for p in extract.passages if p.language == language]
        assert {p.section for p in own} == {name}
        assert any(advice in p.text for p in own)
    spoken = {m.concept_id for m in extract.mentions}
    assert {"angina", "chest_pain", "breathlessness", "cough"} <= spoken


def test_vocabularies_are_described_with_words_codes_and_parents() -> None:
    core = small_core()
    parent = core.findings["cough"].model_copy(update={"parent": "fever"})
    core.findings["cough"] = parent
    found = extracts(core)
    concepts = {concept.id: concept for concept in found["findings"].concepts}
    assert set(concepts) == set(core.findings)
    assert "hacking" in concepts["cough"].names["en"]
    assert [str(code) for code in concepts["cough"].codes] == ["HP:0012735"]
    assert concepts["smoking"].kind.value == "risk_factor"
    assert [(r.subject, r.kind, r.object) for r in found["findings"].relations] == [
        ("cough", RelationKind.IS_A, "fever")
    ]
    assert {c.id for c in found["departments"].concepts} == set(core.departments)


def test_only_what_changed_gets_a_new_hash() -> None:
    before = {key: e.document.content_hash for key, e in extracts(small_core()).items()}
    core = small_core()
    care = core.conditions["angina"].care.model_copy(update={"en": "Go at once."})
    core.conditions["angina"] = core.conditions["angina"].model_copy(update={"care": care})
    after = {key: e.document.content_hash for key, e in extracts(core).items()}
    assert {key for key in before if before[key] != after[key]} == {"angina"}
