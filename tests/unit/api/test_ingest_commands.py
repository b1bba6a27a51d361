"""`medbrain ingest`: a command for each source, bars while it runs, a summary at the end."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from api import ingest_commands
from ingest.discovery import discover_sources
from ingest.progress import Progress, Stage, Summary
from ingest.source import Fault, Source
from ingest.sources.text import SOURCE
from tests.support.ingesting import Workplace, write_texts


def console() -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=False)


def written(where: Console) -> str:
    assert isinstance(where.file, io.StringIO)
    return where.file.getvalue()


def test_every_source_is_a_command() -> None:
    result = CliRunner().invoke(ingest_commands.ingest_app, ["--help"])
    assert result.exit_code == 0
    for name in discover_sources():
        assert name in result.output


def test_the_summary_says_what_went_in_what_failed_and_why() -> None:
    faults = tuple(Fault(f"[file {n}].md, line 1", "it has no title") for n in range(25))
    summary = Summary("text", 30, 5, 0, 0, 0, faults, 7, "abc", is_published=True)
    where = console()
    ingest_commands.print_summary(summary, 2.0, where)
    text = written(where)
    for expected in ("30", "5", "25", "abc", "[file 3].md, line 1: it has no title", "5 more"):
        assert expected in text
    assert "Nothing has changed" not in text


def test_the_summary_says_that_nothing_changed() -> None:
    where = console()
    ingest_commands.print_summary(Summary("text", 3, unchanged=3, version="abc"), 0.0, where)
    assert "Nothing has changed" in written(where)


def test_bars_move_through_the_stages() -> None:
    where = console()
    with ingest_commands.Watched(where) as watched:
        watched(Progress("text", Stage.READING, 64, None))
        watched(Progress("text", Stage.READING, 70, 70, 1))
        watched(Progress("text", Stage.WRITING, 70, 70, 1))
    text = written(where)
    assert "Reading text (1 failed)" in text and "Writing text" in text and "70/70" in text


@pytest.mark.parametrize(("bodies", "code"), [({"a.md": "A cough."}, 0), ({}, 1)])
def test_the_command_ends_badly_only_when_nothing_could_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bodies: dict[str, str], code: int
) -> None:
    place = Workplace(tmp_path / "var")
    folder = write_texts(tmp_path / "in", bodies)
    (folder / "bad.md").write_text("no header")

    def run(source: Source, path: Path | None, _: Console) -> Summary:
        return place.ingest(source, path)

    monkeypatch.setattr(ingest_commands, "run_source", run)
    result = CliRunner().invoke(ingest_commands.ingest_app, [SOURCE.name, str(folder)])
    assert result.exit_code == code
    assert "bad.md, line 1" in result.output
