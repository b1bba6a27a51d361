"""Interviews with patients drawn from the core's own frequencies stay short and end safely."""

import statistics

from assistant.evaluation.simulated import SimulatedInterview, draw_patients, hold
from assistant.symptom_check.ask import MOST_QUESTIONS
from assistant.symptom_check.model import build_model
from knowledge_graph.core.load import shipped_core

PATIENTS = 200


def test_interviews_are_short_and_their_advice_is_seldom_too_low() -> None:
    model = build_model(shipped_core())
    held: list[SimulatedInterview] = [hold(p, model) for p in draw_patients(model, PATIENTS)]
    questions = [one.questions for one in held]
    assert max(questions) <= MOST_QUESTIONS
    assert statistics.median(questions) <= 10
    assert sum(one.levels_too_low > 1 for one in held) <= 0.05 * PATIENTS
    assert sum(one.rank <= 3 for one in held) >= 0.8 * PATIENTS
