"""Whose finding, when and how often: English sentences that once were read wrongly."""

import pytest

from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.knowledge import build_finder


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return build_finder(shipped_core())


@pytest.mark.parametrize(
    ("text", "present", "not_present"),
    [
        ("Non-smoker. Has a cough.", {"cough"}, {"smoking"}),
        ("Father has diabetes. She has a headache.", {"family_diabetes"}, {"history_diabetes"}),
        ("Mother smokes. She has a headache.", {"headache"}, {"smoking"}),
        ("Family history of Mother has breast cancer", {"family_cancer"}, {"history_cancer"}),
        (
            "His wife has noticed that he snores and stops breathing at night",
            {"snoring", "sleep_apnoea_witnessed"},
            set(),
        ),
        ("My wife has crushing chest pain", {"chest_pain_crushing"}, set()),
        ("My husband has crushing chest pain, I am scared", {"chest_pain_crushing"}, set()),
        ("Roommate has the flu. I have a cough.", {"cough"}, set()),
        ("brought by his mother with a fever", {"fever"}, set()),
        ("Maternal grandmother had glaucoma, blurred vision", {"family_eye_disease"}, set()),
        ("lost 6 kg without trying, and is more tired", {"weight_loss", "fatigue"}, set()),
        ("for the last year he has had back pain", {"back_pain"}, set()),
        ("in the past few weeks I've had headaches", {"headache"}, set()),
        ("hurts when he moves it. Pain at night", set(), {"abdominal_pain"}),
        ("He presented with history of a syncopal episode", {"fainting"}, set()),
        ("a history of tiredness that has been persistent for months", {"fatigue"}, set()),
        ("Past medical history of chest pain. Now cough.", {"cough"}, {"chest_pain"}),
        ("No jaundice. She delivered a healthy baby", set(), {"jaundice_newborn"}),
        (
            "She does not move a finger, the belly is hard as wood, she is pale",
            {"abdominal_rigidity", "pallor"},
            set(),
        ),
        ("He did not eat and vomited", {"loss_of_appetite", "vomiting"}, set()),
        ("She and her partner have headaches", {"headache"}, set()),
    ],
)
def test_whose(finder: ConceptFinder, text: str, present: set[str], not_present: set[str]) -> None:
    understood = understand(text, "en", finder, shipped_core())
    found = {f.concept_id for f in understood.findings if f.presence is Presence.PRESENT}
    assert present <= found
    assert not found & not_present


@pytest.mark.parametrize(
    ("text", "concept_id", "days"),
    [
        ("I am 30 weeks pregnant with headache", "headache", None),
        ("watery stool 8 times a day for 3 days", "watery_diarrhoea", 3),
        ("watery stool 8 times a day", "watery_diarrhoea", None),
        ("born at 30 weeks, has jaundice", "jaundice_newborn", None),
        ("a 3-day history of fever", "fever", 3),
    ],
)
def test_how_long(finder: ConceptFinder, text: str, concept_id: str, days: float | None) -> None:
    understood = understand(text, "en", finder, shipped_core())
    said = {finding.concept_id: finding.days for finding in understood.findings}
    assert said.get(concept_id) == days


@pytest.mark.parametrize(
    ("text", "pregnant"),
    [
        ("She would like to become pregnant", Presence.UNKNOWN),
        ("I have never been pregnant", Presence.UNKNOWN),
        ("trying to get pregnant", Presence.UNKNOWN),
        ("I get dizzy, I'm pregnant", Presence.PRESENT),
        ("she is pregnant", Presence.PRESENT),
    ],
)
def test_pregnancy(finder: ConceptFinder, text: str, pregnant: Presence) -> None:
    assert understand(text, "en", finder, shipped_core()).pregnant is pregnant


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Her 2-year-old son has a fever", Sex.MALE),
        ("Father has diabetes. She has a headache.", Sex.FEMALE),
        ("a mother of three", Sex.FEMALE),
        ("My baby won't feed, he's floppy and I can hardly wake him", Sex.MALE),
        ("My waters went an hour ago, 39 weeks", Sex.FEMALE),
        ("I have yellow drip from my penis", Sex.MALE),
        ("My teenage daughter makes herself sick", Sex.FEMALE),
    ],
)
def test_sex(finder: ConceptFinder, text: str, sex: Sex) -> None:
    assert understand(text, "en", finder, shipped_core()).sex is sex


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("Daughter, 5, temp 39.4 since yesterday", 5),
        ("My boy is 7 and still wets the bed", 7),
        ("Baby boy 4 weeks, feeding less", 4 * 7 / 365),
        ("i am losing weight, im only 40", 40),
        ("She is 30 weeks pregnant", None),
        ("he is 80 kg", None),
        ("my father died at 48", None),
    ],
)
def test_age(finder: ConceptFinder, text: str, age: float | None) -> None:
    read = understand(text, "en", finder, shipped_core()).age_years
    assert read == (pytest.approx(age) if age is not None else None)
