"""The one way in: a case and the clinical model give an assessment."""

from collections.abc import Collection

import numpy as np

from assistant.symptom_check.ask import NextQuestion, choose_question
from assistant.symptom_check.explain import candidates
from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.rank import Ranking, heed_words, rank
from assistant.symptom_check.red_flags import screen, with_measured_findings
from assistant.symptom_check.urgency import UrgencyDecision, decide
from knowledge_graph.domain.assessment import Assessment, Question, Urgency
from knowledge_graph.domain.case import Case
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import UnknownCode
from knowledge_graph.language import language_of

_CHILD_YEARS = 14
_EMERGENCY_DEPARTMENT = "emergency_medicine"
_FIRST_DEPARTMENT = "general_practice"


def check(
    case: Case,
    model: ClinicalModel,
    asked: Collection[ConceptId] = (),
    limit: int = 10,
) -> Assessment:
    """Assess a case. `asked`: concepts already asked about, answered or not.

    Raises UnknownCode when a finding of the case is not in the model's vocabulary.
    """
    unknown = sorted({f.concept_id for f in case.findings} - known_concepts(model))
    if unknown:
        raise UnknownCode(f"Not in the vocabulary: {', '.join(unknown)}")
    case = with_measured_findings(case, model.core)
    red_flags = screen(case, model.core)
    ranking = rank(case, model)
    decision = decide(ranking, model, red_flags)
    question = None
    if decision.urgency is not Urgency.EMERGENCY_AMBULANCE:
        question = choose_question(case, ranking, model, asked)
    described = heed_words(ranking, case, model)
    department = _department(case, described, model, decision)
    return Assessment(
        urgency=decision.urgency,
        urgency_reason=_urgency_reason(decision, model, case.language),
        red_flags=red_flags,
        candidates=candidates(case, described, model, limit),
        question=_question(question, model, case.language) if question else None,
        department=department,
        department_name=getattr(model.core.departments[department].name, case.language),
        knowledge_version=model.version,
    )


def next_question(
    case: Case, model: ClinicalModel, asked: Collection[ConceptId]
) -> Question | None:
    """The question that `check` would put next, without the rest of its assessment."""
    case = with_measured_findings(case, model.core)
    ranking = rank(case, model)
    decision = decide(ranking, model, screen(case, model.core))
    if decision.urgency is Urgency.EMERGENCY_AMBULANCE:
        return None
    chosen = choose_question(case, ranking, model, asked)
    return _question(chosen, model, case.language) if chosen else None


def known_concepts(model: ClinicalModel) -> frozenset[ConceptId]:
    """Every concept id a case may name: findings, risk factors and (as history) conditions."""
    return model.vocabulary


def _urgency_reason(decision: UrgencyDecision, model: ClinicalModel, code: str) -> str:
    language = language_of(code)
    if decision.red_flag is not None:
        return decision.red_flag.reason
    if decision.column is not None:
        name = getattr(model.conditions[decision.column].name, code)
        return language.say("urgency_reason_condition", condition=name)
    return language.say("urgency_reason_unexplained")


def _question(chosen: NextQuestion, model: ClinicalModel, code: str) -> Question:
    entry = model.core.findings[chosen.concept_id]
    language = language_of(code)
    condition = getattr(model.conditions[chosen.column].name, code)
    why = language.say("why_question", finding=getattr(entry.name, code), condition=condition)
    if chosen.red_flag is not None:
        why = language.say("why_question_danger", finding=getattr(entry.name, code))
    assert entry.question is not None  # choose_question picks only what can be asked
    return Question(chosen.concept_id, getattr(entry.question, code), why)


def _department(
    case: Case, ranking: Ranking, model: ClinicalModel, decision: UrgencyDecision
) -> ConceptId:
    if decision.urgency.is_emergency:
        return _EMERGENCY_DEPARTMENT
    if case.age_years is not None and case.age_years < _CHILD_YEARS:
        return "paediatrics"
    named = model.core.conditions.get(case.named[0]) if case.named else None
    if named is not None and named.department != _EMERGENCY_DEPARTMENT:
        return named.department
    if decision.urgency is Urgency.UNCERTAIN and not ranking.evidence:
        return _FIRST_DEPARTMENT
    names, which = model.departments
    weights = np.bincount(which, weights=ranking.probabilities)
    # Who may wait is not sent to where nobody should wait.
    weights[[name == _EMERGENCY_DEPARTMENT for name in names]] = 0.0
    return names[int(np.argmax(weights))]
