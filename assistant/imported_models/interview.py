"""An interview by an imported model: the question that tells most, until enough is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from assistant.imported_models.table_model import TableModel, TableQuestion
from assistant.symptom_check.inference import Vector, binary_information, information, normalise
from knowledge_graph.domain.case import Presence, Sex

MOST_QUESTIONS = 16
_SURE = 0.9995
_WORTH_ASKING_BITS = 1e-3

Answers = Mapping[int, Presence]
"""What an answer tells of each row of its question."""


@dataclass(frozen=True, slots=True)
class Interviewed:
    """How it ended: the probability of each condition, and the questions in order."""

    probabilities: Vector
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after so many questions, or when one condition is that probable."""

    questions: int = MOST_QUESTIONS
    sure: float = _SURE


def interview(
    model: TableModel,
    age_years: float | None,
    sex: Sex | None,
    told: Answers,
    answer: Callable[[TableQuestion], Answers],
    limits: Limits | None = None,
) -> Interviewed:
    """Ask until the limits are reached. `told`: what the person said of their own accord."""
    limits = limits or Limits()
    score = model.prior(age_years, sex)
    known: dict[int, Presence] = {row: p for row, p in told.items() if p is not Presence.UNKNOWN}
    for row, presence in known.items():
        score = score + _weights(model, row, presence)
    asked: list[str] = []
    settled = {q.id for q in model.shape.questions if any(row in known for row in q.rows)}
    while len(asked) < limits.questions:
        probabilities = normalise(score)
        if probabilities.max() > limits.sure:
            break
        question = _best(model, probabilities, known, settled)
        if question is None:
            break
        settled.add(question.id)
        asked.append(question.id)
        answers = answer(question)
        known.update(answers)
        for row in question.rows:
            presence = answers.get(row, Presence.UNKNOWN)
            if not question.one_of or presence is Presence.PRESENT:
                score = score + _weights(model, row, presence)
    return Interviewed(normalise(score), tuple(asked))


def _weights(model: TableModel, row: int, presence: Presence) -> Vector:
    match presence:
        case Presence.PRESENT:
            table = model.yes
        case Presence.ABSENT:
            table = model.no
        case _:
            table = model.unsaid
    return np.asarray(np.log(table[row]), dtype=np.float64)


def _best(
    model: TableModel, probabilities: Vector, known: Answers, settled: set[str]
) -> TableQuestion | None:
    """The question with the most information about the condition, or None when none is worth it."""
    outcomes = np.stack([model.yes, model.no, model.unsaid])
    single = information(probabilities, outcomes)
    best, most = None, _WORTH_ASKING_BITS
    for question in model.shape.questions:
        if question.id in settled:
            continue
        if question.after is not None and known.get(question.after) is not Presence.PRESENT:
            continue
        gain = _gain(model, question, probabilities, single)
        if gain > most:
            best, most = question, gain
    return best


def _gain(
    model: TableModel, question: TableQuestion, probabilities: Vector, single: Vector
) -> float:
    rows = list(question.rows)
    if len(rows) == 1:
        return float(single[rows[0]])
    if question.one_of:
        chances = model.yes[rows] / model.yes[rows].sum(axis=0)
        return float(information(probabilities, chances[:, None, :])[0])
    # Rows of one question overlap in what they tell; together never more than there is to know.
    still_open = -(probabilities * np.log2(np.clip(probabilities, 1e-12, 1))).sum()
    return float(min(binary_information(probabilities, model.yes[rows]).sum(), still_open))
