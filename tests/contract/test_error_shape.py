"""Every route, whatever goes wrong, answers with the one problem body."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.app import create_app
from api.auth import Role
from api.wiring import Services
from tests.support.services import headers, make_services

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:medbrain:problem:[a-z_]+$"},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "minLength": 10},
        "code": {"type": "string", "pattern": "^[a-z_]+$"},
        "request_id": {"type": "string", "minLength": 1},
    },
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = make_services(tmp_path_factory.mktemp("errors"), rasa_url="http://127.0.0.1:9")
    yield services
    services.close()


@pytest.fixture(scope="module")
def client(services: Services) -> TestClient:
    return TestClient(create_app(services=services))


@pytest.fixture(scope="module")
def operations(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    document = client.get("/openapi.json").json()
    return [
        (method.upper(), path.replace("{", "").replace("}", ""), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def check(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, (answer.request.method, answer.request.url, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    Draft202012Validator(PROBLEM).validate(body)
    assert body["status"] == status
    assert body["type"].endswith(body["code"])
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def test_there_are_routes_to_check(operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    assert len(operations) > 12
    assert sum("security" in operation for _, _, operation in operations) > 8


def test_no_token_is_401_and_a_wrong_role_is_403(
    client: TestClient, services: Services, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    for method, path, operation in operations:
        if "security" not in operation:
            continue
        assert check(client.request(method, path), 401)["code"] == "not_authenticated"
        allowed = [
            role
            for role in (Role.PATIENT, Role.DOCTOR, Role.ADMINISTRATOR)
            if client.request(method, path, headers=headers(services, role)).status_code != 403
        ]
        assert len(allowed) == 1, (method, path, allowed)
        for role in {Role.PATIENT, Role.DOCTOR, Role.ADMINISTRATOR} - set(allowed):
            answer = client.request(method, path, headers=headers(services, role))
            assert check(answer, 403)["code"] == "not_allowed"


def test_broken_json_and_long_bodies(
    client: TestClient, services: Services, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    with_body = [(m, p, o) for m, p, o in operations if "requestBody" in o]
    assert with_body
    for method, path, _ in with_body:
        for role in (Role.PATIENT, Role.DOCTOR, Role.ADMINISTRATOR):
            token = headers(services, role) | {"Content-Type": "application/json"}
            answer = client.request(method, path, content="{", headers=token)
            if answer.status_code != 403:
                assert check(answer, 400)["code"] == "invalid_json"
        limit = services.settings.largest_upload_bytes
        assert check(client.request(method, path, content=b"x" * (limit + 1)), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/nowhere", 404), ("DELETE", "/v1/literature", 405)],
)
def test_addresses_that_are_none(client: TestClient, method: str, path: str, status: int) -> None:
    check(client.request(method, path), status)


def test_the_body_is_in_the_openapi_document(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for methods in document["paths"].values():
        for operation in methods.values():
            schema = operation["responses"]["422"]["content"]["application/problem+json"]
            assert schema["schema"]["$ref"].endswith("/Problem")
