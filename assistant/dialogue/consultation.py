"""A consultation: one conversation from greeting to outcome, kept as one frozen value.

Every turn makes a new value of it; a `ConsultationStore` keeps the latest one, sealed.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import TypeAdapter

from assistant.dialogue.messages import Message
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Case, Finding, FindingOrigin, Measurement, Presence, Sex
from knowledge_graph.domain.concepts import ConceptId

# How far back "go back" reaches. Each step is small, and nobody goes back forty times.
_MOST_STEPS_KEPT = 40


class Stage(StrEnum):
    """Where a consultation is: what the next answer is an answer to."""

    CONSENT = "consent"
    SUBJECT = "subject"
    AGE = "age"
    SEX = "sex"
    PREGNANCY = "pregnancy"
    COMPLAINT = "complaint"
    CONFIRM = "confirm"
    INTERVIEW = "interview"
    CLOSED = "closed"
    EMERGENCY = "emergency"
    STOPPED = "stopped"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self in (Stage.CLOSED, Stage.EMERGENCY, Stage.STOPPED)


class Subject(StrEnum):
    """Whom the consultation is about."""

    SELF = "self"
    CHILD = "child"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a patient: words, or the choice of a button (`values` of `question_id`)."""

    message_id: str
    text: str = ""
    question_id: str | None = None
    values: tuple[str, ...] = ()

    @property
    def is_choice(self) -> bool:
        """Whether buttons were pressed rather than words written."""
        return self.question_id is not None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn as the transcript keeps it. `said` is None for the opening."""

    message_id: str
    said: str | None
    replies: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """What has been learned so far: what "go back" restores one step of.

    `told`: which of subject, age, sex, pregnancy were settled, "rather not say" included.
    `guessed`: those of them that were read from free text and not asked for.
    `warned`: red flags that the person has been told of. `named`, `words`: as in Case.
    """

    subject: Subject | None = None
    age_years: float | None = None
    sex: Sex | None = None
    pregnant: Presence = Presence.UNKNOWN
    told: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    confirmed: bool = False
    asked: tuple[ConceptId, ...] = ()
    warned: tuple[str, ...] = ()
    named: tuple[ConceptId, ...] = ()
    words: tuple[str, ...] = ()

    def case(self, language: str) -> Case:
        """The case as known so far. Raises InvalidInput when it contradicts itself."""
        return Case(
            age_years=self.age_years,
            sex=self.sex,
            pregnant=self.pregnant,
            findings=self.findings,
            measurements=self.measurements,
            language=language,
            named=self.named,
            words=self.words,
        )

    def has(self, detail: str) -> bool:
        """Whether a detail (subject, age, sex, pregnancy) is settled."""
        return detail in self.told

    def settle(self, detail: str, **values: object) -> "Progress":
        """The same with a detail settled."""
        forgotten = self.unsettle(detail)
        return replace(forgotten, told=(*forgotten.told, detail), **values)  # type: ignore[arg-type]

    def unsettle(self, detail: str) -> "Progress":
        """The same with a detail to be asked for again."""
        return replace(
            self,
            told=tuple(key for key in self.told if key != detail),
            guessed=tuple(key for key in self.guessed if key != detail),
        )

    def with_findings(
        self, findings: tuple[Finding, ...], measurements: tuple[Measurement, ...] = ()
    ) -> "Progress":
        """The same with findings and measurements added; the latest word on each counts."""
        new = {finding.concept_id for finding in findings}
        measured = {measurement.vital_sign for measurement in measurements}
        return replace(
            self,
            findings=(*(f for f in self.findings if f.concept_id not in new), *findings),
            measurements=(
                *(m for m in self.measurements if m.vital_sign not in measured),
                *measurements,
            ),
        )

    def with_answer(self, concept_id: ConceptId, presence: Presence) -> "Progress":
        """The same with one question answered."""
        answered = self.with_findings((Finding(concept_id, presence, FindingOrigin.ANSWER),))
        asked = (*(key for key in self.asked if key != concept_id), concept_id)
        return replace(answered, asked=asked)


@dataclass(frozen=True, slots=True)
class Consultation:
    """One conversation.

    `kept`: what was said before consent; read only once consent is given. `open_question`: the id
    an answer must carry. `round` counts the engine's conversations for this one.
    """

    id: str
    language: str
    started: datetime
    stage: Stage = Stage.CONSENT
    consented: bool = False
    progress: Progress = field(default_factory=Progress)
    earlier: tuple[Progress, ...] = ()
    kept: tuple[str, ...] = ()
    misunderstood: int = 0
    open_question: str | None = None
    why: str | None = None
    transcript: tuple[Exchange, ...] = ()
    round: int = 0
    urgency: Urgency | None = None
    department: ConceptId | None = None

    @property
    def engine_id(self) -> str:
        """What the dialogue engine calls this conversation."""
        return f"{self.id}.{self.round}"

    @property
    def case(self) -> Case:
        """The case as known so far."""
        return self.progress.case(self.language)

    def answer_to(self, message_id: str) -> tuple[Message, ...] | None:
        """What a message was answered with, or None for a new one."""
        for exchange in reversed(self.transcript):
            if exchange.message_id == message_id:
                return exchange.replies
        return None

    def step(self, progress: Progress) -> "Consultation":
        """The same with an answer taken; the state before it is kept for "go back"."""
        earlier = (*self.earlier, self.progress)[-_MOST_STEPS_KEPT:]
        return replace(self, progress=progress, earlier=earlier, misunderstood=0)

    def with_exchange(self, exchange: Exchange) -> "Consultation":
        """The same with a turn recorded."""
        return replace(self, transcript=(*self.transcript, exchange))

    def next_round(self) -> "Consultation":
        """The same with a new conversation at the engine, which will ask for the stage."""
        return replace(self, round=self.round + 1)


class ConsultationStore(Protocol):
    """Keeps consultations, sealed. Every method raises DependencyDown when it cannot."""

    async def load(self, consultation_id: str) -> Consultation | None:
        """The latest state, or None when there is none (expired or erased)."""

    async def save(self, consultation: Consultation) -> None:
        """Keep the state, replacing the one before."""

    async def erase(self, consultation_id: str) -> None:
        """Forget everything of a consultation."""


_shape: TypeAdapter[Consultation] = TypeAdapter(Consultation)


def to_json(consultation: Consultation) -> bytes:
    """The consultation as JSON."""
    return _shape.dump_json(consultation)


def from_json(data: bytes) -> Consultation:
    """The consultation of `to_json`. Raises pydantic's ValidationError for anything else."""
    return _shape.validate_json(data)
