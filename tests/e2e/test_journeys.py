"""The three journeys through the real processes, and what happens when one of them dies."""

import os
import signal
import time

import pytest

from tests.support.patient import Patient
from tests.support.service import Service, descendants

pytestmark = pytest.mark.e2e


def test_a_patient_is_triaged_in_english(service: Service) -> None:
    with service.client() as client:
        yes = frozenset(
            {"urinary_urgency", "urinary_frequency", "abdominal_pain", "abdominal_pain_lower"}
        )
        patient = Patient(client, complaint="It burns when I pee and I have to go often", yes=yes)
        outcome = patient.hold()
    assert outcome["kind"] == "outcome"
    assert outcome["urgency"] in ("consultation", "consultation_24", "self_care")
    assert outcome["department"]
    assert outcome["conditions"][0]["reasons_for"]
    assert outcome["sources"]
    assert outcome["return_sooner"]
    asked = [m for m in patient.messages if m["kind"] == "question" and m["at_most"]]
    assert 0 < len(asked) <= 16


def test_a_patient_is_triaged_in_chinese(service: Service) -> None:
    with service.client() as client:
        yes = frozenset({"nausea", "abdominal_pain", "abdominal_pain_cramping", "watery_diarrhoea"})
        outcome = Patient(client, "zh", complaint="拉肚子，拉的是水，还吐了两次", yes=yes).hold()
    assert outcome["kind"] == "outcome"
    assert any("\u4e00" <= character <= "\u9fff" for character in outcome["title"])
    assert outcome["conditions"]


def test_an_emergency_ends_the_conversation_at_once(service: Service) -> None:
    with service.client() as client:
        patient = Patient(client)
        patient.open()
        heard = patient.say("crushing chest pain and cold sweat")
    assert heard[-1]["kind"] == "emergency"
    assert heard[-1]["call"]
    assert heard[-1]["sources"]


def test_a_doctor_gets_a_cited_differential(service: Service) -> None:
    body = {"age_years": 52, "sex": "male", "note": "Big toe red, hot and very painful. No fever."}
    with service.client("doctor") as client:
        answer = client.post("/v1/decision-support", json=body)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["conditions"][0]["id"] == "gout"
        assert found["conditions"][0]["citations"]
        assert found["conditions"][0]["reasons_for"]
        assert found["knowledge_version"]
        cited = client.post("/v1/literature", json={"question": "What is gout?"}).json()
    assert "gout" in cited["passages"][0]["text"].lower()
    assert cited["passages"][0]["citation"]["title"]


def test_an_administrator_reads_demand_and_the_reading_is_audited(service: Service) -> None:
    with service.client() as client:
        for _ in range(6):
            Patient(client, complaint="I have a cough, a runny nose and a fever").hold()
            client.headers.pop("Authorization")
    with service.client("administrator") as client:
        report = client.get("/v1/reports/demand-by-department").json()
        counted = [row for row in report["tables"]["departments"]["rows"] if row[-1]]
        assert counted
        text = client.get("/v1/reports/demand-by-department?format=csv").text
        assert text.startswith("department,urgency,count")


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (None, "POST", "/v1/decision-support", 401),
        ("administrator", "POST", "/v1/decision-support", 403),
        (None, "GET", "/v1/reports/demand-by-department", 401),
        ("doctor", "GET", "/v1/reports/demand-by-department", 403),
        ("doctor", "POST", "/v1/ingest", 403),
        (None, "POST", "/v1/chat/messages", 401),
    ],
)
def test_the_wrong_role_is_kept_out(
    service: Service, role: str | None, method: str, path: str, status: int
) -> None:
    with service.client(role) as client:
        answer = client.request(method, path, json={})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"]


def test_documents_sent_to_the_queue_can_be_found(service: Service) -> None:
    name = f"note-{time.time_ns()}"
    content = f"---\ntitle: Quibblewort fever {name}\n---\n\nQuibblewort fever {name} is a made-up condition of the test that nobody has."
    body = {"source": "text", "documents": [{"name": f"{name}.md", "content": content}]}
    with service.client("administrator") as client:
        queued = client.post("/v1/ingest", json=body)
        assert queued.status_code == 202, queued.text
        job = queued.json()
        job_id = job.get("id") or job["job"]["id"]
        for _ in range(240):
            state = client.get(f"/v1/jobs/{job_id}").json()
            if state["state"] in ("done", "failed"):
                break
            time.sleep(0.5)
    assert state["state"] == "done", state
    with service.client("doctor") as client:
        for _ in range(20):
            found = client.post("/v1/literature", json={"question": "quibblewort"}).json()
            if found["passages"]:
                break
            time.sleep(0.5)
    assert "Quibblewort" in found["passages"][0]["text"]


def test_with_rasa_dead_an_emergency_is_still_answered(service: Service) -> None:
    rasa = [
        pid
        for pid, command in service.processes().items()
        if "rasa" in command and "run" in command
    ]
    assert rasa
    with service.client() as client:
        patient = Patient(client)
        patient.open()
        for pid in rasa:
            if pid in descendants(os.getpid()):
                os.kill(pid, signal.SIGKILL)
        heard = patient.say("I want to kill myself")
        assert heard[-1]["kind"] == "emergency"
        assert heard[-1]["crisis"]
        safe = patient.say("and what now")
        assert safe
    # It is started again by itself, and the next conversation goes through.
    for _ in range(120):
        with service.client() as client:
            again = Patient(client)
            opened = again.open()
            answered = again.choose(opened[-1]["id"], "yes")
        if answered and answered[-1]["kind"] == "question":
            return
        time.sleep(1)
    raise AssertionError("Rasa was not started again")
