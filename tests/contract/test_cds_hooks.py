"""CDS Hooks 2.0: what we send is valid against a schema that the standard's own examples pass."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.app import create_app
from api.auth import Role
from api.cds_cards import CardSource, make_cards
from api.cds_hooks import PREFETCH, SERVICE_ID
from api.wiring import Services
from assistant.decision_support.advise import advise
from knowledge_graph.domain.case import Case, Finding, Presence
from tests.support.cds_hooks_schema import DISCOVERY, RESPONSE
from tests.support.services import ANGINA_ADDRESS, headers, make_services

CALL = f"/cds-services/{SERVICE_ID}"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = make_services(tmp_path_factory.mktemp("cds"))
    yield services
    services.close()


@pytest.fixture(scope="module")
def client(services: Services) -> TestClient:
    return TestClient(create_app(services=services), headers=headers(services, Role.DOCTOR))


def moment(ago: timedelta) -> str:
    return (datetime.now(UTC) - ago).isoformat(timespec="seconds")


def condition(text: str, days: int | None = 1, status: str = "active", **more: Any) -> Any:
    found: dict[str, Any] = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"text": text},
    } | more
    if days is not None:
        found["onsetDateTime"] = moment(timedelta(days=days))
    return found


def observation(loinc: str, value: float, unit: str, hours: float = 1) -> Any:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "effectiveDateTime": moment(timedelta(hours=hours)),
        "valueQuantity": {"value": value, "code": unit},
    }


def bundle(*resources: Any) -> Any:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": resource} for resource in resources],
    }


def hook_call(*resources: Any, **changes: Any) -> dict[str, Any]:
    by_kind = {
        kind: [item for item in resources if item["resourceType"] == kind]
        for kind in ("Condition", "Observation")
    }
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid4()),
        "fhirServer": "https://hospital.example/fhir",
        "context": {"userId": "Practitioner/1", "patientId": "p-1", "encounterId": "e-1"},
        "prefetch": {
            "patient": {"resourceType": "Patient", "gender": "male", "birthDate": "1960-02-29"},
            "conditions": bundle(*by_kind["Condition"]),
            "observations": bundle(*by_kind["Observation"]),
        },
    } | changes


def cards_of(client: TestClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post(CALL, json=body)
    assert answer.status_code == 200, answer.text
    Draft202012Validator(RESPONSE).validate(answer.json())
    cards: list[dict[str, Any]] = answer.json()["cards"]
    return cards


# The schema itself, on the standard's own examples.


def example(data_folder: Path, name: str) -> Any:
    path = data_folder / "cds_hooks_examples" / name
    if not path.is_file():
        pytest.skip("no CDS Hooks examples in the data folder")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["json/018_response.json", "json/035_response.json"])
def test_the_schema_takes_the_standards_own_cards(data_folder: Path, name: str) -> None:
    Draft202012Validator(RESPONSE).validate(example(data_folder, name))


def test_the_schema_takes_the_standards_own_services(data_folder: Path) -> None:
    Draft202012Validator(DISCOVERY).validate(example(data_folder, "json/000_discovery.json"))


CARD = {"summary": "x", "indicator": "info", "source": {"label": "y"}}


@pytest.mark.parametrize(
    "card",
    [
        CARD | {"summary": "x" * 140},
        CARD | {"summary": ""},
        CARD | {"indicator": "hard-stop"},
        CARD | {"source": {}},
        CARD | {"detail": None},
        CARD | {"links": []},
        CARD
        | {"links": [{"label": "x", "url": "https://x", "type": "absolute", "appContext": "y"}]},
        CARD | {"suggestions": [{"label": "x"}]},
        CARD | {"colour": "red"},
        {key: value for key, value in CARD.items() if key != "source"},
    ],
)
def test_the_schema_refuses_what_the_standard_refuses(card: dict[str, Any]) -> None:
    validator = Draft202012Validator(RESPONSE)
    assert validator.is_valid({"cards": [CARD]})
    assert not validator.is_valid({"cards": [card]})


# Our service.


def test_discovery_is_open_and_valid(client: TestClient) -> None:
    answer = client.get("/cds-services", headers={"Authorization": ""})
    assert answer.status_code == 200
    Draft202012Validator(DISCOVERY).validate(answer.json())
    (service,) = answer.json()["services"]
    assert service["hook"] == "patient-view"
    assert set(service["prefetch"]) == {"patient", "conditions", "observations"}


def test_a_red_flag_comes_first_and_is_critical(client: TestClient) -> None:
    cards = cards_of(client, hook_call(condition("Chest pain"), condition("Breathlessness")))
    assert [card["indicator"] for card in cards] == ["critical", "critical"]
    assert cards[0]["summary"] == "Red flag: Chest pain with breathlessness"
    assert cards[0]["links"][0]["url"] == "https://guideline.example/chest-pain"


def test_the_conditions_come_with_reasons_sources_and_the_notice(
    client: TestClient, services: Services
) -> None:
    (card,) = cards_of(client, hook_call(condition("Chest pain")))
    assert "Angina" in card["summary"]
    assert "Chest pain" in card["detail"]
    assert "not a certified medical device" in card["detail"]
    assert services.knowledge().version in card["source"]["label"]
    assert ANGINA_ADDRESS in {link["url"] for link in card["links"]}


@pytest.mark.parametrize(
    ("resources", "indicator"),
    [
        ((condition("Fever"), condition("Cough")), "warning"),
        ((condition("Chest pain"),), "critical"),
    ],
)
def test_the_indicator_follows_the_urgency(
    client: TestClient, resources: tuple[Any, ...], indicator: str
) -> None:
    assert cards_of(client, hook_call(*resources))[-1]["indicator"] == indicator


@pytest.mark.parametrize(
    "resources",
    [
        (),
        (condition("Smoking"),),
        (condition("Cough", days=400),),
        (condition("Cough", status="resolved"),),
        (condition("Cough", verificationStatus={"coding": [{"code": "entered-in-error"}]}),),
        (observation("8310-5", 39, "Cel", hours=48),),
        (observation("8310-5", 39, "Cel", hours=-48),),
        (observation("8310-5", 390, "Cel"),),
        (condition("Knitting"),),
        ({"resourceType": "Condition", "code": 7}, {"resourceType": "Observation", "code": []}),
    ],
)
def test_nothing_current_to_explain_gives_no_card(
    client: TestClient, resources: tuple[Any, ...]
) -> None:
    assert cards_of(client, hook_call(*resources)) == []


def test_codes_and_vital_signs_are_read(client: TestClient) -> None:
    coded = condition("", code={"coding": [{"system": "http://purl.obolibrary.org/obo/hp.owl",
                                            "code": "0012735"}]})  # fmt: skip
    cards = cards_of(client, hook_call(coded, observation("8310-5", 102.2, "[degF]")))
    assert "Pneumonia" in cards[-1]["summary"]
    assert "Fever" in cards[-1]["detail"]
    assert "Cough" in cards[-1]["detail"]


@pytest.mark.parametrize("key", sorted(PREFETCH))
@pytest.mark.parametrize("value", ["absent", None, {"resourceType": "OperationOutcome"}])
def test_a_missing_prefetch_is_412_and_named(client: TestClient, key: str, value: Any) -> None:
    body = hook_call(condition("Chest pain"))
    if value == "absent":
        del body["prefetch"][key]
    else:
        body["prefetch"][key] = value
    answer = client.post(CALL, json=body)
    assert answer.status_code == 412
    assert answer.json()["code"] == "prefetch_missing"
    assert key in answer.json()["detail"]


def test_without_any_prefetch_it_is_412(client: TestClient) -> None:
    body = hook_call()
    del body["prefetch"]
    assert client.post(CALL, json=body).status_code == 412


@pytest.mark.parametrize(
    "change",
    [
        {"hook": "order-sign"},
        {"hookInstance": "not a uuid"},
        {"context": {"patientId": "p-1"}},
        {"context": {"userId": "Practitioner/1"}},
    ],
)
def test_a_call_that_breaks_the_standard_is_refused(
    client: TestClient, change: dict[str, Any]
) -> None:
    assert client.post(CALL, json=hook_call() | change).status_code == 422


def test_the_standards_own_example_call_misses_our_prefetch(
    client: TestClient, data_folder: Path
) -> None:
    answer = client.post(CALL, json=example(data_folder, "json/001_request.json"))
    assert answer.status_code == 412


def test_an_impossible_birth_date_is_refused(client: TestClient) -> None:
    body = hook_call(condition("Cough"))
    body["prefetch"]["patient"]["birthDate"] = "1650-01-01"
    answer = client.post(CALL, json=body)
    assert answer.status_code == 422
    assert "birthDate" in answer.json()["detail"]


def test_an_unknown_service_is_404(client: TestClient) -> None:
    assert client.post("/cds-services/other", json=hook_call()).status_code == 404


def test_it_needs_a_doctor(client: TestClient, services: Services) -> None:
    body = hook_call()
    assert client.post(CALL, json=body, headers={"Authorization": ""}).status_code == 401
    other = headers(services, Role.ADMINISTRATOR)
    assert client.post(CALL, json=body, headers=other).status_code == 403


def test_real_patients_give_valid_answers(client: TestClient, data_folder: Path) -> None:
    files = sorted((data_folder / "synthea_fhir_r4").glob("*.json"))[:5]
    if not files:
        pytest.skip("no Synthea bundles in the data folder")
    for file in files:
        resources = [item["resource"] for item in json.loads(file.read_text("utf-8"))["entry"]]
        patient = next(item for item in resources if item["resourceType"] == "Patient")
        body = hook_call(
            *(r for r in resources if r["resourceType"] in ("Condition", "Observation"))
        )
        body["prefetch"]["patient"] = patient
        cards_of(client, body)


def test_feedback_is_kept_without_its_words(client: TestClient, services: Services) -> None:
    card = str(uuid4())
    feedback = {
        "card": card,
        "outcome": "overridden",
        "overrideReason": {"userComment": "the patient told me a secret"},
        "outcomeTimestamp": "2026-01-01T10:00:00Z",
    }
    assert client.post(f"{CALL}/feedback", json={"feedback": [feedback]}).status_code == 200
    (entry,) = [e for e in services.records().audit_entries(20) if e["target"] == card]
    assert entry["action"] == "cds_hooks_overridden"
    assert "secret" not in str(services.records().audit_entries(20))


def test_a_long_name_still_fits_the_summary(services: Services) -> None:
    opened = services.opened()
    case = Case(findings=(Finding("chest_pain", Presence.PRESENT),))
    advice = advise(case, opened.model, opened.cite)
    cards = make_cards(advice, "v" * 300, uuid4)
    assert isinstance(cards[0].source, CardSource)
    assert all(len(card.summary) < 140 for card in cards)
