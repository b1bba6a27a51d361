"""How soon and where: the level with the least expected cost, never below what a red flag demands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.rank import Ranking
from knowledge_graph.domain.assessment import RedFlag, Urgency
from knowledge_graph.domain.case import Presence

LEVELS = (
    Urgency.SELF_CARE,
    Urgency.CONSULTATION,
    Urgency.CONSULTATION_24,
    Urgency.EMERGENCY,
    Urgency.EMERGENCY_AMBULANCE,
)
# Cost of advising `row` to a person who needs `column`, in units of one needless routine visit.
# Too little costs more the more dangerous the need; too much costs a crowded emergency department.
# Drafted by judgement and to be agreed by clinicians; see docs/decisions/0002-urgency-cost.md.
_COST = np.array(
    [
        # needs: self-care, routine, 24 hours, emergency, ambulance
        [0.0, 2.0, 8.0, 60.0, 120.0],  # advised self-care
        [1.0, 0.0, 4.0, 40.0, 90.0],  # advised routine
        [2.0, 1.0, 0.0, 15.0, 50.0],  # advised within 24 hours
        [4.5, 4.0, 2.5, 0.0, 8.0],  # advised emergency department
        [8.0, 7.0, 5.5, 2.5, 0.0],  # advised ambulance
    ]
)
# When nothing in the knowledge explains the case, it is treated as one that needs a doctor.
_OTHER_NEEDS = LEVELS.index(Urgency.CONSULTATION)
_NOTHING_EXPLAINS = 0.8


@dataclass(frozen=True, slots=True)
class UrgencyDecision:
    """The level, and the condition (column) or red flag that set it."""

    urgency: Urgency
    red_flag: RedFlag | None
    column: int | None


def decide(
    ranking: Ranking, model: ClinicalModel, red_flags: tuple[RedFlag, ...]
) -> UrgencyDecision:
    """The advised level. `red_flags` come most urgent first and are a floor."""
    needs = _needs(ranking, model)
    shares = np.bincount(needs, weights=ranking.probabilities, minlength=len(LEVELS))
    shares[_OTHER_NEEDS] += ranking.other
    level = int(np.argmin(_COST @ shares))
    by_rule = red_flags[0] if red_flags else None
    if by_rule is not None and by_rule.urgency.rank >= level:
        return UrgencyDecision(by_rule.urgency, by_rule, None)
    nothing_said = not any(item.presence is Presence.PRESENT for item in ranking.evidence)
    if nothing_said or (ranking.other > _NOTHING_EXPLAINS and level <= _OTHER_NEEDS):
        return UrgencyDecision(Urgency.UNCERTAIN, None, None)
    # The condition that a lower level would fail most.
    failed = ranking.probabilities * _COST[max(level - 1, 0)][needs] * (needs >= level)
    column = int(np.argmax(failed)) if failed.max() > 0 else None
    return UrgencyDecision(LEVELS[level], None, column)


def _needs(ranking: Ranking, model: ClinicalModel) -> NDArray[np.int64]:
    """What each condition needs in this person: findings may raise it above the usual."""
    needs = model.needs.copy()
    present = {item.concept_id for item in ranking.evidence if item.presence is Presence.PRESENT}
    present |= {general for key in present for general in model.ancestors.get(key, ())}
    is_present = np.zeros(len(model.finding_ids), dtype=np.bool_)
    is_present[[model.finding_index[key] for key in present]] = True
    columns, rows, ranks = model.raised_by
    there = is_present[rows]
    np.maximum.at(needs, columns[there], ranks[there])
    return needs
