"""Whole conversations through the real Rasa server and the API, and what Rasa understands."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from api.rasa_commands import rasa_environment
from api.wiring import Services
from tests.conftest import ROOT, unavailable
from tests.support import rasa_server
from tests.support.embedder import WordEmbedder
from tests.support.patient import Patient
from tests.support.rasa_server import Rasa, api_server, free_port
from tests.support.services import articles, publish, settings_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

HELD_OUT = Path(__file__).parent / "held_out_phrases.yml"
LEAST_RIGHT = 0.9


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Rasa]]:
    """The API's address, and the Rasa server behind it."""
    if reason := rasa_server.missing():
        unavailable(reason)
    settings = settings_in(
        tmp_path_factory.mktemp("stack"),
        port=free_port(),
        rasa_url=f"http://127.0.0.1:{free_port()}",
        rasa_python=ROOT / ".venv-rasa" / "bin" / "python",
    )
    services = Services(settings, WordEmbedder)
    publish(services, *articles())
    with rasa_server.rasa_server(services.settings) as rasa, api_server(services) as address:
        yield address, rasa


@pytest.fixture
def client(stack: tuple[str, Rasa]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack[0], timeout=30, trust_env=False) as client:
        yield client


def kinds(messages: list[dict[str, object]]) -> list[str]:
    return [str(message["kind"]) for message in messages]


def test_an_english_conversation_in_words(client: httpx.Client) -> None:
    patient = Patient(client, language="en")
    patient.open()
    assert patient.say("yes, I agree")[-1]["id"] == "subject"
    assert patient.say("it's for me")[-1]["id"] == "age"
    assert patient.say("I am 35 years old")[-1]["id"] == "sex"
    assert patient.say("I'm a woman")[-1]["id"] == "pregnancy"
    assert patient.say("no")[-1]["id"] == "complaint"
    understood = patient.say("I've had a cough and a high temperature since yesterday")[-1]
    assert {item["id"] for item in understood["items"]} == {"cough", "fever"}
    asked = patient.say("yes, that's right")[-1]
    assert asked["id"].startswith("finding:")
    why = patient.say("why do you ask?")
    assert why[0]["text"] == asked["why"]
    assert why[-1]["id"] == asked["id"]
    answered = patient.say("what is angina?")
    assert answered[0]["kind"] == "answer"
    assert answered[0]["citations"]
    assert answered[-1]["id"] == asked["id"]
    heard = patient.say("no")
    for _ in range(16):
        if "outcome" in kinds(heard):
            break
        heard = patient.say("I don't know")
    ended = next(message for message in heard if message["kind"] == "outcome")
    assert ended["conditions"][0]["reasons_for"]
    assert ended["sources"]
    assert patient.say("thanks")[0]["kind"] == "text"


def test_a_chinese_conversation_in_words(client: httpx.Client) -> None:
    patient = Patient(client, language="zh")
    patient.open()
    assert patient.say("同意")[-1]["id"] == "subject"
    assert patient.say("是我儿子")[-1]["id"] == "age"
    assert patient.say("七岁")[-1]["id"] == "sex"
    assert patient.say("男孩")[-1]["id"] == "complaint"
    understood = patient.say("从昨天开始咳嗽，还发热")[-1]
    assert {item["name"] for item in understood["items"]} == {"咳嗽", "发热"}
    asked = patient.say("对的")[-1]
    assert asked["id"].startswith("finding:")
    back = patient.say("返回上一步")
    assert back[-1]["kind"] == "understood"
    heard = patient.say("是的")
    for _ in range(16):
        if "outcome" in kinds(heard):
            break
        heard = patient.say("没有")
    ended = next(message for message in heard if message["kind"] == "outcome")
    assert ended["conditions"][0]["reasons_for"]
    assert ended["sources"]
    assert patient.say("重新开始")[-1]["id"] == "subject"
    assert "text" in kinds(patient.say("停止"))


def test_a_conversation_with_buttons(client: httpx.Client) -> None:
    ended = Patient(client, complaint="I have a cough and a fever").hold()
    assert ended["kind"] == "outcome"


def test_nobody_else_can_run_an_action(client: httpx.Client) -> None:
    patient = Patient(client)
    patient.open()
    call = {"next_action": "action_accept_notice", "sender_id": "x.0", "tracker": {}}
    assert client.post("/internal/rasa/actions", json=call).status_code == 403
    del client.headers["Authorization"]
    assert client.post("/internal/rasa/actions", json=call).status_code == 401


def test_rasa_killed_in_mid_conversation_loses_nothing(
    client: httpx.Client, stack: tuple[str, Rasa]
) -> None:
    patient = Patient(client)
    patient.open()
    patient.choose("consent", "yes")
    assert patient.choose("subject", "self")[-1]["id"] == "age"
    stack[1].kill()
    problem = patient.say("35")
    assert kinds(problem) == ["error"]
    assert "911" in problem[0]["text"]
    assert patient.say("now I have crushing chest pain")[0]["kind"] == "emergency"
    stack[1].start()
    assert patient.say("start over")[-1]["id"] == "subject"
    assert patient.choose("subject", "self")[-1]["id"] == "age"
    stack[1].kill()
    stack[1].start()
    assert patient.say("35")[-1]["id"] == "sex"


def test_held_out_sentences_are_understood() -> None:
    if reason := rasa_server.missing():
        unavailable(reason)
    model = rasa_server.trained_model()
    expected = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))
    pairs = [(intent, said) for intent, sentences in expected.items() for said in sentences]
    done = subprocess.run(
        [ROOT / ".venv-rasa/bin/python", ROOT / "tests/support/rasa_parse.py", model],
        input=json.dumps([said for _, said in pairs]),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **rasa_environment()},
    )
    found = [name for name, _ in json.loads(done.stdout.strip().splitlines()[-1])]
    wrong = [(*pair, name) for pair, name in zip(pairs, found, strict=True) if pair[0] != name]
    assert len(pairs) >= 60
    assert 1 - len(wrong) / len(pairs) >= LEAST_RIGHT, wrong
