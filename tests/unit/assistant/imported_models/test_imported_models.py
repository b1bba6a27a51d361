"""Models out of data sets: what is estimated, what is asked, what is refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.interviews import (
    cross_validate,
    hold_ddxplus,
    hold_inquiries,
    summarise,
)
from assistant.imported_models import ddxplus, inquiry
from assistant.imported_models.interview import Limits, interview
from assistant.imported_models.table_model import load, save
from knowledge_graph.domain.case import Presence
from knowledge_graph.domain.errors import InvalidInput, NotFound

EVIDENCES = {
    "E_1": {"question_en": "Cough?", "code_question": "E_1", "data_type": "B"},
    "E_2": {"question_en": "Pain?", "code_question": "E_2", "data_type": "B"},
    "E_3": {
        "question_en": "Where?",
        "code_question": "E_2",
        "data_type": "M",
        "possible-values": ["V_1", "V_2"],
    },
    "E_4": {
        "question_en": "How strong?",
        "code_question": "E_2",
        "data_type": "C",
        "possible-values": list(range(11)),
    },
    "E_5": {"question_en": "Itch?", "code_question": "E_5", "data_type": "B"},
}
CONDITIONS = {
    "Cold": {"symptoms": {"E_1": {}}, "antecedents": {}},
    "Appendicitis": {"symptoms": {"E_2": {}, "E_3": {}, "E_4": {}}, "antecedents": {}},
    "Colic": {"symptoms": {"E_2": {}, "E_3": {}, "E_4": {}}, "antecedents": {"E_5": {}}},
}
PATIENTS = [
    ("Cold", ["E_1"], "E_1"),
    ("Appendicitis", ["E_2", "E_3_@_V_1", "E_4_@_8"], "E_2"),
    ("Colic", ["E_2", "E_3_@_V_2", "E_4_@_3", "E_5"], "E_2"),
] * 8


@pytest.fixture
def release(tmp_path: Path) -> ddxplus.Release:
    for entry in EVIDENCES.values():
        entry.setdefault("possible-values", [])
    (tmp_path / "conditions.json").write_text(json.dumps(CONDITIONS))
    (tmp_path / "evidences.json").write_text(json.dumps(EVIDENCES))
    return ddxplus.read_release(tmp_path / "conditions.json", tmp_path / "evidences.json")


def write_patients(path: Path, rows: list[tuple[str, list[str], str]]) -> Path:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["AGE", "DIFFERENTIAL_DIAGNOSIS", "SEX", "PATHOLOGY", "EVIDENCES", "INITIAL_EVIDENCE"]
        )
        for condition, evidences, first in rows:
            out.writerow([30, str([[condition, 0.9]]), "F", condition, str(evidences), first])
    return path


@pytest.fixture
def patients(release: ddxplus.Release, tmp_path: Path) -> tuple[ddxplus.Patient, ...]:
    return ddxplus.read_patients(write_patients(tmp_path / "p.csv", PATIENTS), release)


def test_scales_are_binned_and_dependent_questions_wait(release: ddxplus.Release) -> None:
    names = release.shape.findings
    assert [n for n in names if n.startswith("E_4")] == [
        "E_4=0", "E_4=1+", "E_4=3+", "E_4=5+", "E_4=7+", "E_4=9+",
    ]  # fmt: skip
    assert names[release.row("E_4_@_8")] == "E_4=7+"
    where = next(q for q in release.shape.questions if q.id == "E_3")
    assert where.after is not None and names[where.after] == "E_2"


def test_rates_stay_between_never_and_always_and_follow_the_records(
    release: ddxplus.Release, patients: tuple[ddxplus.Patient, ...]
) -> None:
    model = ddxplus.fit_patients("small", release, patients)
    cold, appendicitis, colic = range(3)
    assert model.yes[release.row("E_1"), cold] > 0.9
    assert model.yes[release.row("E_1"), appendicitis] < 0.001  # not listed: never
    assert model.yes[release.row("E_3_@_V_1"), appendicitis] > 0.9
    assert model.yes[release.row("E_3_@_V_1"), colic] < 0.1
    assert np.all((model.yes > 0) & (model.yes < 1))


def test_an_interview_asks_what_tells_most_and_stops_when_sure(
    release: ddxplus.Release, patients: tuple[ddxplus.Patient, ...]
) -> None:
    model = ddxplus.fit_patients("small", release, patients)
    held = list(hold_ddxplus(model, patients))
    assert all(one.rank == 1 for one in held)
    assert max(one.questions for one in held) <= 3
    told = {release.row("E_2"): Presence.PRESENT}
    ended = interview(model, 30, None, told, lambda q: {}, Limits(questions=1))
    assert len(ended.asked) == 1 and ended.asked[0] in ("E_3", "E_4", "E_5")


def test_cross_validation_holds_every_case_by_a_model_that_never_saw_it(
    release: ddxplus.Release, patients: tuple[ddxplus.Patient, ...]
) -> None:
    learnt: list[set[int]] = []

    def fit(cases: list[object]) -> object:
        learnt.append({id(case) for case in cases})
        return ddxplus.fit_patients("x", release, cases)  # type: ignore[arg-type]

    def hold(model: object, cases: list[object]) -> object:
        assert learnt[-1].isdisjoint({id(case) for case in cases})
        return hold_ddxplus(model, cases)  # type: ignore[arg-type]

    held = cross_validate(patients, fit, hold, folds=4)  # type: ignore[arg-type]
    assert len(held) == len(patients)
    assert summarise(held).first.percent == 100


def test_a_model_survives_saving_and_an_unknown_one_is_named(
    release: ddxplus.Release, patients: tuple[ddxplus.Patient, ...], tmp_path: Path
) -> None:
    model = ddxplus.fit_patients("small", release, patients)
    save(model, tmp_path / "models")
    again = load("small", tmp_path / "models")
    assert np.allclose(again.yes, model.yes, atol=1e-6)
    assert again.shape.questions == model.shape.questions
    with pytest.raises(NotFound, match="small"):
        load("other", tmp_path / "models")


@pytest.mark.parametrize(
    ("condition", "evidence", "names"), [("Plague", "E_1", "Plague"), ("Cold", "E_99", "E_99")]
)
def test_what_the_release_does_not_know_is_refused_by_line(
    release: ddxplus.Release, tmp_path: Path, condition: str, evidence: str, names: str
) -> None:
    path = write_patients(tmp_path / "bad.csv", [PATIENTS[0], (condition, [evidence], "E_1")])
    with pytest.raises(InvalidInput, match=rf"bad.csv, line 3: .*{names}"):
        ddxplus.read_patients(path, release)


def test_inquiries_count_what_is_never_said(tmp_path: Path) -> None:
    rows = [
        {"exp_sxs": {"咳嗽": "1"}, "imp_sxs": {"发热": "1"}, "label": "肺炎"},
        {"exp_sxs": {"咳嗽": "1"}, "imp_sxs": {"流涕": "1", "发热": "0"}, "label": "感冒"},
    ] * 10
    path = tmp_path / "train.json"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    inquiries = inquiry.read_inquiries(path)
    model = inquiry.fit_inquiries("small", inquiries)
    held = list(hold_inquiries(model, inquiries))
    summary = summarise(held)
    assert summary.first.percent == 100
    assert summary.recall is not None and summary.recall > 0.4
    path.write_text('[{"exp_sxs": {}, "label": "x"}]')
    with pytest.raises(InvalidInput, match="record 1"):
        inquiry.read_inquiries(path)
