"""A real worker process: jobs are done, also those whose message was lost, on each transport."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.queue_address import READY_FILE
from api.settings import Settings
from api.tasks import enqueue
from api.wiring import open_records
from knowledge_graph.domain.job import Job, JobState
from knowledge_graph.records import Records
from tests.conftest import ROOT, unavailable
from tests.support.rabbitmq_server import program, rabbitmq_server
from tests.support.service import free_port

pytestmark = pytest.mark.e2e

NOTE = "---\ntitle: Gout\n---\nGout is a painful arthritis of the big toe.\n"


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    redis = shutil.which("redis-server")
    if redis is None:
        unavailable("Redis is not installed (apt-get install redis-server)")
    assert redis is not None
    port = free_port()
    server = subprocess.Popen(
        [redis, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def rabbitmq_url(tmp_path: Path) -> Iterator[str]:
    if program() is None:
        unavailable("RabbitMQ is not installed (apt-get install rabbitmq-server)")
    with rabbitmq_server(tmp_path / "rabbitmq") as url:
        yield url


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_so: object, seconds: float = 90.0) -> None:
    assert callable(is_so)
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "var", _env_file=None)


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    variables = {
        "MEDBRAIN_VAR": str(settings.var),
        "MEDBRAIN_BROKER_URL": settings.broker_url or "",
    }
    log = settings.var / "worker.log"
    settings.var.mkdir(exist_ok=True)
    ready = settings.queue_folder / READY_FILE
    ready.unlink(missing_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "worker"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: ready.exists() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()


def on(settings: Settings, transport: str, request: pytest.FixtureRequest) -> Settings:
    """The settings with a real broker of that kind; files need none."""
    if transport == "files":
        return settings
    url = request.getfixturevalue(f"{transport}_url")
    return settings.model_copy(update={"broker_url": url})


def make_job(settings: Settings, records: Records, name: str = "spooled") -> Job:
    folder = settings.spool_folder / name
    folder.mkdir(parents=True)
    (folder / "gout.md").write_text(NOTE)
    return records.create_job("ingest", "someone", {"source": "text", "spool": name}, 1)


def state_of(records: Records, job: Job) -> JobState:
    found = records.job(job.id)
    assert found is not None
    return found.state


@pytest.mark.parametrize("transport", ["files", "redis", "rabbitmq"])
def test_a_job_is_done(settings: Settings, transport: str, request: pytest.FixtureRequest) -> None:
    settings = on(settings, transport, request)
    records = open_records(settings)
    with worker(settings) as process:
        job = make_job(settings, records)
        enqueue(settings, job.id)
        wait_until(lambda: state_of(records, job).is_final)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    done = records.job(job.id)
    assert done is not None
    assert (done.state, done.summary["added"]) == (JobState.DONE, 1)
    assert not (settings.spool_folder / "spooled").exists()
    log = (settings.var / "worker.log").read_text()
    assert job.id in log
    assert "arthritis" not in log
    records.close()


def test_a_job_that_was_cut_short_is_done_by_the_next_worker(settings: Settings) -> None:
    """As after kill -9: the job says it is running, and its message is gone."""
    records = open_records(settings)
    job = make_job(settings, records)
    records.update_job(job.id, state=JobState.RUNNING)
    with worker(settings):
        wait_until(lambda: state_of(records, job).is_final)
    assert state_of(records, job) is JobState.DONE
    records.close()


@pytest.mark.parametrize("transport", ["files", "redis", "rabbitmq"])
def test_a_killed_worker_loses_no_job(
    settings: Settings, transport: str, request: pytest.FixtureRequest
) -> None:
    settings = on(settings, transport, request)
    records = open_records(settings)
    jobs = [make_job(settings, records, f"spooled-{n}") for n in range(3)]
    with worker(settings) as process:
        for job in jobs:
            enqueue(settings, job.id)
        wait_until(lambda: state_of(records, jobs[0]) is not JobState.QUEUED)
        process.kill()
        process.wait()
    with worker(settings):
        wait_until(lambda: all(state_of(records, job).is_final for job in jobs))
    assert {state_of(records, job) for job in jobs} == {JobState.DONE}
    records.close()
