"""A case: what is known of one person asking for advice now."""

from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import InvalidInput

OLDEST_AGE_YEARS = 130.0


class Presence(StrEnum):
    """Three-valued: never a bare bool."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    """Sex as it bears on which conditions are possible."""

    FEMALE = "female"
    MALE = "male"


class FindingOrigin(StrEnum):
    """How a finding entered the case."""

    TEXT = "text"
    ANSWER = "answer"
    CODED = "coded"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing reported of the person: present, absent or unknown.

    `quote`: the person's own words, kept only inside the session. `days`: how long, if said.
    """

    concept_id: ConceptId
    presence: Presence
    origin: FindingOrigin = FindingOrigin.CODED
    quote: str | None = None
    days: float | None = None


class VitalSign(StrEnum):
    """Vital signs and their units, as clinicians write them."""

    TEMPERATURE_C = "temperature_c"
    HEART_RATE = "heart_rate"  # beats/min
    RESPIRATORY_RATE = "respiratory_rate"  # breaths/min
    SYSTOLIC_BP = "systolic_bp"  # mmHg
    DIASTOLIC_BP = "diastolic_bp"  # mmHg
    SPO2 = "spo2"  # %
    GLUCOSE_MMOL_L = "glucose_mmol_l"
    GCS = "gcs"  # Glasgow coma scale, 3 to 15


PLAUSIBLE = {
    VitalSign.TEMPERATURE_C: (20.0, 46.0),
    VitalSign.HEART_RATE: (0.0, 350.0),
    VitalSign.RESPIRATORY_RATE: (0.0, 120.0),
    VitalSign.SYSTOLIC_BP: (0.0, 350.0),
    VitalSign.DIASTOLIC_BP: (0.0, 250.0),
    VitalSign.SPO2: (0.0, 100.0),
    VitalSign.GLUCOSE_MMOL_L: (0.0, 120.0),
    VitalSign.GCS: (3.0, 15.0),
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One vital sign in the unit its name says. Raises InvalidInput when it cannot be true."""

    vital_sign: VitalSign
    value: float

    def __post_init__(self) -> None:
        low, high = PLAUSIBLE[self.vital_sign]
        if not low <= self.value <= high:
            raise InvalidInput(
                f"{self.vital_sign} of {self.value:g} cannot be true; it must be {low:g} to {high:g}"
            )


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one person. `age_years` may be a fraction for infants; None is not known.

    `named`: conditions the person names as their own. They say which department the question is
    for; they are no evidence, because what people believe they have must not lower an urgency.
    `words`: the words of their description in normal form; they help to order candidates.
    """

    age_years: float | None = None
    sex: Sex | None = None
    pregnant: Presence = Presence.UNKNOWN
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    language: str = "en"
    named: tuple[ConceptId, ...] = ()
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        age = self.age_years
        if age is not None and not 0.0 <= age <= OLDEST_AGE_YEARS:
            raise InvalidInput(
                f"An age of {age:g} years cannot be true; give 0 to {OLDEST_AGE_YEARS:g}"
            )
        if self.sex is Sex.MALE and self.pregnant is Presence.PRESENT:
            raise InvalidInput("A case cannot be both male and pregnant; correct one of the two")

    def presence(self, concept_id: ConceptId) -> Presence:
        """What is known of one concept; the last word on it counts."""
        for finding in reversed(self.findings):
            if finding.concept_id == concept_id:
                return finding.presence
        return Presence.UNKNOWN

    def with_finding(self, finding: Finding) -> "Case":
        """The same case with one finding added, replacing what was known of its concept."""
        others = tuple(f for f in self.findings if f.concept_id != finding.concept_id)
        return replace(self, findings=(*others, finding))
