"""`medbrain assess` and `medbrain evaluate`: cases in, answers or figures out."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from api.settings import load_settings
from assistant.decision_support.batch import assess_lines
from assistant.evaluation.interviews import Summary, hold_ddxplus, hold_inquiries, summarise
from assistant.evaluation.labelled_sentences import Pair, read_sentences
from assistant.evaluation.shares import Share
from assistant.evaluation.understanding import Judged, by_language, judge, parents_of, rows, worst
from assistant.evaluation.vignettes import RANKS, Answer, answer_vignettes, read_vignettes, shares
from assistant.imported_models import ddxplus, inquiry
from assistant.imported_models.table_model import load
from assistant.symptom_check.model import ClinicalModel, build_model
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import shipped_core
from knowledge_graph.domain.case import Presence
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.knowledge import build_finder

evaluate_app = typer.Typer(no_args_is_help=True, help="Measure the symptom check on cases.")
_Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]
_Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
_console = Console()
_progress = Console(stderr=True)
Item = TypeVar("Item")


def assess(
    batch: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="cases, JSON lines")],
    out: Annotated[Path, typer.Option(help="where the answers go, JSON lines")],
) -> None:
    """Assess many cases with the curated core; answers in the order of the cases."""
    model, finder = _core_model()
    lines = batch.read_text("utf-8").splitlines()
    draft = out.with_name(f".{out.name}.part")
    failed = 0
    with draft.open("w", encoding="utf-8") as written:
        for answer in assess_lines(_shown(lines, "Assessing"), model, finder):
            failed += "error" in answer
            written.write(json.dumps(answer, ensure_ascii=False) + "\n")
    draft.replace(out)
    _progress.print(f"{len(lines):,} lines assessed, {failed:,} could not be read; see {out}")
    if failed:
        raise typer.Exit(1)


@evaluate_app.command("vignettes")
def vignettes(
    file: _Existing,
    part: Annotated[
        str, typer.Option(help="all, or every second case: odd, even (by line number)")
    ] = "all",
) -> None:
    """Top 1, 3 and 5 on vignettes with a known diagnosis (the shape of Avey's file)."""
    if part not in ("all", "odd", "even"):
        raise InvalidInput(f"There is no part {part!r}; give all, odd or even")
    model, finder = _core_model()
    cases = [v for v in read_vignettes(file) if part == "all" or _PARITY[v.number % 2] == part]
    answers = list(answer_vignettes(_shown(cases, "Assessing"), model, finder))
    _print_answers(answers)


_PARITY = ("even", "odd")


def _print_answers(answers: Sequence[Answer]) -> None:
    for limit, share in shares(answers).items():
        _console.print(f"the diagnosis among the first {limit}: {share}")
    known = Share(sum(a.system != "not in the knowledge" for a in answers), len(answers))
    _console.print(f"the diagnosis is in the knowledge at all: {known}")
    _console.print(
        "Judged by name: the telling words of the diagnosis are those of one of the candidate's "
        "names, in any order and spelling (assistant/evaluation/matching.py)."
    )
    systems = Table("body system", "cases", *(f"first {limit}" for limit in RANKS))
    for system, number in Counter(a.system for a in answers).most_common():
        of_it = shares([a for a in answers if a.system == system])
        systems.add_row(
            system, str(number), *(f"{share.percent:.0f} %" for share in of_it.values())
        )
    _console.print(systems)
    missed = Table("line", "diagnosis", "place", "came first", title="Not first")
    for answer in answers:
        if answer.rank != 1:
            place = str(answer.rank or "-")
            missed.add_row(
                str(answer.vignette.number),
                answer.vignette.diagnosis,
                place,
                "; ".join(answer.first),
            )
    _console.print(missed)


_Model = Annotated[str, typer.Option(help="an imported model; see medbrain import")]


@evaluate_app.command("ddxplus")
def evaluate_ddxplus(file: _Existing, model: _Model = "ddxplus") -> None:
    """Full interviews with DDXPlus patients (CSV) by an imported model."""
    table = load(model, load_settings().imported_models_folder)
    patients = ddxplus.read_patients(file, ddxplus.Release(table.shape))
    _print_summary(summarise(list(hold_ddxplus(table, _shown(patients, "Interviewing")))))
    _console.print(
        "Precision and recall: conditions of at least 1 % against the file's differential."
    )


@evaluate_app.command("inquiry")
def evaluate_inquiry(file: _Existing, model: _Model) -> None:
    """Interviews with the records of a Chinese inquiry set by an imported model."""
    table = load(model, load_settings().imported_models_folder)
    records = inquiry.read_inquiries(file)
    _print_summary(summarise(list(hold_inquiries(table, _shown(records, "Interviewing")))))
    _console.print("Recall: of the symptoms that the record found out by asking, those asked here.")


@evaluate_app.command("understanding")
def evaluate_understanding(
    folder: _Folder,
    misses: Annotated[
        int, typer.Option(min=0, help="how many of the worst sentences to show")
    ] = 25,
) -> None:
    """Findings, polarity and numbers read from sentences labelled by hand (en.yml, zh.yml)."""
    model, finder = _core_model()
    sentences = read_sentences(folder, model.core.findings)
    judged = list(judge(_shown(sentences, "Reading"), finder, model.core))
    scores = by_language(judged, parents_of(model.core))
    figures = Table("measure", *scores)
    for measure, *values in rows(scores.values()):
        figures.add_row(measure, *values)
    _console.print(figures)
    _console.print("Lenient: a general parent of a labelled finding, or a child of it, is half.")
    _print_misses(worst(judged, misses))


def _print_misses(judged: Sequence[Judged]) -> None:
    missed = Table("sentence", "text", "missed", "read instead", title="The worst")
    for one in judged:
        sentence = one.sentence
        missed.add_row(sentence.id, sentence.text, _signed(one.missed), _signed(one.invented))
    _console.print(missed)


def _signed(pairs: Iterable[Pair]) -> str:
    """ "+fever -cough": fever present, cough absent."""
    return " ".join(
        f"{'-' if presence is Presence.ABSENT else '+'}{name}" for name, presence in sorted(pairs)
    )


def _print_summary(summary: Summary) -> None:
    _console.print(f"the true condition first: {summary.first}")
    _console.print(f"among the first three: {summary.first_three}")
    _console.print(f"among the first five: {summary.first_five}")
    _console.print(
        f"questions: {summary.mean_questions:.1f} on average, {summary.most_questions} at most; "
        f"{summary.milliseconds:.1f} ms a case"
    )
    for name, value in (("precision", summary.precision), ("recall", summary.recall)):
        if value is not None:
            _console.print(f"{name}: {100 * value:.1f} %")


def _core_model() -> tuple[ClinicalModel, ConceptFinder]:
    core = shipped_core()
    return build_model(core), build_finder(core)


def _shown(items: Sequence[Item], what: str) -> Iterable[Item]:
    """The items with a progress bar on standard error."""
    shown: Iterator[Item] = iter(track(items, what, console=_progress))
    return shown
