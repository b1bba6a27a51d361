"""The doctor's routes: a cited differential for a case, and passages for a question."""

from fastapi import APIRouter

from api.answer_schemas import (
    CaseOut,
    CitationOut,
    ConditionOut,
    DecisionSupportOut,
    LiteratureOut,
    PassageOut,
)
from api.auth import Doctor
from api.case_reading import Vocabulary, read_case
from api.schemas import CaseIn, LiteratureIn
from api.wiring import SharedServices
from assistant.decision_support.advise import advise
from assistant.decision_support.literature import find_literature
from knowledge_graph.language import detect_language, language_of

router = APIRouter(prefix="/v1", tags=["decision support"])


@router.post("/decision-support")
def decision_support(body: CaseIn, doctor: Doctor, services: SharedServices) -> DecisionSupportOut:
    """Rank the conditions that explain a case, with reasons, urgency, tests and citations.

    Unknown ids or codes are refused (422), each with the nearest names of the vocabulary.
    """
    opened = services.opened()
    knowledge, model = opened.knowledge, opened.model
    case = read_case(body, services.core, knowledge.finder)
    advice = advise(case, model, opened.cite, limit=body.limit)
    vocabulary = Vocabulary(services.core)
    names = {f.concept_id: vocabulary.name(f.concept_id, case.language) for f in case.findings}
    return DecisionSupportOut.of(
        advice.assessment,
        tuple(
            ConditionOut.of(candidate, advice.citations.get(candidate.condition_id, ()))
            for candidate in advice.assessment.candidates
        ),
        CaseOut.of(case, names),
        knowledge.version,
        language_of(case.language).say("notice_clinician"),
    )


@router.post("/literature")
def literature(body: LiteratureIn, doctor: Doctor, services: SharedServices) -> LiteratureOut:
    """Find the passages that bear on a question, best first; none when nothing does."""
    knowledge = services.knowledge()
    language = language_of(body.language or detect_language(body.question))
    hits = find_literature(body.question, language.code, knowledge, body.limit, body.sources)
    return LiteratureOut(
        passages=tuple(
            PassageOut(
                score=round(hit.score, 4),
                section=hit.passage.section,
                text=hit.passage.text,
                language=hit.passage.language,
                citation=CitationOut.of(hit.citation),
            )
            for hit in hits
        ),
        knowledge_version=knowledge.version,
        notice=language.say("notice_clinician"),
    )
