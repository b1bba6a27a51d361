"""`medbrain ingest <source> [PATH]`: one command for each document source, with progress bars."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from api.settings import load_settings
from ingest.discovery import discover_sources
from ingest.progress import Progress, Stage, Summary
from ingest.source import Source

_LISTED_FAULTS = 20
_NOTHING_WENT_IN = 1
_DOING = {
    Stage.READING: "Reading",
    Stage.WRITING: "Writing",
    Stage.PUBLISHING: "Publishing",
}

ingest_app = typer.Typer(
    no_args_is_help=True, help="Put documents into the knowledge and publish it."
)


def run_source(source: Source, path: Path | None, console: Console) -> Summary:
    """Ingest one source with the parts that the settings name, showing how far it is."""
    from api.wiring import Services
    from ingest.engines.local import LocalEngine
    from ingest.pipeline import ingest
    from knowledge_graph.embedding_model import build_model

    settings = load_settings()
    services = Services(settings)
    try:
        with console.status("Preparing the embedding model"):
            build_model(settings.model_folder)
        with Watched(console) as watched:
            return ingest(
                source,
                path,
                services.library,
                services.embedder,
                services.records(),
                LocalEngine(),
                watched,
                cache_folder=settings.ingest_folder,
                pseudonym_key=services.secrets.pseudonym_key,
                core=services.core,
            )
    finally:
        services.close()


class Watched:
    """Draws one bar for each stage. Called with each Progress."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._tasks: dict[Stage, TaskID] = {}

    def __enter__(self) -> "Watched":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Move the bar of the stage."""
        words = f"{_DOING[progress.stage]} {progress.source}"
        if progress.failed:
            words = f"{words} ({progress.failed} failed)"
        if progress.stage not in self._tasks:
            self._tasks[progress.stage] = self._bars.add_task(words, total=None)
        self._bars.update(
            self._tasks[progress.stage],
            description=words,
            completed=progress.done,
            total=progress.total,
        )


def print_summary(summary: Summary, seconds: float, console: Console) -> None:
    """What went in, what did not and why."""
    table = Table(title=f"Ingest of {summary.source}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ("read", "added", "changed", "unchanged", "removed"):
        table.add_row(name, f"{getattr(summary, name):,}")
    table.add_row("failed", f"{len(summary.failed):,}")
    table.add_row("passages written", f"{summary.passages:,}")
    table.add_row("seconds", f"{seconds:,.1f}")
    if written := summary.added + summary.changed:
        table.add_row("documents per second", f"{written / max(seconds, 1e-3):,.0f}")
    table.add_row("knowledge version", summary.version or "none")
    console.print(table)
    for fault in summary.failed[:_LISTED_FAULTS]:
        console.print(Text(f"failed: {fault.where}: {fault.why}", style="red"), soft_wrap=True)
    if (more := len(summary.failed) - _LISTED_FAULTS) > 0:
        console.print(f"… and {more:,} more")
    if not summary.is_published:
        console.print("Nothing has changed; the published version stays as it was.")


def _command_for(source: Source) -> Callable[..., None]:
    def carry_out(path: Path | None) -> None:
        console = Console()
        started = time.monotonic()
        summary = run_source(source, path, console)
        print_summary(summary, time.monotonic() - started, console)
        if summary.failed and len(summary.failed) == summary.read:
            raise typer.Exit(_NOTHING_WENT_IN)

    def with_path(
        path: Annotated[Path, typer.Argument(help="the file or folder to read")],
    ) -> None:
        carry_out(path)

    def without_path() -> None:
        carry_out(None)

    return with_path if source.needs_path else without_path


def _add_commands() -> None:
    for name, source in discover_sources().items():
        about = sys.modules[type(source).__module__].__doc__ or name
        ingest_app.command(name, help=about.split("\n\n")[0])(_command_for(source))


_add_commands()
