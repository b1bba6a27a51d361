"""What a hospital system sends of one patient (FHIR R4) → a case, for the CDS Hooks service.

Only what is current counts as a finding: confirmed active conditions with a recent date or none,
and vital signs of the last day. Older conditions stay as history (risk factors, past conditions).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from api.case_reading import Vocabulary
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.case import (
    OLDEST_AGE_YEARS,
    PLAUSIBLE,
    Case,
    Finding,
    Measurement,
    Presence,
    Sex,
    VitalSign,
)
from knowledge_graph.domain.codes import code_from_uri
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.evidence import Assertion

Resource = Mapping[str, Any]

RECENT_SYMPTOM = timedelta(days=30)
RECENT_VITAL_SIGN = timedelta(hours=24)
LONGEST_PREGNANCY = timedelta(days=301)

_NOT_ACTIVE = ("inactive", "resolved", "remission")
_PREGNANT_SNOMED = ("77386006", "72892002")
_PREGNANT_ICD10 = ("Z33", "Z34", "Z35")
_LOINC = "http://loinc.org"
_VITAL_SIGNS = {
    "8310-5": VitalSign.TEMPERATURE_C,
    "8331-1": VitalSign.TEMPERATURE_C,
    "8867-4": VitalSign.HEART_RATE,
    "9279-1": VitalSign.RESPIRATORY_RATE,
    "8480-6": VitalSign.SYSTOLIC_BP,
    "8462-4": VitalSign.DIASTOLIC_BP,
    "59408-5": VitalSign.SPO2,
    "2708-6": VitalSign.SPO2,
    "15074-8": VitalSign.GLUCOSE_MMOL_L,
    "2339-0": VitalSign.GLUCOSE_MMOL_L,
    "9269-2": VitalSign.GCS,
}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def read_patient(
    patient: Resource,
    conditions: Iterable[Resource],
    observations: Iterable[Resource],
    core: Core,
    finder: ConceptFinder,
    now: datetime,
) -> Case:
    """The case of a patient's resources. Raises InvalidInput when they cannot be read."""
    conditions = tuple(conditions)
    measurements = _latest_vital_signs(observations, now)
    case = Case(
        age_years=_age_years(patient, now.date()),
        sex={"female": Sex.FEMALE, "male": Sex.MALE}.get(str(patient.get("gender"))),
        measurements=tuple(Measurement(sign, value) for sign, value in measurements.items()),
    )
    for condition in conditions:
        for finding in _findings_of(condition, core, finder, now):
            case = case.with_finding(finding)
    if case.sex is not Sex.MALE and any(_is_pregnancy(item, now) for item in conditions):
        case = replace(case, pregnant=Presence.PRESENT)
    return case


def _is_pregnancy(condition: Resource, now: datetime) -> bool:
    """Whether it says that the patient is pregnant now: no pregnancy of long ago left active."""
    began = _began(condition)
    if _presence_of(condition) is not Presence.PRESENT or (
        began is not None and now.date() - began > LONGEST_PREGNANCY
    ):
        return False
    return any(
        code in _PREGNANT_SNOMED or code.startswith(_PREGNANT_ICD10)
        for code in _codes(condition.get("code"))
    )


def _age_years(patient: Resource, today: date) -> float | None:
    born = _read_date(patient.get("birthDate"))
    if born is None:
        return None
    years = (today - born).days / 365.25
    if not 0 <= years <= OLDEST_AGE_YEARS:
        raise InvalidInput("The patient's birthDate cannot be true; correct it and call again.")
    return round(years, 2)


def _read_date(value: object) -> date | None:
    match = _DATE.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _findings_of(
    condition: Resource, core: Core, finder: ConceptFinder, now: datetime
) -> Iterator[Finding]:
    presence = _presence_of(condition)
    if presence is None:
        return
    began = _began(condition)
    is_recent = began is None or now.date() - began <= RECENT_SYMPTOM
    for concept_id in _concepts_of(condition, core, finder):
        entry = core.findings.get(concept_id)
        is_history = entry is None or entry.kind == "risk_factor"
        if is_recent or is_history:
            yield Finding(concept_id, presence)


def _began(condition: Resource) -> date | None:
    return _read_date(condition.get("onsetDateTime")) or _read_date(condition.get("recordedDate"))


def _presence_of(condition: Resource) -> Presence | None:
    """Present, absent when refuted, None when it says nothing of today."""
    verification = set(_codes(condition.get("verificationStatus")))
    if "refuted" in verification:
        return Presence.ABSENT
    if "entered-in-error" in verification:
        return None
    if set(_codes(condition.get("clinicalStatus"))) & set(_NOT_ACTIVE):
        return None
    return Presence.PRESENT


def _concepts_of(condition: Resource, core: Core, finder: ConceptFinder) -> tuple[ConceptId, ...]:
    """Curated concepts of its codes, else those its words name."""
    coding = _dictionary(condition.get("code"))
    vocabulary = Vocabulary(core)
    found = [key for item in _list(coding.get("coding")) if (key := _coded(item, vocabulary))]
    if found:
        return tuple(dict.fromkeys(found))
    words = [coding.get("text"), *(item.get("display") for item in _list(coding.get("coding")))]
    text = next((word for word in words if isinstance(word, str) and word.strip()), "")
    return tuple(
        mention.concept_id
        for mention in finder.find(text[:500])
        if mention.assertion in (Assertion.PRESENT, Assertion.UNCERTAIN)
        and (mention.concept_id in core.findings or mention.concept_id in core.conditions)
    )


def _coded(item: Resource, vocabulary: Vocabulary) -> ConceptId | None:
    system, value = item.get("system"), item.get("code")
    if not isinstance(system, str) or not isinstance(value, str):
        return None
    try:
        code = code_from_uri(system, value)
    except InvalidInput:
        return None
    return vocabulary.of_code(code) if code else None


def _latest_vital_signs(observations: Iterable[Resource], now: datetime) -> dict[VitalSign, float]:
    """The newest value of each vital sign of the last day that can be true."""
    newest: dict[VitalSign, tuple[datetime, float]] = {}
    for observation in observations:
        taken = _read_time(observation.get("effectiveDateTime") or observation.get("issued"))
        if taken is None or not timedelta(0) <= now - taken <= RECENT_VITAL_SIGN:
            continue
        if observation.get("status") in ("entered-in-error", "cancelled"):
            continue
        for part in (observation, *_list(observation.get("component"))):
            read = _vital_sign(part)
            if read and (read[0] not in newest or newest[read[0]][0] < taken):
                newest[read[0]] = (taken, read[1])
    return {sign: value for sign, (_, value) in newest.items()}


def _read_time(value: object) -> datetime | None:
    """A FHIR dateTime that names a time of day; one without an offset is read as UTC."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _vital_sign(part: Resource) -> tuple[VitalSign, float] | None:
    quantity = _dictionary(part.get("valueQuantity"))
    value = quantity.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    for item in _list(_dictionary(part.get("code")).get("coding")):
        sign = _VITAL_SIGNS.get(str(item.get("code"))) if item.get("system") == _LOINC else None
        if sign is not None:
            converted = _convert(sign, float(value), quantity)
            low, high = PLAUSIBLE[sign]
            return (sign, converted) if low <= converted <= high else None
    return None


def _convert(sign: VitalSign, value: float, quantity: Resource) -> float:
    unit = str(quantity.get("code") or quantity.get("unit") or "")
    if sign is VitalSign.TEMPERATURE_C and unit in ("[degF]", "degF", "°F"):
        return round((value - 32) / 1.8, 1)
    if sign is VitalSign.GLUCOSE_MMOL_L and unit == "mg/dL":
        return round(value / 18.016, 1)
    return value


def _codes(concept: object) -> Iterator[str]:
    for item in _list(_dictionary(concept).get("coding")):
        yield str(item.get("code"))


def _dictionary(value: object) -> Resource:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Resource]:
    """The objects of a list; anything else in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
