"""Does one ingest job with the parts that the settings name."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.wiring import Services
from ingest.discovery import source_named
from ingest.engines.local import LocalEngine
from ingest.pipeline import ingest
from ingest.progress import Progress, ProgressWatcher, Stage
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.domain.job import Job

_TOLD_EVERY_SECONDS = 0.5
_LONGEST_FAULT_LIST = 200


def run_ingest(job: Job, services: Services) -> dict[str, Any]:
    """Ingest what a job names, telling the job how far it is; gives the summary.

    Raises what `ingest` raises, and InvalidInput when the documents are gone.
    """
    settings = services.settings
    source = source_named(str(job.payload.get("source")))

    def tell(done: int, total: int) -> None:
        services.records().update_job(job.id, done=done, total=total)

    summary = ingest(
        source,
        documents_of(job, settings),
        services.library,
        services.embedder,
        services.records(),
        LocalEngine(),
        now_and_then(tell),
        cache_folder=settings.ingest_folder,
        pseudonym_key=services.secrets.pseudonym_key,
        core=services.core,
    ).as_json()
    summary["failed"] = summary["failed"][:_LONGEST_FAULT_LIST]
    return summary


def documents_of(job: Job, settings: Settings) -> Path | None:
    """Where a job's documents are; None for a source that brings its own."""
    if (name := job.payload.get("spool")) is not None:
        path = settings.spool_folder / Path(str(name)).name
    elif (given := job.payload.get("inbox")) is not None:
        path = inbox_path(settings.inbox_folder, str(given))
    else:
        return None
    if not path.exists():
        raise InvalidInput("The job's documents are gone; send them again.")
    return path


def inbox_path(inbox: Path, given: str) -> Path:
    """The file or folder inside the inbox. Raises InvalidInput for any other."""
    root = inbox.resolve()
    try:
        path = (root / given).resolve()
        exists = path.is_relative_to(root) and path.exists()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise InvalidInput(
            "There is no such file in the inbox. Put it into the folder that MEDBRAIN_INBOX names"
            " (inbox in MEDBRAIN_VAR by default) and give its path from there."
        )
    return path


def now_and_then(tell: Callable[[int, int], None]) -> ProgressWatcher:
    """A watcher that tells of the writing stage twice a second, and of its end."""
    told_at = float("-inf")

    def watch(progress: Progress) -> None:
        nonlocal told_at
        total = progress.total or 0
        is_end = progress.total is not None and progress.done >= total
        if progress.stage is not Stage.WRITING:
            return
        if is_end or time.monotonic() - told_at >= _TOLD_EVERY_SECONDS:
            told_at = time.monotonic()
            tell(progress.done, total)

    return watch
