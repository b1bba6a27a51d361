"""The doctor's routes, end to end on embedded stores."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth import Role
from api.wiring import Services
from tests.support.services import ANGINA_ADDRESS, headers, make_services

URL = "/v1/decision-support"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = make_services(tmp_path_factory.mktemp("doctor"))
    yield services
    services.close()


@pytest.fixture(scope="module")
def client(services: Services) -> TestClient:
    return TestClient(create_app(services=services), headers=headers(services, Role.DOCTOR))


def answer_to(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, json=body)
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


def presence(answer: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["presence"] for item in answer["case"]["findings"]}


@pytest.mark.parametrize("path", [URL, "/v1/literature"])
def test_anonymous_is_401_and_others_are_403(
    client: TestClient, services: Services, path: str
) -> None:
    assert client.post(path, json={}, headers={"Authorization": ""}).status_code == 401
    for role in (Role.PATIENT, Role.ADMINISTRATOR):
        assert client.post(path, json={}, headers=headers(services, role)).status_code == 403


def test_a_coded_case_gets_a_cited_differential(client: TestClient, services: Services) -> None:
    answer = answer_to(
        client,
        age_years=58,
        sex="female",
        findings=[
            {"id": "chest_pain"},
            {"code": "HP:0012735", "presence": "absent"},
            {"id": "fever", "presence": "unknown"},
        ],
        measurements=[{"vital_sign": "heart_rate", "value": 88}],
    )
    first = answer["conditions"][0]
    assert first["id"] == "angina"
    assert 0 < first["probability"] <= 1
    assert [reason["id"] for reason in first["reasons_for"]] == ["chest_pain"]
    assert "breathlessness" in [reason["id"] for reason in first["not_yet_known"]]
    assert first["tests"] == ["Chest radiograph"]
    assert first["citations"][0]["url"] == ANGINA_ADDRESS
    assert first["sources"][0]["title"] == "A guideline"
    assert first["review_status"] == "drafted"
    assert answer["urgency"] == "emergency"
    assert answer["knowledge_version"] == services.knowledge().version
    assert answer["core_version"] == "small"
    assert "not a certified medical device" in answer["notice"]
    assert "not clinically reviewed" in answer["notice"]
    assert presence(answer) == {"chest_pain": "present", "cough": "absent", "fever": "unknown"}


def test_a_red_flag_is_named_with_its_source(client: TestClient) -> None:
    answer = answer_to(client, findings=[{"id": "chest_pain"}, {"id": "breathlessness"}])
    assert answer["urgency"] == "emergency_ambulance"
    assert answer["red_flags"][0]["sources"][0]["url"].startswith("https://")


def test_a_note_is_read(client: TestClient) -> None:
    answer = answer_to(client, note="58-year-old woman, smoker, with cough but no fever.")
    assert presence(answer) == {"smoking": "present", "cough": "present", "fever": "absent"}
    assert (answer["case"]["age_years"], answer["case"]["sex"]) == (58, "female")
    assert {item["origin"] for item in answer["case"]["findings"]} == {"text"}


def test_a_chinese_note_is_answered_in_chinese(client: TestClient) -> None:
    answer = answer_to(client, note="患者女性，40岁，咳嗽两天，没有发热。")
    assert answer["case"]["language"] == "zh"
    assert presence(answer) == {"cough": "present", "fever": "absent"}
    assert answer["conditions"][0]["name"] == "肺炎"
    assert "不是诊断" in answer["notice"]


def test_what_is_coded_overrules_the_note(client: TestClient) -> None:
    answer = answer_to(
        client,
        note="30 year old man with cough, temperature 39.5",
        age_years=31,
        findings=[{"id": "cough", "presence": "absent"}],
        measurements=[{"vital_sign": "temperature_c", "value": 36.6}],
    )
    assert presence(answer)["cough"] == "absent"
    assert answer["case"]["age_years"] == 31
    assert answer["case"]["measurements"] == [{"vital_sign": "temperature_c", "value": 36.6}]


def test_unknown_names_are_refused_each_with_the_nearest(client: TestClient) -> None:
    findings = [{"id": "chestpain"}, {"code": "ICD10:Z99"}, {"code": "nonsense"}, {"id": "cough"}]
    answer = client.post(URL, json={"findings": findings})
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "unknown_code"
    assert [entry["given"] for entry in body["unknown"]] == ["chestpain", "ICD10:Z99", "nonsense"]
    assert body["unknown"][0]["suggestions"][0] == {"id": "chest_pain", "name": "Chest pain"}
    assert "chest_pain" in body["detail"]


def test_conditions_count_as_history(client: TestClient) -> None:
    answer = answer_to(client, findings=[{"code": "ICD10:I20"}, {"code": "MESH:D011014"}])
    assert presence(answer) == {"angina": "present", "pneumonia": "present"}


@pytest.mark.parametrize(
    "body",
    [
        {"age_years": -3},
        {"age_years": 400},
        {"sex": "other"},
        {"sex": "male", "pregnant": True},
        {"findings": [{"id": "cough", "presence": "maybe"}]},
        {"findings": [{"id": "cough", "code": "HP:0012735"}]},
        {"findings": [{}]},
        {"measurements": [{"vital_sign": "temperature_c", "value": 390}]},
        {"measurements": [{"vital_sign": "mood", "value": 1}]},
        {"language": "tlh"},
        {"note": "x" * 20_001},
        {"diagnosis": "please"},
        {"limit": 0},
    ],
)
def test_what_cannot_be_true_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post(URL, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_an_empty_case_is_answered_honestly(client: TestClient) -> None:
    assert answer_to(client)["urgency"] in ("uncertain", "consultation")


def test_literature_gives_ranked_cited_passages(client: TestClient, services: Services) -> None:
    answer = client.post("/v1/literature", json={"question": "what is angina?"})
    assert answer.status_code == 200
    first = answer.json()["passages"][0]
    assert first["citation"]["document_id"] == "medquad:angina"
    assert "heart muscle" in first["text"]
    assert answer.json()["knowledge_version"] == services.knowledge().version


def test_literature_says_so_when_there_is_nothing(client: TestClient) -> None:
    answer = client.post("/v1/literature", json={"question": "zorgblatt quux"})
    assert answer.json()["passages"] == []


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001])
def test_literature_needs_a_question(client: TestClient, question: str) -> None:
    assert client.post("/v1/literature", json={"question": question}).status_code == 422


def test_without_knowledge_the_doctor_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    services = make_services(tmp_path_factory.mktemp("empty"), published=False)
    client = TestClient(create_app(services=services), headers=headers(services, Role.DOCTOR))
    answer = client.post(URL, json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "knowledge_missing")
    services.close()
