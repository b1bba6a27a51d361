"""`python -m tests.bench.symptom_check`: the symptom check on public cases, beside published figures."""

import os
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from assistant.evaluation.interviews import (
    Summary,
    cross_validate,
    hold_ddxplus,
    hold_inquiries,
    summarise,
)
from assistant.evaluation.labelled_sentences import read_sentences
from assistant.evaluation.matching import is_same_condition
from assistant.evaluation.shares import Share
from assistant.evaluation.simulated import draw_patients, hold
from assistant.evaluation.understanding import by_language, judge, parents_of, rows
from assistant.evaluation.vignettes import answer_vignettes, read_vignettes, shares
from assistant.imported_models import ddxplus, inquiry
from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel, build_model
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.assessment import Assessment
from knowledge_graph.domain.case import Case
from knowledge_graph.knowledge import build_finder
from tests.bench import clinical_cases
from tests.bench.clinical_cases import TextCase
from tests.bench.figures import percentile, table
from tests.support.service import ROOT

DATA = ROOT / Path(os.environ.get("MEDBRAIN_DATA", "../shared/data"))
Parts = tuple[ConceptFinder, ClinicalModel]


@cache
def parts() -> Parts:
    """The finder and the model of the shipped core."""
    core = shipped_core()
    return build_finder(core), build_model(core)


def assess(case: TextCase) -> Assessment:
    """One case from its text."""
    finder, model = parts()
    read = understand(case.text, case.case.language, finder, model.core)
    return check(read.added_to(case.case), model)


def measure() -> dict[str, str]:
    """Every table of the symptom check, by its marker in docs/benchmarks.md."""
    return {
        "understanding": understanding(),
        "vignettes": vignettes(),
        "other_cases": other_cases(),
        "interviews": interviews(),
        "simulated": simulated(),
        "calibration": calibration(),
        "reasoning_time": reasoning_time(),
    }


def understanding() -> str:
    """Findings, polarity and numbers read from the sentences labelled by hand."""
    finder, model = parts()
    folder = ROOT / "tests" / "clinical" / "understanding"
    judged = list(judge(read_sentences(folder, model.core.findings), finder, model.core))
    scores = by_language(judged, parents_of(model.core))
    return table(["measure", *scores], rows(scores.values()))


def vignettes() -> str:
    """Avey's visible vignettes: all, the half that was looked at, and the half that was not."""
    cases = read_vignettes(DATA / "avey400" / "avey_vignettes.jsonl")
    finder, model = parts()
    answers = list(answer_vignettes(cases, model, finder))
    halves = {
        "all": answers,
        "odd lines (looked at while building)": [a for a in answers if a.vignette.number % 2],
        "even lines (not looked at)": [a for a in answers if not a.vignette.number % 2],
    }
    rows: list[list[object]] = [
        [f"Medical Brain, {name}", len(found), *(str(share) for share in shares(found).values())]
        for name, found in halves.items()
    ]
    rows += [
        ["Avey (published, 400)", 400, "67.5 %", "87.3 %", "90.0 %"],
        ["MedAsk (published, 400)", 400, "68.0 %", "85.1 %", "90.6 %"],
        ["three physicians (published, 400)", 400, "61.2 %", "72.5 %", "72.9 %"],
    ]
    return table(["who", "cases", "first", "first three", "first five"], rows)


def other_cases() -> str:
    """OSCE cases, red flags, Chinese cases, Chinese departments."""
    rows: list[list[object]] = []
    for name, cases in (
        ("agentclinic, 107 OSCE cases", clinical_cases.agentclinic(DATA / "agentclinic")),
        ("cmb_clin, Chinese cases", clinical_cases.cmb_clin(DATA / "cmb_clin")),
    ):
        for limit, share in _ranks(list(cases)).items():
            rows.append([name, f"diagnosis among the first {limit}", str(share)])
    tiers = [
        (case.wanted, assess(case).urgency)
        for case in clinical_cases.redflag(DATA / "redflag_vignettes")
    ]
    critical = [urgency.is_emergency for tier, urgency in tiers if tier == "critical"]
    routine = [urgency.is_emergency for tier, urgency in tiers if tier == "routine"]
    rows.append(
        [
            "redflag_vignettes, critical",
            "at emergency or above",
            str(Share(sum(critical), len(critical))),
        ]
    )
    rows.append(
        ["redflag_vignettes, routine", "false alarms", str(Share(sum(routine), len(routine)))]
    )
    asked = list(clinical_cases.sade(DATA / "sade_triage_zh"))
    right = [assess(case).department in case.wanted.split() for case in asked]
    rows.append(["sade_triage_zh", "department right", str(Share(sum(right), len(right)))])
    return table(["cases", "measure", "share (95 % interval)"], rows)


def _ranks(cases: Sequence[TextCase]) -> dict[int, Share]:
    places = []
    for case in cases:
        candidates = assess(case).candidates
        names = [(c.name, *c.synonyms) for c in candidates]
        found = (at for at, own in enumerate(names, 1) if is_same_condition(case.wanted, own))
        places.append(next(found, 99))
    return {limit: Share(sum(p <= limit for p in places), len(places)) for limit in (1, 3, 5)}


def interviews() -> str:
    """DDXPlus and the Chinese inquiry sets, five folds over the visible people."""
    folder = DATA / "ddxplus"
    release = ddxplus.read_release(
        folder / "release_conditions.json", folder / "release_evidences.json"
    )
    patients = ddxplus.read_patients(next(folder.glob("*.csv")), release)
    held = cross_validate(
        patients, lambda known: ddxplus.fit_patients("x", release, known), hold_ddxplus
    )
    rows = [
        _interview_row(
            "DDXPlus", summarise(held), "AARLC 99.2 % at 6.7 questions; BASD 97.2 % at 18"
        )
    ]
    published = {"dxy": "DxFormer 81.7 %", "mz4": "DxFormer 74.3 %", "mz10": "DxFormer 63.3 %"}
    for name, other in published.items():
        records = inquiry.read_inquiries(DATA / "zh_symptom_inquiry" / name / "train_set.json")
        found = cross_validate(
            records, lambda known: inquiry.fit_inquiries("x", known), hold_inquiries
        )
        rows.append(_interview_row(name, summarise(found), other))
    columns = [
        "set",
        "people",
        "first",
        "questions, mean / most",
        "ms a case",
        "recall",
        "published",
    ]
    return table(columns, rows)


def _interview_row(name: str, summary: Summary, published: str) -> list[object]:
    questions = f"{summary.mean_questions:.1f} / {summary.most_questions}"
    recall = f"{100 * summary.recall:.0f} %" if summary.recall is not None else ""
    return [
        name,
        summary.first.total,
        str(summary.first),
        questions,
        f"{summary.milliseconds:.1f}",
        recall,
        published,
    ]


def simulated() -> str:
    """Interviews with patients drawn from the core's own frequencies."""
    _, model = parts()
    held = [hold(patient, model) for patient in draw_patients(model, 400)]
    questions = [one.questions for one in held]
    low = Share(sum(one.levels_too_low > 1 for one in held), len(held))
    return table(
        [
            "patients",
            "questions, median / most",
            "first",
            "first three",
            "more than one level too low",
        ],
        [
            [
                len(held),
                f"{np.median(questions):.0f} / {max(questions)}",
                str(Share(sum(one.rank == 1 for one in held), len(held))),
                str(Share(sum(one.rank <= 3 for one in held), len(held))),
                str(low),
            ]
        ],
    )


def calibration() -> str:
    """How often the first candidate is right, by the probability given to it."""
    cases = read_vignettes(DATA / "avey400" / "avey_vignettes.jsonl")
    finder, model = parts()
    given, right = [], []
    for case in cases:
        read = understand(case.text, "en", finder, model.core)
        first = check(read.added_to(Case()), model).candidates[0]
        given.append(first.probability)
        right.append(is_same_condition(case.diagnosis, (first.name, *first.synonyms)))
    brier = float(np.mean((np.array(given) - np.array(right, dtype=float)) ** 2))
    rows: list[list[object]] = []
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        inside = [at for at, p in enumerate(given) if low <= p < high]
        if inside:
            mean = 100 * float(np.mean([given[at] for at in inside]))
            share = Share(sum(right[at] for at in inside), len(inside))
            rows.append(
                [
                    f"{100 * low:.0f}-{min(100, 100 * high):.0f} %",
                    len(inside),
                    f"{mean:.0f} %",
                    str(share),
                ]
            )
    rows.append(["Brier score of the first candidate", len(given), "", f"{brier:.3f}"])
    return table(["probability given", "cases", "mean", "right"], rows)


def reasoning_time() -> str:
    """Understanding, ranking and the next question together, one case after another."""
    finder, model = parts()
    sets: dict[str, Iterable[tuple[str, str]]] = {
        "Avey vignettes, English": [
            (v.text, "en") for v in read_vignettes(DATA / "avey400" / "avey_vignettes.jsonl")
        ],
        "messages, Chinese": [
            (case.text, "zh") for case in list(clinical_cases.sade(DATA / "sade_triage_zh"))[:200]
        ],
    }
    rows: list[list[object]] = []
    for name, texts in sets.items():
        seconds = []
        for _ in range(2):  # the first round fills the caches of words
            seconds = [_timed(text, language, finder, model) for text, language in texts]
        rows.append(
            [name, len(seconds), *(f"{1000 * percentile(seconds, p):.1f}" for p in (50, 95, 99))]
        )
    return table(["texts", "number", "p50 ms", "p95 ms", "p99 ms"], rows)


def _timed(text: str, language: str, finder: ConceptFinder, model: ClinicalModel) -> float:
    began = time.perf_counter()
    read = understand(text, language, finder, model.core)
    check(read.added_to(Case(language=language)), model)
    return time.perf_counter() - began


if __name__ == "__main__":
    for title, figures in measure().items():
        sys.stdout.write(f"\n{title}\n{figures}\n")
