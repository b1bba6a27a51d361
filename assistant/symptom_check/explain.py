"""Why: candidates with what speaks for, against and is not yet known, in the case's language."""

import numpy as np

from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.rank import Evidence, Ranking, known_findings
from assistant.symptom_check.red_flags import references
from knowledge_graph.core.schema import ConditionEntry
from knowledge_graph.domain.assessment import Candidate, Reason
from knowledge_graph.domain.case import Case, Presence
from knowledge_graph.language import language_of

# A likelihood ratio between 1/1.3 and 1.3 is not worth a patient's or a doctor's attention.
_NOTABLE = 0.26
_MOST_REASONS = 6
_WORTH_KNOWING = 0.3
DURATION = "duration"
"""Stands in a reason for how long the complaint has lasted; no concept of the vocabulary."""
WORDING = "wording"
"""Stands in a reason for the words of the description; no concept of the vocabulary."""
_MOST_WORDS = 4


def candidates(
    case: Case, ranking: Ranking, model: ClinicalModel, limit: int
) -> tuple[Candidate, ...]:
    """The most probable conditions, best first; impossible ones are left out."""
    order = np.argsort(-ranking.probabilities, kind="stable")[:limit]
    return tuple(
        _candidate(int(column), case, ranking, model)
        for column in order
        if ranking.probabilities[column] > 0
    )


def _candidate(column: int, case: Case, ranking: Ranking, model: ClinicalModel) -> Candidate:
    entry = model.conditions[column]
    language = case.language
    weighed = _weighed(ranking, column, model, case)
    return Candidate(
        condition_id=entry.id,
        name=getattr(entry.name, language),
        synonyms=getattr(entry.words, language),
        icd10=entry.icd10,
        probability=float(ranking.probabilities[column]),
        urgency=entry.urgency,
        department=entry.department,
        reasons_for=_reasons(weighed, sign=1),
        reasons_against=_reasons(weighed, sign=-1),
        not_yet_known=_not_yet_known(entry, column, case, model),
        tests=getattr(entry.tests, language),
        care=getattr(entry.care, language),
        advice=getattr(entry.advice, language),
        return_sooner=getattr(entry.return_sooner, language),
        sources=references(model.core, entry.sources),
        status=entry.status,
    )


def _weighed(ranking: Ranking, column: int, model: ClinicalModel, case: Case) -> list[Reason]:
    """Everything that counts for one condition, the weightiest first."""
    language = case.language
    weighed = [
        Reason(e.concept_id, _said(e, model, language), float(e.weights[column]))
        for e in ranking.evidence
    ]
    if ranking.duration is not None:
        lasted = language_of(language).say("reason_duration")
        weighed.append(Reason(DURATION, lasted, float(ranking.duration[column])))
    if ranking.wording is not None and ranking.wording[column] > 0:
        words = ", ".join(model.wording.shared(case.words, column, _MOST_WORDS))
        said = language_of(language).say("reason_wording", words=words)
        weighed.append(Reason(WORDING, said, float(ranking.wording[column])))
    return sorted(weighed, key=lambda reason: -abs(reason.weight))


def _reasons(weighed: list[Reason], sign: int) -> tuple[Reason, ...]:
    return tuple(reason for reason in weighed if sign * reason.weight > _NOTABLE)[:_MOST_REASONS]


def _said(evidence: Evidence, model: ClinicalModel, language: str) -> str:
    """A finding's name, or 'no …' when it is its absence that counts."""
    name = str(getattr(model.core.findings[evidence.concept_id].name, language))
    if evidence.presence is Presence.ABSENT:
        inside = name[0].lower() + name[1:] if name[1:2].islower() else name
        return language_of(language).say("noted_absent", finding=inside)
    return name


def _not_yet_known(
    entry: ConditionEntry, column: int, case: Case, model: ClinicalModel
) -> tuple[Reason, ...]:
    present, absent = known_findings(case, model)
    known = present | absent | {a for key in present for a in model.ancestors[key]}
    open_findings = []
    for key, percent in entry.findings.items():
        row = model.finding_index.get(key)
        if row is None or key in known or percent / 100 < _WORTH_KNOWING:
            continue
        if any(ancestor in absent for ancestor in model.ancestors[key]):
            continue
        weight = float(np.log(model.given[row, column] / model.background[row]))
        open_findings.append(
            Reason(key, getattr(model.core.findings[key].name, case.language), weight)
        )
    return tuple(sorted(open_findings, key=lambda r: -r.weight)[:_MOST_REASONS])
