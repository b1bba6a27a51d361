"""The administrator's routes to the queue: hand documents in, follow the job."""

import os
import re
import shutil
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, field_validator, model_validator

from api import tasks
from api.auth import Administrator
from api.ingest_run import inbox_path
from api.schemas import RequestModel
from api.settings import Settings
from api.wiring import SharedServices
from ingest.discovery import source_named
from knowledge_graph.domain.errors import DependencyDown, InvalidInput, NotFound
from knowledge_graph.domain.job import Job
from knowledge_graph.storage import full_disk_named

router = APIRouter(prefix="/v1", tags=["ingest"])

_FILE_NAME = re.compile(r"\w[\w .()-]{0,150}")


class SentDocument(RequestModel):
    """One document as the source's files are: `name` is its file name."""

    name: str
    content: Annotated[str, Field(min_length=1)]

    @field_validator("name")
    @classmethod
    def _is_file_name(cls, value: str) -> str:
        if not _FILE_NAME.fullmatch(value):
            raise ValueError("not a plain file name; write one like notes.txt, without a folder")
        return value


class IngestRequest(RequestModel):
    """Documents, or the path of a file or folder inside the inbox; some sources need neither."""

    source: Annotated[str, Field(min_length=1, max_length=50)]
    documents: Annotated[tuple[SentDocument, ...], Field(max_length=10_000)] = ()
    path: Annotated[str, Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _comes_one_way(self) -> Self:
        if self.documents and self.path is not None:
            raise ValueError("send documents or a path, not both")
        names = [document.name.lower() for document in self.documents]
        if len(set(names)) != len(names):
            raise ValueError("two documents have the same name")
        return self


class FailedDocument(BaseModel):
    """A document that did not go in: where it is and why."""

    where: str
    why: str


class JobSummary(BaseModel):
    """What an ingest came to, in documents. `version`: the knowledge version that has them.

    read = added + changed + unchanged + failed.
    """

    source: str
    read: int
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: tuple[FailedDocument, ...]
    passages: int
    version: str | None
    is_published: bool


class JobOut(BaseModel):
    """A job. `done` of `total` documents; `total` is 0 while it is not known."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int
    message: str
    summary: JobSummary | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """From the domain."""
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state.value,
            done=job.done,
            total=job.total,
            message=job.message,
            summary=JobSummary.model_validate(dict(job.summary)) if job.summary else None,
        )


class JobAnswer(BaseModel):
    """The job that was made."""

    job: JobOut


@router.post("/ingest", status_code=202)
def start_ingest(
    body: IngestRequest,
    administrator: Administrator,
    services: SharedServices,
    request: Request,
    response: Response,
) -> JobAnswer:
    """Put documents on the queue; the answer names the job to follow.

    The job is kept in the records database first, so that it is done even when the queue is down
    now: the worker looks for such jobs.
    """
    _check_source(body)
    payload = _payload(body, services.settings)
    records = services.records()
    job = records.create_job(
        kind="ingest",
        created_by=administrator.id,
        payload=payload,
        total=len(body.documents),
    )
    services.audit(administrator, "ingest", job.id)
    try:
        tasks.enqueue(services.settings, job.id)
    except DependencyDown:
        job = records.update_job(
            job.id,
            message="The queue does not answer. The job is kept and starts when the queue is back.",
        )
    response.headers["Location"] = str(request.url_for("read_job", job_id=job.id).path)
    return JobAnswer(job=JobOut.of(job))


@router.get("/jobs/{job_id}")
def read_job(job_id: str, administrator: Administrator, services: SharedServices) -> JobOut:
    """How far a job is."""
    job = services.records().job(job_id)
    if job is None:
        raise NotFound("There is no such job; POST /v1/ingest answers with the job's id.")
    return JobOut.of(job)


def _check_source(body: IngestRequest) -> None:
    source = source_named(body.source)
    has_input = bool(body.documents or body.path)
    if source.needs_path and not has_input:
        raise InvalidInput(f"The source {source.name} needs documents or a path in the inbox.")
    if has_input and not source.needs_path:
        raise InvalidInput(f"The source {source.name} brings its own documents; send none.")


def _payload(body: IngestRequest, settings: Settings) -> dict[str, Any]:
    """What the worker needs to find the documents. Writes them to the spool."""
    payload: dict[str, Any] = {"source": body.source}
    if body.documents:
        payload["spool"] = _spool(body.documents, settings.spool_folder)
    elif body.path is not None:
        payload["inbox"] = (
            inbox_path(settings.inbox_folder, body.path)
            .relative_to(settings.inbox_folder.resolve())
            .as_posix()
        )
    return payload


def _spool(documents: tuple[SentDocument, ...], spool: Path) -> str:
    """Write documents to a folder of their own, whole or not at all; gives the folder's name."""
    name = uuid4().hex
    draft = spool / f".{name}"
    with full_disk_named():
        try:
            draft.mkdir(parents=True, mode=0o700)
            for document in documents:
                _write(draft / document.name, document.content)
            draft.rename(spool / name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return name


def _write(path: Path, content: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
