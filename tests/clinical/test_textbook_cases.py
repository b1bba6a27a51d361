"""Every condition's own textbook case puts it among the first three.

The case holds what most people with the condition have, at the age and sex it is commonest in. A
condition that fails is told apart from its neighbours by nothing that is written of it.
"""

import pytest

from assistant.symptom_check.model import ClinicalModel, build_model
from assistant.symptom_check.rank import TYPICAL_AGE, rank
from knowledge_graph.core.load import shipped_core
from knowledge_graph.core.schema import ConditionEntry
from knowledge_graph.domain.case import Case, Finding, Presence, Sex

CORE = shipped_core()
MOST_PEOPLE_PERCENT = 50


@pytest.fixture(scope="module")
def model() -> ClinicalModel:
    return build_model(CORE)


@pytest.mark.parametrize("condition_id", sorted(CORE.conditions))
def test_a_textbook_case_comes_among_the_first_three(
    condition_id: str, model: ClinicalModel
) -> None:
    ranking = rank(textbook_case(CORE.conditions[condition_id]), model)
    order = sorted(
        zip(model.condition_ids, ranking.probabilities, strict=True), key=lambda pair: -pair[1]
    )
    first = [key for key, _ in order[:3]]
    assert condition_id in first, f"{condition_id} comes after {', '.join(first)}"


def textbook_case(entry: ConditionEntry) -> Case:
    """What at least half of the people with a condition have, in the person it is commonest in."""
    keys = [key for key, percent in entry.findings.items() if percent >= MOST_PEOPLE_PERCENT]
    if len(keys) < 3:
        keys = sorted(entry.findings, key=lambda key: -entry.findings[key])[:3]
    keys += [key for key, odds in entry.risk_factors.items() if odds >= 10]
    band = max(TYPICAL_AGE, key=lambda band: entry.age.get(band, 1.0))
    female, male = (entry.sex.get(sex, 1.0) for sex in (Sex.FEMALE, Sex.MALE))
    pregnant = Presence.PRESENT if entry.pregnancy_only else Presence.UNKNOWN
    return Case(
        age_years=TYPICAL_AGE[band],
        sex=Sex.FEMALE if female >= male else Sex.MALE,
        pregnant=pregnant,
        findings=tuple(Finding(key, Presence.PRESENT) for key in keys),
    )
