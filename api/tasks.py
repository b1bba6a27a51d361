"""The queue (Celery) and what a worker does with a job.

A task carries a job's id and nothing else; the job itself lies in the records database. So a
message may be lost or delivered twice: lost ones are sent again when a worker starts and every
minute after, and a job that is done is not done again.
"""

import logging
import shutil
import threading
from functools import cache
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_ready
from kombu.exceptions import OperationalError

from api.ingest_run import run_ingest
from api.logs import configure_logging, request_id
from api.queue_address import READY_FILE, celery_settings, check_queue, queue_down
from api.settings import Settings
from api.wiring import Services
from knowledge_graph.domain.errors import DependencyDown, MedbrainError, StorageFull, WriterBusy
from knowledge_graph.domain.job import Job, JobState
from knowledge_graph.embedding_model import build_model

logger = logging.getLogger(__name__)

TASK = "medbrain.run_job"
_WAIT_SECONDS = 2.0
_TRY_AGAIN_SECONDS = 20
_SWEEP_SECONDS = 60.0


class TryAgain(Exception):
    """The job cannot run now and is still queued; `why` is kept with the job."""


@cache
def queue_of(settings: Settings) -> Celery:
    """The Celery application for these settings."""
    queue = Celery("medbrain", set_as_current=False)
    queue.conf.update(celery_settings(settings))
    return queue


def enqueue(settings: Settings, job_id: str) -> None:
    """Tell the workers of a job. Raises DependencyDown when the queue takes nothing."""
    # Asked first, because the client library tries for seconds before it gives up.
    check_queue(settings, _WAIT_SECONDS)
    try:
        queue_of(settings).send_task(TASK, args=[job_id], retry=False)
    except (OperationalError, OSError) as error:
        raise queue_down() from error


def run_job(job_id: str, services: Services) -> None:
    """Do one job and keep how it went. Raises TryAgain when it should be tried later."""
    records = services.records()
    job = records.job(job_id)
    if job is None or job.state.is_final:
        return
    records.update_job(job_id, state=JobState.RUNNING, message="")
    try:
        summary = run_ingest(job, services)
    except (WriterBusy, DependencyDown, StorageFull) as error:
        records.update_job(job_id, state=JobState.QUEUED, message=f"{error} It is tried again.")
        raise TryAgain(error.code) from error
    except MedbrainError as error:
        records.update_job(job_id, state=JobState.FAILED, message=str(error))
        logger.warning("job failed", extra={"job": job_id, "code": error.code})
        return
    # The task boundary: whatever broke is kept with the job, without its message, which may hold
    # what a document says.
    except Exception as error:
        message = f"{type(error).__name__} while ingesting; the log names the place."
        records.update_job(job_id, state=JobState.FAILED, message=message)
        logger.exception("job broke", extra={"job": job_id})
        return
    records.update_job(job_id, state=JobState.DONE, message="", summary=summary)
    _empty_spool(job, services.settings)
    logger.info("job done", extra={"job": job_id})


def _empty_spool(job: Job, settings: Settings) -> None:
    name = job.payload.get("spool")
    if name:
        shutil.rmtree(settings.spool_folder / Path(str(name)).name, ignore_errors=True)


def requeue_unfinished(services: Services, told: set[str]) -> int:
    """Tell the queue of every unfinished job not yet in `told`; how many were told."""
    waiting = [job for job in services.records().unfinished_jobs() if job.id not in told]
    for job in waiting:
        enqueue(services.settings, job.id)
        told.add(job.id)
    return len(waiting)


def make_worker(services: Services) -> Celery:
    """The application with its one task, ready to be started as a worker."""
    queue = queue_of(services.settings)

    @queue.task(name=TASK, bind=True, max_retries=None)  # type: ignore[untyped-decorator]
    def run(task: Any, job_id: str) -> None:
        token = request_id.set(job_id)
        try:
            run_job(job_id, services)
        except TryAgain as error:
            raise task.retry(countdown=_TRY_AGAIN_SECONDS, exc=error) from None
        finally:
            request_id.reset(token)

    return queue


def start_worker(settings: Settings) -> None:
    """Work until told to stop. One job at a time: the knowledge has one writer."""
    build_model(settings.model_folder)
    services = Services(settings)
    queue = make_worker(services)

    def log_our_way(**_: object) -> None:
        configure_logging(settings.log_level)

    def when_ready(**_: object) -> None:
        settings.queue_folder.mkdir(parents=True, exist_ok=True)
        (settings.queue_folder / READY_FILE).touch()
        threading.Thread(target=_sweep, args=(services,), daemon=True).start()

    setup_logging.connect(log_our_way, weak=False)
    worker_ready.connect(when_ready, weak=False)
    # Threads, because a process of Celery's own pool may not start the processes that ingest uses.
    queue.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=threads",
            "--concurrency=1",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _sweep(services: Services) -> None:
    told: set[str] = set()
    pause = threading.Event()
    while True:
        try:
            requeue_unfinished(services, told)
        except MedbrainError as error:
            logger.warning("lost jobs not looked for", extra={"code": error.code})
        pause.wait(_SWEEP_SECONDS)
