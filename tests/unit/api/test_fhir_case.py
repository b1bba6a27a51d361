"""A hospital's resources of one patient → a case: only what is current counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.fhir_case import read_patient
from knowledge_graph.domain.case import Case, Presence, Sex, VitalSign
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.knowledge import build_finder
from tests.support.small_core import small_core

CORE = small_core()
FINDER = build_finder(CORE)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"


def read(
    patient: dict[str, Any] | None = None,
    conditions: tuple[Any, ...] = (),
    observations: tuple[Any, ...] = (),
) -> Case:
    return read_patient(patient or {}, conditions, observations, CORE, FINDER, NOW)


def coded(code: str, system: str = SNOMED, **more: Any) -> dict[str, Any]:
    return {"code": {"coding": [{"system": system, "code": code}]}} | more


def measured(*parts: tuple[str, Any, str], at: str = "2026-06-15T11:00:00Z") -> dict[str, Any]:
    components = [
        coded(code, LOINC, valueQuantity={"value": value, "unit": unit})
        for code, value, unit in parts
    ]
    return coded("85353-1", LOINC, effectiveDateTime=at, component=components)


@pytest.mark.parametrize(
    ("born", "years"),
    [("1966-06-15", 60.0), ("2026-03-15", 0.25), ("1966", 60.45), ("1966-06", 60.04)],
)
def test_age_is_reckoned_from_the_birth_date(born: str, years: float) -> None:
    assert read({"birthDate": born}).age_years == pytest.approx(years, abs=0.02)


@pytest.mark.parametrize("born", [None, 1966, "", "soon", "1966-13-45"])
def test_an_unreadable_birth_date_is_unknown(born: Any) -> None:
    assert read({"birthDate": born}).age_years is None


@pytest.mark.parametrize("born", ["1850-01-01", "2026-06-16"])
def test_an_impossible_birth_date_is_refused(born: str) -> None:
    with pytest.raises(InvalidInput, match="birthDate"):
        read({"birthDate": born})


@pytest.mark.parametrize(
    ("gender", "sex"), [("female", Sex.FEMALE), ("male", Sex.MALE), ("other", None), (None, None)]
)
def test_sex(gender: Any, sex: Sex | None) -> None:
    assert read({"gender": gender}).sex is sex


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (coded("77386006", onsetDateTime="2026-02-01"), Presence.PRESENT),
        (coded("72892002"), Presence.PRESENT),
        (coded("Z34.1", "http://hl7.org/fhir/sid/icd-10"), Presence.PRESENT),
        (coded("77386006", onsetDateTime="2024-02-01"), Presence.UNKNOWN),
        (coded("72892002", clinicalStatus={"coding": [{"code": "resolved"}]}), Presence.UNKNOWN),
        (coded("38341003"), Presence.UNKNOWN),
    ],
)
def test_a_pregnancy_counts_while_it_can_last(condition: Any, expected: Presence) -> None:
    assert read({"gender": "female"}, (condition,)).pregnant is expected


def test_a_man_is_not_made_pregnant_by_a_slip_in_the_record() -> None:
    assert read({"gender": "male"}, (coded("77386006"),)).pregnant is Presence.UNKNOWN


def test_a_refuted_condition_is_absent() -> None:
    refuted = {"code": {"text": "Cough"}, "verificationStatus": {"coding": [{"code": "refuted"}]}}
    assert read(conditions=(refuted,)).presence("cough") is Presence.ABSENT


def test_past_conditions_and_risk_factors_stay_as_history() -> None:
    old = "2001-01-01"
    case = read(
        conditions=(
            coded("J18", "http://hl7.org/fhir/sid/icd-10", onsetDateTime=old),
            {"code": {"text": "Smoking"}, "onsetDateTime": old},
            {"code": {"text": "Fever"}, "onsetDateTime": old},
        )
    )
    assert {finding.concept_id for finding in case.findings} == {"pneumonia", "smoking"}


def test_vital_signs_are_read_from_components_in_their_units() -> None:
    case = read(
        observations=(
            measured(("8480-6", 118, "mmHg"), ("8462-4", 76, "mmHg")),
            measured(("8310-5", 100.4, "degF"), ("2339-0", 90, "mg/dL")),
        )
    )
    assert {m.vital_sign: m.value for m in case.measurements} == {
        VitalSign.SYSTOLIC_BP: 118,
        VitalSign.DIASTOLIC_BP: 76,
        VitalSign.TEMPERATURE_C: 38.0,
        VitalSign.GLUCOSE_MMOL_L: 5.0,
    }


def test_the_newest_value_counts_whatever_the_order() -> None:
    newest = measured(("8867-4", 110, "/min"), at="2026-06-15T11:30:00Z")
    older = measured(("8867-4", 70, "/min"), at="2026-06-15T09:00:00Z")
    for order in ((newest, older), (older, newest)):
        (measurement,) = read(observations=order).measurements
        assert measurement.value == 110


@pytest.mark.parametrize(
    "observation",
    [
        measured(("8867-4", 110, "/min"), at="2026-06-14T11:00:00Z"),
        measured(("8867-4", 110, "/min"), at="2026-06-15T13:00:00Z"),
        measured(("8867-4", 110, "/min"), at="2026-06-15"),
        measured(("8867-4", 110, "/min"), at="noon"),
        measured(("8867-4", 1100, "/min")),
        measured(("8867-4", "110", "/min")),
        measured(("8867-4", True, "/min")),
        measured(("8867-4", 110, "/min")) | {"status": "entered-in-error"},
        {},
        {"effectiveDateTime": "2026-06-15T11:00:00Z", "component": "none", "code": None},
    ],
)
def test_what_is_old_wrong_or_unreadable_is_left_out(observation: Any) -> None:
    assert read(observations=(observation,)).measurements == ()


def test_a_time_without_an_offset_is_read_as_utc() -> None:
    in_time, too_late = "2026-06-15T11:59:00", "2026-06-15T12:01:00"
    assert len(read(observations=(measured(("8867-4", 80, "/min"), at=in_time),)).measurements) == 1
    assert read(observations=(measured(("8867-4", 80, "/min"), at=too_late),)).measurements == ()
