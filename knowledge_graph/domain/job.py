"""A job: work that outlives the request that asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from knowledge_graph.domain.errors import InvalidInput


class JobState(StrEnum):
    """Where a job stands. DONE and FAILED are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to the job."""
        return self in (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work. `done` of `total` documents; 0 while the total is not known.

    `payload`: what the worker needs to find its input, never the input itself. `summary`: what it
    came to, once done. Both hold what JSON holds. `created` and `updated` carry their zone.
    """

    id: str
    kind: str
    created_by: str
    created: datetime
    updated: datetime
    state: JobState = JobState.QUEUED
    payload: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    message: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.done < 0 or self.total < 0:
            raise InvalidInput(f"Job {self.id} cannot have done {self.done} of {self.total}")
