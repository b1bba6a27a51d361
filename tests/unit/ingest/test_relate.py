"""Relations read out of texts by rule: cautious, and only what is said to be there."""

from ingest.relate import sentence_facts, topic_facts
from ingest.source import Fact
from knowledge_graph.domain.concepts import ConceptKind
from knowledge_graph.domain.evidence import Assertion, Mention, RelationKind

KINDS = {
    "pneumonia": ConceptKind.CONDITION,
    "angina": ConceptKind.CONDITION,
    "fever": ConceptKind.FINDING,
    "cough": ConceptKind.FINDING,
    "smoking": ConceptKind.RISK_FACTOR,
    "aspirin": ConceptKind.DRUG,
}


def mentions(text: str, *words: str, negated: tuple[str, ...] = ()) -> list[Mention]:
    return [
        Mention(
            word,
            text.index(word),
            text.index(word) + len(word),
            word,
            Assertion.NEGATED if word in negated else Assertion.PRESENT,
        )
        for word in words
    ]


def test_a_document_on_symptoms_relates_its_subject_to_the_findings_it_names() -> None:
    found = mentions("fever cough smoking pneumonia", "fever", "cough", "smoking", "pneumonia")
    facts = list(topic_facts("pneumonia", "symptoms", found, KINDS))
    assert [(f.subject, f.kind, f.object) for f in facts] == [
        ("pneumonia", RelationKind.HAS_FINDING, "fever"),
        ("pneumonia", RelationKind.HAS_FINDING, "cough"),
    ]
    assert all(0 < fact.confidence < 1 for fact in facts)


def test_treatment_points_from_the_drug_to_the_condition() -> None:
    (fact,) = topic_facts("angina", "treatment", mentions("aspirin", "aspirin"), KINDS)
    assert fact == Fact("aspirin", RelationKind.TREATS, "angina", confidence=fact.confidence)


def test_what_is_negated_is_not_related() -> None:
    found = mentions("no fever but cough", "fever", "cough", negated=("fever",))
    assert [f.object for f in topic_facts("pneumonia", "symptoms", found, KINDS)] == ["cough"]


def test_a_sentence_with_a_cue_relates_its_one_condition() -> None:
    text = "Symptoms of pneumonia include fever. A cough is common. smoking is a risk factor."
    found = mentions(text, "pneumonia", "fever", "cough", "smoking")
    assert [(f.subject, f.object) for f in sentence_facts(text, found, KINDS)] == [
        ("pneumonia", "fever")
    ]


def test_a_sentence_about_two_conditions_relates_nothing() -> None:
    text = "Signs of pneumonia or angina include fever."
    assert not list(sentence_facts(text, mentions(text, "pneumonia", "angina", "fever"), KINDS))


def test_a_sentence_without_a_cue_relates_nothing() -> None:
    text = "He had pneumonia and a fever."
    assert not list(sentence_facts(text, mentions(text, "pneumonia", "fever"), KINDS))


def test_risk_factors_have_their_own_cue() -> None:
    text = "A risk factor of pneumonia is smoking, not fever."
    facts = list(sentence_facts(text, mentions(text, "pneumonia", "smoking", "fever"), KINDS))
    assert [(f.kind, f.object) for f in facts] == [(RelationKind.HAS_RISK_FACTOR, "smoking")]
