"""What the answers to doctors say, made from the domain's values."""

from typing import Literal, Self

from pydantic import BaseModel

from api.schemas import MeasurementIn
from knowledge_graph.domain.assessment import (
    Assessment,
    Candidate,
    Question,
    Reason,
    RedFlag,
    SourceReference,
    Urgency,
)
from knowledge_graph.domain.case import Case, Finding, Presence, Sex
from knowledge_graph.domain.evidence import Citation


class SourceOut(BaseModel):
    """A guideline, textbook chapter or review behind the curated knowledge."""

    id: str
    title: str
    publisher: str
    year: int
    url: str | None

    @classmethod
    def of(cls, source: SourceReference) -> Self:
        """From the domain."""
        return cls(
            id=source.id,
            title=source.title,
            publisher=source.publisher,
            year=source.year,
            url=source.url,
        )


class CitationOut(BaseModel):
    """A passage of a document that a reader can open."""

    document_id: str
    title: str
    source: str
    url: str | None
    year: int | None
    passage_id: str | None
    quote: str | None

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """From the domain."""
        return cls(
            document_id=citation.document_id,
            title=citation.title,
            source=citation.source,
            url=citation.url,
            year=citation.year,
            passage_id=citation.passage_id,
            quote=citation.quote,
        )


class ReasonOut(BaseModel):
    """One finding's part in one condition: `weight` in natural-log likelihood ratio."""

    id: str
    name: str
    weight: float

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """From the domain."""
        return cls(id=reason.concept_id, name=reason.name, weight=round(reason.weight, 3))


class ConditionOut(BaseModel):
    """One possible condition with its reasons, next steps and evidence."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    icd10: tuple[str, ...]
    probability: float
    urgency: Urgency
    department: str
    reasons_for: tuple[ReasonOut, ...]
    reasons_against: tuple[ReasonOut, ...]
    not_yet_known: tuple[ReasonOut, ...]
    tests: tuple[str, ...]
    care: str
    advice: tuple[str, ...]
    return_sooner: tuple[str, ...]
    sources: tuple[SourceOut, ...]
    citations: tuple[CitationOut, ...]
    review_status: str

    @classmethod
    def of(cls, candidate: Candidate, citations: tuple[Citation, ...]) -> Self:
        """From the domain, with the passages found for it."""
        return cls(
            id=candidate.condition_id,
            name=candidate.name,
            synonyms=candidate.synonyms,
            icd10=candidate.icd10,
            probability=round(candidate.probability, 4),
            urgency=candidate.urgency,
            department=candidate.department,
            reasons_for=tuple(map(ReasonOut.of, candidate.reasons_for)),
            reasons_against=tuple(map(ReasonOut.of, candidate.reasons_against)),
            not_yet_known=tuple(map(ReasonOut.of, candidate.not_yet_known)),
            tests=candidate.tests,
            care=candidate.care,
            advice=candidate.advice,
            return_sooner=candidate.return_sooner,
            sources=tuple(map(SourceOut.of, candidate.sources)),
            citations=tuple(map(CitationOut.of, citations)),
            review_status=candidate.status,
        )


class RedFlagOut(BaseModel):
    """A rule that fired and the urgency it demands."""

    id: str
    name: str
    urgency: Urgency
    reason: str
    advice: str
    findings: tuple[str, ...]
    sources: tuple[SourceOut, ...]

    @classmethod
    def of(cls, flag: RedFlag) -> Self:
        """From the domain."""
        return cls(
            id=flag.id,
            name=flag.name,
            urgency=flag.urgency,
            reason=flag.reason,
            advice=flag.advice,
            findings=flag.findings,
            sources=tuple(map(SourceOut.of, flag.sources)),
        )


class QuestionOut(BaseModel):
    """What is most worth knowing next."""

    id: str
    text: str
    why: str

    @classmethod
    def of(cls, question: Question) -> Self:
        """From the domain."""
        return cls(id=question.concept_id, text=question.text, why=question.why)


class FindingOut(BaseModel):
    """One finding as it was read. `origin`: 'text' when it came from the note."""

    id: str
    name: str
    presence: Presence
    origin: Literal["text", "answer", "coded", "measured"]
    days: float | None

    @classmethod
    def of(cls, finding: Finding, name: str) -> Self:
        """From the domain. The quote stays inside."""
        return cls(
            id=finding.concept_id,
            name=name,
            presence=finding.presence,
            origin=finding.origin.value,
            days=finding.days,
        )


class CaseOut(BaseModel):
    """The case as it was read: check it before you trust the answer."""

    age_years: float | None
    sex: Sex | None
    pregnant: Presence
    language: str
    findings: tuple[FindingOut, ...]
    measurements: tuple[MeasurementIn, ...]

    @classmethod
    def of(cls, case: Case, names: dict[str, str]) -> Self:
        """From the domain, with the findings' names."""
        return cls(
            age_years=case.age_years,
            sex=case.sex,
            pregnant=case.pregnant,
            language=case.language,
            findings=tuple(
                FindingOut.of(finding, names.get(finding.concept_id, finding.concept_id))
                for finding in case.findings
            ),
            measurements=tuple(
                MeasurementIn(vital_sign=measurement.vital_sign, value=measurement.value)
                for measurement in case.measurements
            ),
        )


class AnswerModel(BaseModel):
    """What every answer to a doctor says of itself."""

    knowledge_version: str
    notice: str


class DecisionSupportOut(AnswerModel):
    """A cited differential."""

    urgency: Urgency
    urgency_reason: str
    department: str
    department_name: str
    red_flags: tuple[RedFlagOut, ...]
    conditions: tuple[ConditionOut, ...]
    next_question: QuestionOut | None
    case: CaseOut
    core_version: str

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        conditions: tuple[ConditionOut, ...],
        case: CaseOut,
        knowledge_version: str,
        notice: str,
    ) -> Self:
        """From the domain."""
        question = assessment.question
        return cls(
            urgency=assessment.urgency,
            urgency_reason=assessment.urgency_reason,
            department=assessment.department,
            department_name=assessment.department_name,
            red_flags=tuple(map(RedFlagOut.of, assessment.red_flags)),
            conditions=conditions,
            next_question=QuestionOut.of(question) if question else None,
            case=case,
            core_version=assessment.knowledge_version,
            knowledge_version=knowledge_version,
            notice=notice,
        )


class PassageOut(BaseModel):
    """One passage that bears on the question, best first."""

    score: float
    section: str
    text: str
    language: str
    citation: CitationOut


class LiteratureOut(AnswerModel):
    """Ranked passages. Empty when nothing in the knowledge bears on the question."""

    passages: tuple[PassageOut, ...]
