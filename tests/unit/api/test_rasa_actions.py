"""Rasa's callback: the literal calls it makes, and who may make them."""

from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth import Role
from api.dialogue_wiring import build_dialogue
from api.rasa_commands import ACTIONS_PATH
from api.wiring import Services
from assistant.dialogue.services import DialogueServices
from tests.support.services import headers, make_services


class CallingBack:
    """An engine that calls the action route as Rasa does, over the application's own door."""

    def __init__(self) -> None:
        self.client: TestClient | None = None
        self.key = ""
        self.actions = ["action_accept_notice"]
        self.answers: list[Any] = []

    async def decide(self, engine_id: str, words: str) -> None:
        for action in self.actions:
            await anyio.to_thread.run_sync(self.call, engine_id, action)

    def call(self, engine_id: str, action: str = "action_accept_notice") -> Any:
        assert self.client is not None
        answer = self.client.post(
            ACTIONS_PATH,
            json=action_call(action, engine_id),
            headers={"Authorization": f"Bearer {self.key}"},
        )
        self.answers.append((answer.status_code, answer.json()))
        return answer

    async def is_up(self) -> bool:
        return True


def action_call(action: str, engine_id: str) -> dict[str, Any]:
    """As assistant/rasa_project/components/remote_actions.py writes it."""
    return {
        "next_action": action,
        "sender_id": engine_id,
        "version": "3.6",
        "domain": {},
        "tracker": {
            "sender_id": engine_id,
            "slots": {},
            "latest_message": {},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        },
    }


@pytest.fixture
def engine() -> CallingBack:
    return CallingBack()


@pytest.fixture
def services(tmp_path_factory: pytest.TempPathFactory, engine: CallingBack) -> Iterator[Services]:
    made = make_services(tmp_path_factory.mktemp("actions"), published=False)
    dialogue: DialogueServices = build_dialogue(made, engine)
    made.__dict__["dialogue"] = dialogue
    engine.key = made.secrets.engine_key()
    yield made
    made.close()


@pytest.fixture
def client(services: Services, engine: CallingBack) -> Iterator[TestClient]:
    app = create_app(services=services)
    with TestClient(app) as client, TestClient(app) as other:
        engine.client = other
        yield client


def open_conversation(client: TestClient) -> str:
    answer = client.post("/v1/chat/sessions", json={"language": "zh"}).json()
    client.headers["Authorization"] = f"Bearer {answer['token']}"
    conversation_id: str = answer["conversation_id"]
    return conversation_id


def test_an_action_gives_the_new_stage_back_and_no_words(
    client: TestClient, engine: CallingBack
) -> None:
    open_conversation(client)
    choice = {"question_id": "consent", "values": ["yes"]}
    answer = client.post("/v1/chat/messages", json={"id": "message-1", "choice": choice})
    assert answer.json()["messages"][-1]["id"] == "subject"
    ((status, body),) = engine.answers
    assert status == 200
    assert body["responses"] == []
    *events, then = body["events"]
    assert then == {"event": "followup", "timestamp": None, "name": "action_listen"}
    slots = {event["name"]: event["value"] for event in events}
    assert slots == {"stage": "subject", "language": "zh"}


def test_a_conversation_that_rasa_forgot_starts_at_its_stage(
    client: TestClient, engine: CallingBack
) -> None:
    open_conversation(client)
    engine.actions = ["action_session_start", "action_accept_notice"]
    choice = {"question_id": "consent", "values": ["yes"]}
    client.post("/v1/chat/messages", json={"id": "message-1", "choice": choice})
    (status, started), _ = engine.answers
    assert status == 200
    kinds = [event["event"] for event in started["events"]]
    assert kinds == ["session_started", "slot", "slot", "action"]
    assert started["events"][1]["value"] == "consent"


@pytest.mark.parametrize("engine_id", ["nobody.0", "nobody", "", "{}.7"])
def test_a_conversation_that_does_not_exist_is_rejected(
    client: TestClient, engine: CallingBack, engine_id: str
) -> None:
    engine_id = engine_id.format(open_conversation(client))
    for action in ("action_session_start", "action_accept_notice"):
        answer = engine.call(engine_id, action)
        assert answer.status_code == 400
        assert answer.json()["action_name"] == action


def test_an_action_nobody_waits_for_is_rejected(client: TestClient, engine: CallingBack) -> None:
    conversation_id = open_conversation(client)
    assert engine.call(f"{conversation_id}.0").status_code == 400
    transcript = client.get("/v1/chat/messages").json()["messages"]
    assert transcript[-1]["message"]["id"] == "consent"


def test_an_unknown_action_is_not_found(client: TestClient, engine: CallingBack) -> None:
    conversation_id = open_conversation(client)
    assert engine.call(f"{conversation_id}.0", "action_fly").status_code == 404


@pytest.mark.parametrize("body", [{}, {"next_action": None}, []])
def test_a_call_without_an_action_is_answered_with_nothing(
    client: TestClient, engine: CallingBack, body: object
) -> None:
    answer = client.post(ACTIONS_PATH, json=body, headers={"Authorization": f"Bearer {engine.key}"})
    assert (answer.status_code, answer.json()) == (200, {})


def test_only_rasa_may_call(client: TestClient, services: Services) -> None:
    call = action_call("action_accept_notice", "x.0")
    assert client.post(ACTIONS_PATH, json=call).status_code == 401
    for role in (Role.PATIENT, Role.DOCTOR, Role.ADMINISTRATOR):
        answer = client.post(ACTIONS_PATH, json=call, headers=headers(services, role))
        assert answer.status_code == 403


def test_the_engine_key_opens_nothing_else(client: TestClient, engine: CallingBack) -> None:
    shown = {"Authorization": f"Bearer {engine.key}"}
    assert client.get("/v1/chat/messages", headers=shown).status_code == 403
