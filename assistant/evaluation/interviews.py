"""Whole interviews by imported models: how often they end right, and after how many questions."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from assistant.evaluation.shares import Share
from assistant.imported_models import ddxplus, inquiry
from assistant.imported_models.interview import Interviewed, Limits, interview
from assistant.imported_models.table_model import TableModel

_IN_DIFFERENTIAL = 0.01
# Half of what these records hold was asked in three to seven questions; published systems use 20.
_INQUIRY_LIMITS = Limits(questions=20, sure=0.99)


@dataclass(frozen=True, slots=True)
class Held:
    """One interview. `rank` of the true condition, 1 for first; shares of 0 to 1, None if unknown."""

    rank: int
    questions: int
    seconds: float
    precision: float | None = None
    recall: float | None = None


def hold_ddxplus(model: TableModel, patients: Iterable[ddxplus.Patient]) -> Iterator[Held]:
    """Interview each patient. Precision and recall are those of the patient's own differential."""
    for patient in patients:
        record = patient.record
        told = ddxplus.told_by(patient, model.shape.questions)
        began = time.perf_counter()
        ended = interview(
            model, record.age_years, record.sex, told, partial(ddxplus.answer_of, patient)
        )
        seconds = time.perf_counter() - began
        named = set(np.flatnonzero(ended.probabilities >= _IN_DIFFERENTIAL).tolist())
        right = len(named & patient.differential)
        yield Held(
            _rank(ended, record.condition),
            len(ended.asked),
            seconds,
            right / len(named) if patient.differential and named else None,
            right / len(patient.differential) if patient.differential else None,
        )


def hold_inquiries(model: TableModel, inquiries: Iterable[inquiry.Inquiry]) -> Iterator[Held]:
    """Interview each record. Recall: of what the record found out by asking, how much was asked."""
    rows = {name: row for row, name in enumerate(model.shape.findings)}
    columns = {name: column for column, name in enumerate(model.shape.conditions)}
    for record in inquiries:
        told = {rows[name]: presence for name, presence in record.first.items() if name in rows}
        began = time.perf_counter()
        ended = interview(
            model,
            None,
            None,
            told,
            partial(inquiry.answer_of, record),
            _INQUIRY_LIMITS,
        )
        seconds = time.perf_counter() - began
        found = len(record.asked.keys() & set(ended.asked))
        column = columns.get(record.condition)
        yield Held(
            _rank(ended, column) if column is not None else len(columns) + 1,
            len(ended.asked),
            seconds,
            recall=found / len(record.asked) if record.asked else None,
        )


def _rank(ended: Interviewed, condition: int) -> int:
    return int((ended.probabilities > ended.probabilities[condition]).sum()) + 1


@dataclass(frozen=True, slots=True)
class Summary:
    """What an evaluation reports of its interviews."""

    first: Share
    first_three: Share
    first_five: Share
    mean_questions: float
    most_questions: int
    milliseconds: float
    precision: float | None
    recall: float | None


def summarise(held: Sequence[Held]) -> Summary:
    """Figures over all interviews; means of precision and recall over those that have them."""

    def share(limit: int) -> Share:
        return Share(sum(one.rank <= limit for one in held), len(held))

    return Summary(
        share(1),
        share(3),
        share(5),
        float(np.mean([one.questions for one in held])),
        max(one.questions for one in held),
        float(np.mean([one.seconds for one in held])) * 1000,
        _mean([one.precision for one in held if one.precision is not None]),
        _mean([one.recall for one in held if one.recall is not None]),
    )


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def cross_validate(
    cases: Sequence[object],
    fit: Callable[[list[object]], TableModel],
    hold: Callable[[TableModel, list[object]], Iterable[Held]],
    folds: int = 5,
) -> list[Held]:
    """Hold every case by a model that was fitted without it; cases are dealt to folds in turn."""
    held: list[Held] = []
    for fold in range(folds):
        learnt = [case for at, case in enumerate(cases) if at % folds != fold]
        unseen = [case for at, case in enumerate(cases) if at % folds == fold]
        held.extend(hold(fit(learnt), unseen))
    return held
