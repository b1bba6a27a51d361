"""Chinese symptom-inquiry sets (Dxy, MZ-4, MZ-10, in the shape of DxFormer's files).

A record holds what parents said at first (`exp_sxs`) and what came out when asked (`imp_sxs`):
1 present, 0 absent, 2 not sure. What was never talked about is not in it, and that tells too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.imported_models.table_model import Record, Shape, TableModel, TableQuestion, fit
from knowledge_graph.domain.case import Presence
from knowledge_graph.domain.errors import InvalidInput

SOURCE = "Chinese symptom-inquiry records, rates estimated from the records given"
_PRESENCE = {"1": Presence.PRESENT, "0": Presence.ABSENT, "2": Presence.UNKNOWN}
# Records name few of many symptoms: a rate needs more than one person's weight to hold it back.
_PSEUDO_COUNT = 3.0


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One record by names: said at first, found out by asking, and what it was."""

    first: dict[str, Presence]
    asked: dict[str, Presence]
    condition: str


def read_inquiries(path: Path) -> tuple[Inquiry, ...]:
    """The records of a file. Raises InvalidInput naming the record that cannot be read."""
    try:
        rows = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path}: cannot be read as JSON ({error})") from error
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(Inquiry(_said(row["exp_sxs"]), _said(row["imp_sxs"]), row["label"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(f"{path.name}, record {number}: {error!r}") from error
    return tuple(found)


def _said(symptoms: dict[str, Any]) -> dict[str, Presence]:
    return {name: _PRESENCE[str(value)] for name, value in symptoms.items()}


def fit_inquiries(name: str, inquiries: Sequence[Inquiry]) -> TableModel:
    """A model with every symptom the records name as a question of its own."""
    symptoms = sorted({key for i in inquiries for key in (*i.first, *i.asked)})
    conditions = sorted({inquiry.condition for inquiry in inquiries})
    rows = {symptom: row for row, symptom in enumerate(symptoms)}
    questions = tuple(TableQuestion(symptom, symptom, (row,)) for symptom, row in rows.items())
    records = [
        _record({**i.first, **i.asked}, rows, conditions.index(i.condition)) for i in inquiries
    ]
    shape = Shape(tuple(symptoms), tuple(conditions), questions)
    return fit(name, SOURCE, shape, records, _PSEUDO_COUNT)


def _record(said: dict[str, Presence], rows: dict[str, int], condition: int) -> Record:
    return Record(
        present=frozenset(rows[key] for key, p in said.items() if p is Presence.PRESENT),
        absent=frozenset(rows[key] for key, p in said.items() if p is Presence.ABSENT),
        condition=condition,
    )


def answer_of(inquiry: Inquiry, question: TableQuestion) -> dict[int, Presence]:
    """What a record answers to a question: not known where it was never talked about."""
    return {question.rows[0]: inquiry.asked.get(question.id, Presence.UNKNOWN)}
