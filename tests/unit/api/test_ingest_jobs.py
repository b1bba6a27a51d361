"""The queue route and what a worker does with a job, on embedded stores and the file queue."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import tasks
from api.app import create_app
from api.auth import Role
from api.tasks import TryAgain, requeue_unfinished, run_job
from api.wiring import Services
from knowledge_graph.domain.job import Job, JobState
from tests.support.services import headers, make_services

NOTE = "---\ntitle: Gout\n---\n# What it is\n\nGout is a painful arthritis of the big toe.\n"
BROKEN = "---\ntitle: [\n---\nNo header.\n"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path, largest_upload_bytes=20_000)
    yield services
    services.close()


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(create_app(services=services), headers=headers(services, Role.ADMINISTRATOR))


def text_job(**changes: Any) -> dict[str, Any]:
    return {"source": "text", "documents": [{"name": "gout.md", "content": NOTE}]} | changes


def start(client: TestClient, **changes: Any) -> str:
    answer = client.post("/v1/ingest", json=text_job(**changes))
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    assert job["state"] == "queued"
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    return str(job["id"])


def read(client: TestClient, job_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/jobs/{job_id}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def queued_messages(services: Services) -> list[str]:
    folder = services.settings.queue_folder / "queue"
    return [file.read_text() for file in sorted(folder.iterdir())] if folder.exists() else []


def kept(services: Services, job_id: str) -> Job:
    job = services.records().job(job_id)
    assert job is not None
    return job


def test_documents_become_knowledge(client: TestClient, services: Services) -> None:
    before = services.knowledge().version
    job_id = start(client, documents=[{"name": "gout.md", "content": NOTE},
                                      {"name": "broken.md", "content": BROKEN}])  # fmt: skip
    run_job(job_id, services)
    job = read(client, job_id)
    assert job["state"] == "done"
    assert (job["summary"]["read"], job["summary"]["added"]) == (2, 1)
    assert job["summary"]["failed"][0]["where"].startswith("broken.md")
    assert job["summary"]["version"] not in (None, before)
    assert services.library.current_version() == job["summary"]["version"]


def test_the_same_documents_again_change_nothing(client: TestClient, services: Services) -> None:
    first, second = start(client), start(client)
    run_job(first, services)
    run_job(second, services)
    summary = read(client, second)["summary"]
    assert (summary["added"], summary["unchanged"]) == (0, 1)
    assert summary["is_published"] is False


def test_a_job_delivered_twice_is_done_once(client: TestClient, services: Services) -> None:
    job_id = start(client)
    run_job(job_id, services)
    done = kept(services, job_id)
    run_job(job_id, services)
    assert kept(services, job_id) == done


def test_a_job_that_was_cut_short_is_done_again(client: TestClient, services: Services) -> None:
    job_id = start(client)
    services.records().update_job(job_id, state=JobState.RUNNING)
    run_job(job_id, services)
    assert read(client, job_id)["state"] == "done"


def test_messages_carry_the_jobs_id_and_nothing_of_the_documents(
    client: TestClient, services: Services
) -> None:
    job_id = start(client)
    (message,) = queued_messages(services)
    assert job_id in message or job_id in json.loads(message).get("headers", {}).get("argsrepr")
    assert "gout" not in message.lower()
    assert "gout" not in json.dumps(dict(kept(services, job_id).payload)).lower()


def test_spooled_documents_are_private_and_gone_when_done(
    client: TestClient, services: Services
) -> None:
    job_id = start(client)
    (folder,) = services.settings.spool_folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "gout.md").read_text() == NOTE
    run_job(job_id, services)
    assert list(services.settings.spool_folder.iterdir()) == []


def test_a_path_inside_the_inbox_is_read(client: TestClient, services: Services) -> None:
    inbox = services.settings.inbox_folder / "monday"
    inbox.mkdir(parents=True)
    (inbox / "gout.md").write_text(NOTE)
    job_id = start(client, documents=[], path="monday")
    run_job(job_id, services)
    assert read(client, job_id)["summary"]["added"] == 1


@pytest.mark.parametrize("path", ["../secrets", "/etc/passwd", "missing", "monday/../..", "\0"])
def test_a_path_outside_the_inbox_is_refused(
    client: TestClient, services: Services, path: str
) -> None:
    services.settings.inbox_folder.mkdir(parents=True)
    answer = client.post("/v1/ingest", json={"source": "text", "path": path})
    assert answer.status_code == 422
    assert "MEDBRAIN_INBOX" in answer.json()["detail"]


def test_a_link_out_of_the_inbox_is_refused(client: TestClient, services: Services) -> None:
    services.settings.inbox_folder.mkdir(parents=True)
    (services.settings.inbox_folder / "out").symlink_to("/etc")
    assert client.post("/v1/ingest", json={"source": "text", "path": "out"}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"source": "nowhere"},
        {"source": "text"},
        {"source": "hpo", "documents": [{"name": "a.md", "content": "x"}]},
        text_job(path="x"),
        text_job(documents=[{"name": "../a.md", "content": "x"}]),
        text_job(documents=[{"name": ".hidden", "content": "x"}]),
        text_job(documents=[{"name": "a.md", "content": ""}]),
        text_job(documents=[{"name": "a.md", "content": "x"}, {"name": "A.md", "content": "y"}]),
    ],
)
def test_what_cannot_be_ingested_is_refused_and_makes_no_job(
    client: TestClient, services: Services, body: dict[str, Any]
) -> None:
    assert client.post("/v1/ingest", json=body).status_code == 422
    assert services.records().unfinished_jobs() == ()
    assert queued_messages(services) == []


def test_a_broker_that_is_down_loses_no_job(tmp_path: Path) -> None:
    down = make_services(tmp_path, broker_url="redis://127.0.0.1:9/0")
    client = TestClient(create_app(services=down), headers=headers(down, Role.ADMINISTRATOR))
    answer = client.post("/v1/ingest", json=text_job())
    assert answer.status_code == 202
    assert "starts when the queue is back" in answer.json()["job"]["message"]
    job_id = answer.json()["job"]["id"]
    down.close()
    up = make_services(tmp_path)
    assert requeue_unfinished(up, set()) == 1
    assert job_id in queued_messages(up)[0]
    run_job(job_id, up)
    assert kept(up, job_id).state is JobState.DONE
    up.close()


def test_unfinished_jobs_are_told_once(client: TestClient, services: Services) -> None:
    started = [start(client), start(client)]
    run_job(started[0], services)
    told: set[str] = set()
    assert requeue_unfinished(services, told) == 1
    assert requeue_unfinished(services, told) == 0
    assert told == {started[1]}


def test_a_second_writer_waits_its_turn(client: TestClient, services: Services) -> None:
    job_id = start(client)
    with services.library.write(), pytest.raises(TryAgain):
        run_job(job_id, services)
    waiting = read(client, job_id)
    assert waiting["state"] == "queued"
    assert "tried again" in waiting["message"]
    run_job(job_id, services)
    assert read(client, job_id)["state"] == "done"


def test_a_job_whose_documents_are_gone_fails_and_says_so(
    client: TestClient, services: Services
) -> None:
    job_id = start(client)
    (folder,) = services.settings.spool_folder.iterdir()
    (folder / "gout.md").unlink()
    folder.rmdir()
    run_job(job_id, services)
    job = read(client, job_id)
    assert job["state"] == "failed"
    assert "send them again" in job["message"]


def test_what_breaks_is_kept_without_the_documents_words(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Job, services: Services) -> dict[str, Any]:
        raise RuntimeError("Mr Example has gout")

    monkeypatch.setattr(tasks, "run_ingest", broken)
    job_id = start(client)
    run_job(job_id, services)
    job = read(client, job_id)
    assert job["state"] == "failed"
    assert "RuntimeError" in job["message"]
    assert "Example" not in job["message"]


def test_a_full_disk_leaves_nothing_behind(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    _ = services.secrets.engine_key(), services.records()
    monkeypatch.setattr("api.ingest_jobs.os.fsync", full)
    answer = client.post("/v1/ingest", json=text_job())
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert list(services.settings.spool_folder.iterdir()) == []
    assert services.records().unfinished_jobs() == ()


def test_an_upload_may_be_long_but_not_endless(client: TestClient) -> None:
    long = [{"name": "a.md", "content": NOTE + "word " * 3_000}]
    assert client.post("/v1/ingest", json=text_job(documents=long)).status_code == 202
    longer = [{"name": "a.md", "content": "word " * 5_000}]
    assert client.post("/v1/ingest", json=text_job(documents=longer)).status_code == 413


def test_an_unknown_job_is_404(client: TestClient) -> None:
    assert client.get("/v1/jobs/none").status_code == 404


def test_ingesting_is_in_the_audit_log(client: TestClient, services: Services) -> None:
    job_id = start(client)
    entries = services.records().audit_entries(5)
    assert [(e["action"], e["target"]) for e in entries] == [("ingest", job_id)]
