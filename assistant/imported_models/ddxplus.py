"""DDXPlus (Fansi Tchango et al., NeurIPS 2022, CC-BY): its two release files and its patients."""

import ast
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.imported_models.table_model import Record, Shape, TableModel, TableQuestion, fit
from knowledge_graph.domain.case import Presence, Sex
from knowledge_graph.domain.errors import InvalidInput

SOURCE = "DDXPlus release (CC-BY), rates estimated from the patients given"
_VALUE_MARK = "_@_"
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}
# The release's own column names, and those of a copy that renamed them.
_COLUMNS = {
    "age": ("AGE", "age"),
    "sex": ("SEX", "sex"),
    "condition": ("PATHOLOGY", "diagnosis"),
    "evidences": ("EVIDENCES", "features"),
    "first": ("INITIAL_EVIDENCE", "feature_id"),
    "differential": ("DIFFERENTIAL_DIAGNOSIS", "top5_diagnoses"),
}


@dataclass(frozen=True, slots=True)
class Patient:
    """One synthetic patient. `first`: the evidence told at the start; `differential`: columns."""

    record: Record
    first: str
    differential: frozenset[int]


@dataclass(frozen=True)
class Release:
    """The two release files as questions, findings and conditions."""

    shape: Shape

    def row(self, code: str) -> int:
        """The finding of an evidence code. Raises InvalidInput for one that is not in the release."""
        evidence, _, value = code.partition(_VALUE_MARK)
        found = self._rows.get(f"{evidence}={_binned(value)}" if value else evidence)
        found = self._rows.get(f"{evidence}={value}") if found is None else found
        if found is None:
            raise InvalidInput(f"The evidence {code!r} is not in the release")
        return found

    @property
    def _rows(self) -> Mapping[str, int]:
        return _index(self.shape.findings)


_indexes: dict[tuple[str, ...], dict[str, int]] = {}


def _index(names: tuple[str, ...]) -> dict[str, int]:
    if names not in _indexes:
        _indexes[names] = {name: at for at, name in enumerate(names)}
    return _indexes[names]


def read_release(conditions_file: Path, evidences_file: Path) -> Release:
    """The release's files. Raises InvalidInput when they are not what they should be."""
    conditions, evidences = _read_json(conditions_file), _read_json(evidences_file)
    findings: list[str] = []
    questions: list[TableQuestion] = []
    try:
        for code, evidence in evidences.items():
            values = _values(evidence)
            first = len(findings)
            findings += [f"{code}={value}" for value in values] or [code]
            questions.append(
                TableQuestion(
                    id=code,
                    text=evidence["question_en"],
                    rows=tuple(range(first, len(findings))),
                    one_of=evidence["data_type"] == "C",
                )
            )
        rows = _index(tuple(findings))
        questions = [_with_condition(q, evidences[q.id]["code_question"], rows) for q in questions]
        listed = np.zeros((len(findings), len(conditions)), dtype=np.bool_)
        for column, entry in enumerate(conditions.values()):
            stated = {*entry["symptoms"], *entry["antecedents"]}
            for question in questions:
                if question.id in stated:
                    listed[list(question.rows), column] = True
    except (KeyError, TypeError) as error:
        raise InvalidInput(f"{evidences_file.name} is not a DDXPlus release: {error}") from error
    return Release(Shape(tuple(findings), tuple(conditions), tuple(questions), listed))


def _with_condition(
    question: TableQuestion, asked_after: str, rows: Mapping[str, int]
) -> TableQuestion:
    after = rows.get(asked_after) if asked_after != question.id else None
    return TableQuestion(question.id, question.text, question.rows, after, question.one_of)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(read, dict):
        raise InvalidInput(f"{path}: holds no JSON object")
    return read


def _values(evidence: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(_binned(str(v)) for v in evidence["possible-values"]))


def _binned(value: str) -> str:
    """A value of a scale from 0 to 10 with its neighbour: two dozen people fill no eleven bins."""
    if not value.isdigit():
        return value
    number = int(value)
    return "0" if number == 0 else f"{(number - 1) // 2 * 2 + 1}+"


def read_patients(path: Path, release: Release) -> tuple[Patient, ...]:
    """The patients of a CSV file. Raises InvalidInput naming the line that cannot be read."""
    patients = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            try:
                patients.append(_patient(row, release))
            except (KeyError, ValueError, SyntaxError, TypeError, InvalidInput) as error:
                raise InvalidInput(f"{path.name}, line {number}: {error}") from error
    return tuple(patients)


def _patient(row: Mapping[str, str], release: Release) -> Patient:
    given = {key: next(row[c] for c in names if c in row) for key, names in _COLUMNS.items()}
    columns = _index(release.shape.conditions)
    present = frozenset(release.row(code) for code in ast.literal_eval(given["evidences"]))
    every = range(len(release.shape.findings))
    after = release.shape.after
    absent = (row for row in every if row not in present and after.get(row, row) in {row, *present})
    differential = ast.literal_eval(given["differential"]) if given["differential"] else ()
    return Patient(
        Record(
            present=present,
            absent=frozenset(absent),
            condition=columns[given["condition"]],
            age_years=float(given["age"]),
            sex=_SEXES[given["sex"]],
        ),
        first=given["first"].partition(_VALUE_MARK)[0],
        differential=frozenset(columns[name] for name, _ in differential if name in columns),
    )


def fit_patients(name: str, release: Release, patients: Sequence[Patient]) -> TableModel:
    """A model of the release with rates from these patients."""
    return fit(name, SOURCE, release.shape, [patient.record for patient in patients])


def answer_of(patient: Patient, question: TableQuestion) -> dict[int, Presence]:
    """What a patient answers to a question."""
    return {row: patient.record.presence(row) for row in question.rows}


def told_by(patient: Patient, questions: Iterable[TableQuestion]) -> dict[int, Presence]:
    """What a patient says at the start: the whole answer about their first evidence."""
    first = next((q for q in questions if q.id == patient.first), None)
    return answer_of(patient, first) if first else {}
