"""The next question: the one whose answer is expected to tell most about condition and urgency."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.symptom_check.inference import binary_information
from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.person import SEXES, Askable
from assistant.symptom_check.rank import Ranking, known_findings
from knowledge_graph.domain.case import Case, Presence, Sex
from knowledge_graph.domain.concepts import ConceptId

MOST_QUESTIONS = 16
_CANDIDATES_CONSIDERED = 40
# Conditions count by what missing them costs, so that dangerous things are asked about first.
_DANGER = np.array([0.7, 1.0, 1.5, 4.0, 6.0])
# Bits of expected information under which an answer would change little.
_WORTH_ASKING = 0.05
# What the one finding that would complete a red flag is worth, in bits, per chance of a yes.
_RED_FLAG_BITS = 1.2


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """What to ask about; `column`: the condition it bears on most; `red_flag`: the rule it tests."""

    concept_id: ConceptId
    column: int
    red_flag: str | None


def choose_question(
    case: Case, ranking: Ranking, model: ClinicalModel, asked: Collection[ConceptId]
) -> NextQuestion | None:
    """The best next question, or None when enough is known or enough was asked."""
    if len(asked) >= MOST_QUESTIONS or not ranking.evidence:
        return None
    rows = _askable(case, model, asked)
    if not rows.size:
        return None
    columns = np.argsort(-ranking.probabilities)[:_CANDIDATES_CONSIDERED]
    danger = _DANGER[model.needs[columns]]
    weights = ranking.probabilities[columns] * danger
    if weights.sum() <= 0:
        return None
    weights = weights / weights.sum()
    chance = _chance_of_yes(rows, columns, case, model)
    gain = binary_information(weights, chance)
    rules = _nearly_fired(case, model)
    for key in rules:
        for position in np.flatnonzero(rows == model.finding_index[key]):
            gain[position] += _RED_FLAG_BITS * float(chance[position] @ weights)
    best = int(np.argmax(gain))
    if gain[best] < _WORTH_ASKING:
        return None
    key = model.finding_ids[rows[best]]
    shift = np.abs(chance[best] - float(chance[best] @ weights)) * weights
    return NextQuestion(key, int(columns[int(np.argmax(shift))]), rules.get(key))


def _askable(case: Case, model: ClinicalModel, asked: Collection[ConceptId]) -> NDArray[np.int64]:
    """Rows that are not known yet, and that make sense to ask this person about."""
    present, absent = known_findings(case, model)
    known = present | absent | {a for key in present for a in model.ancestors[key]} | set(asked)
    known |= {finding.concept_id for finding in case.findings}
    askable = model.askable
    # One more place at the end is what -1 points at: a general finding that is not there.
    is_known, is_absent = (np.zeros(len(model.finding_ids) + 1, dtype=np.bool_) for _ in range(2))
    is_known[_rows(known, model)] = True
    is_absent[_rows(absent, model)] = True
    open_to_ask = ~is_known[askable.rows] & _fits_person(askable, case)
    is_known[-1] = True
    # The general finding first: nobody is asked about crushing pain before pain.
    open_to_ask &= (is_known[askable.general] & ~is_absent[askable.general]).all(axis=1)
    return askable.rows[open_to_ask]


def _rows(keys: Collection[ConceptId], model: ClinicalModel) -> list[int]:
    return [model.finding_index[key] for key in keys if key in model.finding_index]


def _fits_person(askable: Askable, case: Case) -> NDArray[np.bool_]:
    fits = np.ones(len(askable.rows), dtype=np.bool_)
    if case.sex is not None:
        fits &= (askable.sex == -1) | (askable.sex == SEXES.index(case.sex))
    if case.age_years is not None:
        fits &= (askable.youngest <= case.age_years) & (case.age_years <= askable.oldest)
    if case.sex is Sex.MALE or case.pregnant is not Presence.PRESENT:
        fits &= ~askable.pregnancy
    return fits


def _chance_of_yes(
    rows: NDArray[np.int64], columns: NDArray[np.int64], case: Case, model: ClinicalModel
) -> NDArray[np.float64]:
    """P(yes | condition) for each askable finding (rows) and candidate (columns)."""
    chance = model.given_by_condition[columns][:, rows].T
    risks = np.flatnonzero(model.is_risk_factor[rows])
    odds = model.odds[np.ix_(rows[risks], columns)]
    share = model.background[rows[risks], None]
    chance[risks] = odds * share / (1 - share + odds * share)
    present, _ = known_findings(case, model)
    for ancestor in present & model.with_kinds.keys():
        # Of those who have the general finding: that is known already.
        kinds = np.isin(rows, model.with_kinds[ancestor])
        general = model.given[model.finding_index[ancestor], columns]
        chance[kinds] = np.minimum(chance[kinds] / general, 1.0)
    return np.clip(chance, 0.001, 0.99)


def _nearly_fired(case: Case, model: ClinicalModel) -> dict[ConceptId, str]:
    """Findings that alone would complete an emergency rule which something present belongs to."""
    present, absent = known_findings(case, model)
    present |= {ancestor for key in present for ancestor in model.ancestors[key]}
    missing: dict[ConceptId, str] = {}
    # A rule of several parts of which one is open has a part that something present meets.
    begun = {number for key in present for number in model.emergency_rules_of.get(key, ())}
    for number in sorted(begun):
        rule_id, parts = model.emergency_rules[number]
        unmet = [part for part in parts if present.isdisjoint(part)]
        if len(unmet) == 1:
            for key in unmet[0]:
                if key not in absent:
                    missing.setdefault(key, rule_id)
    return missing
