"""What a doctor's request may hold. What the answers say: answer_schemas.py.

The shapes of chat messages are the dataclasses of assistant/dialogue/messages.py.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge_graph.domain.case import OLDEST_AGE_YEARS, Presence, Sex, VitalSign

LONGEST_NOTE = 20_000
LONGEST_QUESTION = 1_000
Identifier = Annotated[str, Field(min_length=1, max_length=100)]


class RequestModel(BaseModel):
    """A request body: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FindingIn(RequestModel):
    """One finding, by its id in the vocabulary or by a code ('HP:0012735', 'ICD10:I20')."""

    id: Identifier | None = None
    code: Identifier | None = None
    presence: Presence = Presence.PRESENT

    @model_validator(mode="after")
    def _is_named_once(self) -> Self:
        if (self.id is None) == (self.code is None):
            raise ValueError("give either an id or a code")
        return self


class MeasurementIn(RequestModel):
    """One vital sign in the unit its name says."""

    vital_sign: VitalSign
    value: Annotated[float, Field(allow_inf_nan=False)]


class CaseIn(RequestModel):
    """A case: coded findings, a free-text note, or both. What is coded overrules the note."""

    age_years: Annotated[float, Field(ge=0, le=OLDEST_AGE_YEARS)] | None = None
    sex: Sex | None = None
    pregnant: bool | None = None
    language: Annotated[str, Field(max_length=10)] | None = None
    findings: Annotated[tuple[FindingIn, ...], Field(max_length=300)] = ()
    measurements: Annotated[tuple[MeasurementIn, ...], Field(max_length=50)] = ()
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class LiteratureIn(RequestModel):
    """A question to the literature. `sources`: search only these, by name ('medquad')."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
    language: Annotated[str, Field(max_length=10)] | None = None
    sources: Annotated[tuple[Identifier, ...], Field(max_length=20)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10
