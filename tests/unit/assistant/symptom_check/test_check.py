"""The reasoning on a small core whose answers can be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.symptom_check.check import check, next_question
from assistant.symptom_check.explain import DURATION
from assistant.symptom_check.model import ClinicalModel, build_model
from assistant.symptom_check.rank import rank
from knowledge_graph.core.load import Core
from knowledge_graph.domain.assessment import Urgency
from knowledge_graph.domain.case import Case, Finding, Presence
from knowledge_graph.domain.errors import UnknownCode
from tests.support.small_core import small_core


def core_with(**changes: dict[str, object]) -> Core:
    """The small core with fields of conditions changed."""
    core = small_core()
    conditions = {
        key: entry.model_validate(entry.model_dump() | changes.get(key, {}))
        for key, entry in core.conditions.items()
    }
    return replace(core, conditions=conditions)


@pytest.fixture
def model() -> ClinicalModel:
    return build_model(small_core())


def case(*present: str, absent: tuple[str, ...] = (), days: float | None = None) -> Case:
    findings = [Finding(key, Presence.PRESENT, days=days) for key in present]
    findings += [Finding(key, Presence.ABSENT) for key in absent]
    return Case(age_years=50, findings=tuple(findings))


def probability(case: Case, model: ClinicalModel, condition: str) -> float:
    return float(rank(case, model).probabilities[model.condition_index[condition]])


def test_one_finding_moves_the_odds_by_its_likelihood_ratio(model: ClinicalModel) -> None:
    before, after = rank(case(), model), rank(case("cough"), model)
    pneumonia, angina = (model.condition_index[key] for key in ("pneumonia", "angina"))
    odds_before = before.probabilities[pneumonia] / before.probabilities[angina]
    odds_after = after.probabilities[pneumonia] / after.probabilities[angina]
    given = [1 - (1 - frequency) * (1 - 0.05) for frequency in (0.90, 0.02)]  # background 5 %
    assert odds_after / odds_before == pytest.approx(given[0] / given[1])


def test_probabilities_and_what_is_not_known_add_up_to_one(model: ClinicalModel) -> None:
    ranking = rank(case("cough", "fever", absent=("chest_pain",)), model)
    assert ranking.probabilities.sum() + ranking.other == pytest.approx(1)


def test_absence_speaks_against_what_would_have_it(model: ClinicalModel) -> None:
    with_it = probability(case("breathlessness", "chest_pain"), model, "angina")
    without = probability(case("breathlessness", absent=("chest_pain",)), model, "angina")
    assert without < with_it / 10


def test_a_risk_factor_counts_by_its_odds_ratio(model: ClinicalModel) -> None:
    smoker = probability(case("cough", "smoking"), model, "pneumonia")
    never = probability(case("cough", absent=("smoking",)), model, "pneumonia")
    assert smoker > never


@pytest.mark.parametrize(("days", "fits"), [(3, True), (900, False)])
def test_how_long_it_has_lasted_counts_and_is_said(days: float, fits: bool) -> None:
    model = build_model(core_with(pneumonia={"lasted_days": (1, 14)}))
    unsaid = probability(case("cough"), model, "pneumonia")
    assert (probability(case("cough", days=days), model, "pneumonia") > unsaid) is fits
    assessment = check(case("cough", days=days), model)
    pneumonia = next(c for c in assessment.candidates if c.condition_id == "pneumonia")
    reasons = pneumonia.reasons_for if fits else pneumonia.reasons_against
    assert DURATION in {reason.concept_id for reason in reasons}


def test_a_duration_that_nothing_is_written_of_changes_nothing(model: ClinicalModel) -> None:
    said, unsaid = rank(case("cough", days=30), model), rank(case("cough"), model)
    assert np.allclose(said.probabilities, unsaid.probabilities)


def test_a_finding_can_make_a_condition_more_urgent() -> None:
    core = core_with(pneumonia={"raised_by": {"breathlessness": "emergency"}})
    model = build_model(core)
    mild = check(case("cough", "fever", absent=("breathlessness",)), model)
    severe = check(case("cough", "fever", "breathlessness"), model)
    assert mild.urgency.rank < Urgency.EMERGENCY.rank <= severe.urgency.rank


def test_what_would_not_raise_the_urgency_is_refused() -> None:
    with pytest.raises(ValueError, match="does not raise"):
        core_with(angina={"raised_by": {"cough": "consultation"}})
    with pytest.raises(ValueError, match="lasted_days"):
        core_with(angina={"lasted_days": (9, 2)})


def test_a_red_flag_is_a_floor(model: ClinicalModel) -> None:
    assessment = check(case("chest_pain", "breathlessness"), model)
    assert assessment.urgency is Urgency.EMERGENCY_AMBULANCE
    assert [flag.id for flag in assessment.red_flags] == ["chest_pain_breathless"]


def test_nothing_said_is_uncertain_and_unknown_codes_are_named(model: ClinicalModel) -> None:
    assert check(Case(age_years=50), model).urgency is Urgency.UNCERTAIN
    with pytest.raises(UnknownCode, match="no_such"):
        check(case("no_such"), model)


def test_what_is_known_or_was_asked_is_not_asked_again(model: ClinicalModel) -> None:
    asked: list[str] = []
    while (question := check(case("cough"), model, asked).question) is not None:
        assert question.concept_id not in (*asked, "cough")
        asked.append(question.concept_id)
    assert asked


def test_who_may_wait_is_not_sent_to_the_emergency_department() -> None:
    model = build_model(core_with(pneumonia={"department": "emergency_medicine"}))
    assessment = check(case("cough"), model)
    assert not assessment.urgency.is_emergency
    assert assessment.department != "emergency_medicine"


def test_the_next_question_alone_is_the_one_of_the_whole_check(model: ClinicalModel) -> None:
    told = case("cough")
    assert next_question(told, model, ()) == check(told, model).question is not None
    assert next_question(case("chest_pain", "breathlessness"), model, ()) is None
