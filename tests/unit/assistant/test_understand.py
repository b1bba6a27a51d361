"""Numbers, ages, sexes and durations read out of free text."""

import pytest

from assistant.symptom_check.understand import understand
from assistant.symptom_check.vital_signs_in_text import read_measurements
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.knowledge import build_finder
from knowledge_graph.normal_form import fold


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return build_finder(shipped_core())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("temp 38.9 °C", {"temperature_c": 38.9}),
        ("fever of 102 F", {"temperature_c": 38.9}),
        ("体温39.2℃，血压85/50", {"temperature_c": 39.2, "systolic_bp": 85, "diastolic_bp": 50}),
        ("BP 85/50, heart rate 130", {"systolic_bp": 85, "diastolic_bp": 50, "heart_rate": 130}),
        ("SpO2 88% RR 30", {"spo2": 88, "respiratory_rate": 30}),
        ("血糖 18", {"glucose_mmol_l": 18}),
        ("blood sugar 320", {"glucose_mmol_l": 17.8}),
        ("fever for 3 days", {}),
        ("temperature 390", {}),
        ("I take 85/50 tablets", {}),
        ("my pressure was 78 over 40", {"systolic_bp": 78, "diastolic_bp": 40}),
        ("172/98 in the right arm", {"systolic_bp": 172, "diastolic_bp": 98}),
        ("lost 100 over 40 weeks, 20 over 200", {}),
        ("33F abdo pain", {}),
        ("TSAT 88%", {}),
        ("leg raised to 40 degrees", {}),
    ],
)
def test_measurements(text: str, expected: dict[str, float]) -> None:
    assert {m.vital_sign.value: m.value for m in read_measurements(fold(text))} == expected


@pytest.mark.parametrize(
    ("text", "age", "sex", "pregnant"),
    [
        ("A 45-year-old man", 45, Sex.MALE, Presence.UNKNOWN),
        ("6 months old girl", 0.5, Sex.FEMALE, Presence.UNKNOWN),
        ("45岁女性", 45, Sex.FEMALE, Presence.UNKNOWN),
        ("I am 30 weeks pregnant", None, Sex.FEMALE, Presence.PRESENT),
        ("62yo m", 62, Sex.MALE, Presence.UNKNOWN),
        ("6个月大的宝宝", 0.5, None, Presence.UNKNOWN),
        ("she is not pregnant", None, Sex.FEMALE, Presence.ABSENT),
        ("a cough", None, None, Presence.UNKNOWN),
    ],
)
def test_person(
    finder: ConceptFinder, text: str, age: float | None, sex: Sex | None, pregnant: Presence
) -> None:
    understood = understand(text, None, finder, shipped_core())
    assert (understood.age_years, understood.sex, understood.pregnant) == (
        pytest.approx(age) if age is not None else None,
        sex,
        pregnant,
    )


def test_duration_belongs_to_the_finding_of_its_sentence(finder: ConceptFinder) -> None:
    understood = understand(
        "I have had a fever for 3 days. And a cough.", "en", finder, shipped_core()
    )
    assert {f.concept_id: f.days for f in understood.findings} == {"fever": 3.0, "cough": None}


def test_someone_elses_illness_is_not_the_persons(finder: ConceptFinder) -> None:
    text = "My mother has a fever. I have a cough."
    own = understand(text, "en", finder, shipped_core())
    everyone = understand(text, "en", finder, shipped_core(), include_someone_else=True)
    assert {f.concept_id for f in own.findings} == {"cough"}
    assert {f.concept_id for f in everyone.findings} == {"cough", "fever"}
