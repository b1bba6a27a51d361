"""An assessment: what the symptom check answers, with its reasons and sources."""

from dataclasses import dataclass
from enum import StrEnum

from knowledge_graph.domain.concepts import ConceptId

_RANKS = {
    "self_care": 0,
    "consultation": 1,
    "consultation_24": 2,
    "emergency": 3,
    "emergency_ambulance": 4,
}


class Urgency(StrEnum):
    """How soon and where to seek care. Ordered by `rank`; UNCERTAIN has none."""

    SELF_CARE = "self_care"
    CONSULTATION = "consultation"
    CONSULTATION_24 = "consultation_24"
    EMERGENCY = "emergency"
    EMERGENCY_AMBULANCE = "emergency_ambulance"
    UNCERTAIN = "uncertain"

    @property
    def rank(self) -> int:
        """0 (self-care) to 4 (ambulance). UNCERTAIN ranks as a consultation: never as all clear."""
        return _RANKS.get(self.value, 1)

    @property
    def is_emergency(self) -> bool:
        """Whether the person should be in an emergency department now."""
        return self.rank >= _RANKS["emergency"]


@dataclass(frozen=True, slots=True)
class SourceReference:
    """A named source of curated knowledge: guideline, textbook chapter or review."""

    id: str
    title: str
    publisher: str
    year: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A rule that fired: what it demands, why, what to say first, and on whose authority."""

    id: str
    name: str
    urgency: Urgency
    reason: str
    advice: str
    is_crisis: bool
    findings: tuple[ConceptId, ...]
    sources: tuple[SourceReference, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding's part in one candidate: `weight` in natural-log likelihood ratio."""

    concept_id: ConceptId
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible condition with its reasons. `probability` is 0 to 1 over all candidates."""

    condition_id: ConceptId
    name: str
    synonyms: tuple[str, ...]
    icd10: tuple[str, ...]
    probability: float
    urgency: Urgency
    department: str
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    not_yet_known: tuple[Reason, ...]
    tests: tuple[str, ...]
    care: str
    advice: tuple[str, ...]
    return_sooner: tuple[str, ...]
    sources: tuple[SourceReference, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Question:
    """The next question: about one concept, in words a person knows, and why it is asked."""

    concept_id: ConceptId
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer of one symptom check. Texts are in the case's language."""

    urgency: Urgency
    urgency_reason: str
    red_flags: tuple[RedFlag, ...]
    candidates: tuple[Candidate, ...]
    question: Question | None
    department: str
    department_name: str
    knowledge_version: str
