"""The hospital's records in coded form: what reports count. No names, no free text."""

from dataclasses import dataclass
from datetime import date, datetime

from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.codes import Code


@dataclass(frozen=True, slots=True)
class Patient:
    """A pseudonymous patient: `id` is a keyed hash of the source's identifier."""

    id: str
    sex: Sex | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class Encounter:
    """One visit or one finished chat. `started` carries its offset from UTC."""

    id: str
    patient_id: str | None
    source: str
    started: datetime
    ended: datetime | None = None
    department: str | None = None
    encounter_class: str | None = None
    urgency: Urgency | None = None
    codes: tuple[Code, ...] = ()
    concept_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One coded measurement or result with its UCUM unit."""

    id: str
    patient_id: str
    encounter_id: str | None
    code: Code
    observed: datetime | date
    value: float | None = None
    unit: str | None = None
    value_text: str | None = None


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """What one EMR document says of one patient."""

    patient: Patient
    encounters: tuple[Encounter, ...] = ()
    observations: tuple[Observation, ...] = ()
