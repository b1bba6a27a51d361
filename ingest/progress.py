"""What an ingest tells while it runs and when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ingest.source import Fault


class Stage(StrEnum):
    """What an ingest is doing, in this order."""

    READING = "reading"
    WRITING = "writing"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: `done` of `total` documents; None while the total is not known."""

    source: str
    stage: Stage
    done: int
    total: int | None
    failed: int = 0


ProgressWatcher = Callable[[Progress], None]
"""Called often, from the ingesting thread. What it raises ends the ingest, unpublished."""


def unwatched(progress: Progress) -> None:
    """Watches nothing."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest came to, in documents.

    read = added + changed + unchanged + failed. `removed`: documents that the source no longer has.
    `version`: the knowledge version that is current afterwards, None when there is none.
    """

    source: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Fault, ...] = ()
    passages: int = 0
    version: str | None = None
    is_published: bool = False

    def as_json(self) -> dict[str, Any]:
        """The summary as a job keeps it."""
        return {
            "source": self.source,
            "read": self.read,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "failed": [{"where": fault.where, "why": fault.why} for fault in self.failed],
            "passages": self.passages,
            "version": self.version,
            "is_published": self.is_published,
        }
