"""A model as tables: how often each condition gives each answer, estimated from people's records."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assistant.symptom_check.inference import Matrix, Vector
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.domain.errors import InvalidInput, NotFound

AGE_BAND_STARTS = (1.0, 5.0, 15.0, 30.0, 45.0, 60.0, 75.0)
_BANDS = len(AGE_BAND_STARTS) + 1
_SEXES = (Sex.FEMALE, Sex.MALE)
_RAREST, _COMMONEST = 0.002, 0.998
_NEVER = 0.0005
_AGE_SMOOTHING = 0.3


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """One question and the findings (rows) its answer tells about.

    `after`: the finding that must be present for it to make sense. `one_of`: exactly one row is
    true, as in "where is it?" with one choice.
    """

    id: str
    text: str
    rows: tuple[int, ...]
    after: int | None = None
    one_of: bool = False


@dataclass(frozen=True)
class Shape:
    """What a data set asks about. `listed`: findings by conditions, what can occur at all."""

    findings: tuple[str, ...]
    conditions: tuple[str, ...]
    questions: tuple[TableQuestion, ...]
    listed: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    @cached_property
    def after(self) -> Mapping[int, int]:
        """For each row that depends on another, which."""
        return {row: q.after for q in self.questions if q.after is not None for row in q.rows}


@dataclass(frozen=True, slots=True)
class Record:
    """One person: what is known present and absent (rows), and the condition (column)."""

    present: frozenset[int]
    absent: frozenset[int]
    condition: int
    age_years: float | None = None
    sex: Sex | None = None

    def presence(self, row: int) -> Presence:
        """What the record says of one finding."""
        if row in self.present:
            return Presence.PRESENT
        return Presence.ABSENT if row in self.absent else Presence.UNKNOWN


@dataclass(frozen=True, eq=False)
class TableModel:
    """P(yes | condition) and P(no | condition) by findings and conditions, and priors as logs.

    What is left of 1 is the chance that a record says nothing: where records hold only what was
    talked about, that too tells something.
    """

    name: str
    source: str
    shape: Shape
    yes: Matrix
    no: Matrix
    log_prior: Vector
    log_age: Matrix
    log_sex: Matrix

    def prior(self, age_years: float | None, sex: Sex | None) -> Vector:
        """Natural-log weights of the conditions for a person."""
        score = self.log_prior.copy()
        if age_years is not None:
            score = score + self.log_age[_band(age_years)]
        if sex is not None:
            score = score + self.log_sex[_SEXES.index(sex)]
        return score

    @cached_property
    def unsaid(self) -> Matrix:
        """P(nothing said | condition)."""
        return np.clip(1 - self.yes - self.no, 1e-3, 1.0)


def fit(
    name: str, source: str, shape: Shape, records: Sequence[Record], pseudo_count: float = 1.0
) -> TableModel:
    """Estimate the tables. Each rate is drawn towards the finding's rate over all conditions.

    `pseudo_count`: with the weight of how many people. Raises InvalidInput without records.
    """
    if not records:
        raise InvalidInput("There are no records to estimate a model from")
    rows, columns = len(shape.findings), len(shape.conditions)
    people = np.zeros(columns)
    yes, no, asked = (np.zeros((rows, columns)) for _ in range(3))
    ages = np.full((_BANDS, columns), _AGE_SMOOTHING)
    sexes = np.ones((len(_SEXES), columns))
    for record in records:
        column = record.condition
        people[column] += 1
        if record.age_years is not None:
            ages[_band(record.age_years), column] += 1
        if record.sex is not None:
            sexes[_SEXES.index(record.sex), column] += 1
        yes[list(record.present), column] += 1
        no[list(record.absent), column] += 1
        asked[:, column] += 1
        skipped = [row for row, after in shape.after.items() if after not in record.present]
        asked[skipped, column] -= 1
    listed = shape.listed if shape.listed is not None else np.ones((rows, columns), dtype=np.bool_)
    return TableModel(
        name=name,
        source=source,
        shape=shape,
        yes=_rates(yes, asked, listed, pseudo_count),
        no=_rates(no, asked, np.ones_like(listed), pseudo_count),
        log_prior=np.log((people + 1) / (people.sum() + columns)),
        log_age=np.log(ages / ages.sum(axis=0)),
        log_sex=np.log(sexes / sexes.sum(axis=0)),
    )


def _rates(
    counts: Matrix, asked: Matrix, listed: np.ndarray[Any, np.dtype[np.bool_]], weight: float
) -> Matrix:
    """Rates with shrinkage; what is not listed for a condition almost never occurs in it."""
    pooled = (counts * listed).sum(axis=1) / np.maximum((asked * listed).sum(axis=1), 1)
    rates = (counts + weight * pooled[:, None]) / (asked + weight)
    return np.asarray(np.where(listed, np.clip(rates, _RAREST, _COMMONEST), _NEVER))


def _band(age_years: float) -> int:
    return int(np.searchsorted(AGE_BAND_STARTS, age_years, side="right"))


def save(model: TableModel, folder: Path) -> Path:
    """Write the model as `folder/NAME.json`, whole or not at all."""
    shape = model.shape
    written = {
        "name": model.name,
        "source": model.source,
        "findings": shape.findings,
        "conditions": shape.conditions,
        "questions": [[q.id, q.text, q.rows, q.after, q.one_of] for q in shape.questions],
        "tables": {key: np.round(getattr(model, key), 6).tolist() for key in _TABLES},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model.name}.json"
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(written, ensure_ascii=False), "utf-8")
    draft.replace(path)
    return path


_TABLES = ("yes", "no", "log_prior", "log_age", "log_sex")


def load(name: str, folder: Path) -> TableModel:
    """A saved model. Raises NotFound naming the models there are."""
    path = folder / f"{name}.json"
    if not path.is_file():
        there = ", ".join(known(folder)) or "none; import one first: medbrain import --help"
        raise NotFound(f"There is no imported model {name!r}. There are: {there}")
    read = json.loads(path.read_text("utf-8"))
    questions = tuple(
        TableQuestion(id_, text, tuple(rows), after, one_of)
        for id_, text, rows, after, one_of in read["questions"]
    )
    shape = Shape(tuple(read["findings"]), tuple(read["conditions"]), questions)
    tables = {key: np.array(read["tables"][key]) for key in _TABLES}
    return TableModel(read["name"], read["source"], shape, **tables)


def known(folder: Path) -> Iterable[str]:
    """The names of the saved models."""
    return sorted(path.stem for path in folder.glob("*.json"))
