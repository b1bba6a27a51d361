"""The web chat's routes, with a scripted engine behind them."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dialogue_wiring import build_dialogue
from api.wiring import Services
from assistant.dialogue.services import DialogueServices
from knowledge_graph.language import language_of
from tests.support.dialogue import ScriptedEngine
from tests.support.patient import Patient
from tests.support.services import make_services


@pytest.fixture
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    made = make_services(tmp_path_factory.mktemp("chat"), published=False)
    engine = ScriptedEngine()
    dialogue: DialogueServices = build_dialogue(made, engine)
    engine.services = dialogue
    made.__dict__["dialogue"] = dialogue
    yield made
    made.close()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services=services)) as client:
        yield client


def message(text: str, message_id: str = "message-1") -> dict[str, str]:
    return {"id": message_id, "text": text}


@pytest.mark.parametrize("language", ["en", "zh", "zh-CN"])
def test_a_session_opens_with_a_token_a_notice_and_the_texts(
    client: TestClient, language: str
) -> None:
    answer = client.post("/v1/chat/sessions", json={"language": language})
    assert answer.status_code == 201
    opened = answer.json()
    said = language_of(language)
    assert opened["token"]
    assert opened["messages"][0] == {"kind": "text", "text": said.say("greeting")}
    assert opened["messages"][-1]["id"] == "consent"
    assert opened["texts"]["client_send"] == said.say("client_send")
    assert all(key.startswith("client_") for key in opened["texts"])


def test_an_unknown_language_is_refused(client: TestClient) -> None:
    assert client.post("/v1/chat/sessions", json={"language": "tlh"}).status_code == 422
    assert client.get("/v1/chat/texts", params={"language": "tlh"}).status_code == 422


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_whole_conversation_by_buttons(client: TestClient, language: str) -> None:
    complaint = {"en": "I have a cough and a fever", "zh": "我咳嗽，还发热"}[language]
    patient = Patient(client, language=language, complaint=complaint)
    outcome = patient.hold()
    assert outcome["kind"] == "outcome"
    assert outcome["conditions"][0]["sources"][0]["url"].startswith("https://")


def test_an_emergency_sentence_ends_it_at_once(client: TestClient) -> None:
    patient = Patient(client)
    patient.open()
    heard = patient.say("chest pain and I can't breathe")
    assert [m["kind"] for m in heard] == ["emergency"]


def test_the_same_message_again_is_answered_once(client: TestClient) -> None:
    Patient(client).open()
    body = {"id": uuid4().hex, "choice": {"question_id": "consent", "values": ["yes"]}}
    first = client.post("/v1/chat/messages", json=body).json()
    assert client.post("/v1/chat/messages", json=body).json() == first
    transcript = client.get("/v1/chat/messages").json()["messages"]
    assert [entry["from"] for entry in transcript].count("user") == 1


def test_the_transcript_is_there_after_a_reload(client: TestClient) -> None:
    patient = Patient(client)
    opened = patient.open()
    heard = patient.choose("consent", "yes")
    transcript = client.get("/v1/chat/messages").json()
    assert transcript["language"] == "en"
    assert transcript["texts"]["client_send"]
    assert [e["message"] for e in transcript["messages"] if e["from"] == "service"] == [
        *opened,
        *heard,
    ]
    assert [e["message"]["text"] for e in transcript["messages"] if e["from"] == "user"] == [
        "I agree"
    ]


def test_erasing_erases(client: TestClient, services: Services) -> None:
    Patient(client).open()
    assert client.delete("/v1/chat/session").status_code == 204
    assert client.get("/v1/chat/messages").status_code == 404
    assert client.post("/v1/chat/messages", json=message("hello")).status_code == 404


def test_reading_and_erasing_a_transcript_are_in_the_audit_log(
    client: TestClient, services: Services
) -> None:
    patient = Patient(client)
    patient.open()
    conversation = services.tokens.read(client.headers["Authorization"].split()[1]).id
    client.get("/v1/chat/messages").raise_for_status()
    client.delete("/v1/chat/session").raise_for_status()
    noted = [(e["action"], e["target"], e["role"]) for e in services.records().audit_entries(5)]
    assert noted == [
        ("erase", f"consultation:{conversation}", "patient"),
        ("read", f"consultation:{conversation}", "patient"),
    ]


def test_without_a_session_nothing_is_read_or_said(client: TestClient) -> None:
    for method, path in (
        ("GET", "/v1/chat/messages"),
        ("POST", "/v1/chat/messages"),
        ("DELETE", "/v1/chat/session"),
    ):
        assert client.request(method, path, json=message("x")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"id": "message-1"},
        {"id": "message-1", "text": "a", "choice": {"question_id": "q", "values": []}},
        {"id": "short", "text": "a"},
        {"id": "with a space in it", "text": "a"},
        {"id": "message-1", "text": "a", "extra": 1},
        {"id": "message-1", "choice": {"question_id": "", "values": []}},
        {"id": "message-1", "choice": {"question_id": "q", "values": ["x"] * 201}},
        {"id": "message-1", "text": 5},
    ],
)
def test_a_malformed_message_is_refused_with_a_safe_sentence(
    client: TestClient, body: dict[str, object]
) -> None:
    Patient(client).open()
    answer = client.post("/v1/chat/messages", json=body)
    assert answer.status_code == 422
    assert "911" in answer.json()["detail"]


def test_a_megabyte_is_refused_politely(client: TestClient) -> None:
    Patient(client).open()
    answer = client.post("/v1/chat/messages", json=message("a" * 1_000_001))
    assert answer.status_code == 413
    assert "911" in answer.json()["detail"]
    nearly = client.post("/v1/chat/messages", json=message("a" * 900_000))
    assert nearly.status_code == 200
    assert [m["kind"] for m in nearly.json()["messages"]] == ["text"]


def test_what_is_kept_is_sealed(client: TestClient, services: Services) -> None:
    Patient(client).open()
    client.post("/v1/chat/messages", json=message("my canary is a cough"))
    kept = b"".join(path.read_bytes() for path in services.settings.var.glob("records.sqlite*"))
    assert b"canary" not in kept
    assert b"consent" not in kept
