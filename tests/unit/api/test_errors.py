"""Every error has a status and the one body; what nobody foresaw says nothing of what was sent."""

import inspect
import json
import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict

from api.boundary import BodyLimit, RequestBoundary
from api.errors import CatchUnexpected, PrefetchMissing, install_error_answers, status_of
from api.logs import JsonFormatter
from knowledge_graph.domain import errors
from knowledge_graph.domain.errors import DependencyDown, MedbrainError, UnreadableDocument

CANARY = "canary-in-the-request"

STATUSES = {
    "MedbrainError": 500,
    "InvalidInput": 422,
    "UnknownCode": 422,
    "UnreadableDocument": 422,
    "KnowledgeInvalid": 500,
    "KnowledgeMissing": 503,
    "WriterBusy": 409,
    "StorageFull": 507,
    "DependencyDown": 503,
    "QualityGateFailed": 500,
    "NotFound": 404,
    "NotAuthenticated": 401,
    "NotAllowed": 403,
}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    age: int


def make_app() -> FastAPI:
    app = FastAPI()

    @app.post("/v1/thing")
    @app.post("/v1/chat/thing")
    def thing(body: Body) -> dict[str, int]:
        return {"age": body.age}

    @app.get("/v1/named")
    @app.get("/v1/chat/named")
    def named() -> None:
        raise DependencyDown("The graph", "Start it.")

    @app.get("/v1/broken")
    @app.get("/v1/chat/broken")
    def broken() -> None:
        raise RuntimeError(CANARY)

    install_error_answers(app)
    app.add_middleware(BodyLimit, limit=100, longer={"/v1/ingest": 1000})
    app.add_middleware(CatchUnexpected)
    app.add_middleware(RequestBoundary)
    return app


@pytest.fixture
def client() -> TestClient:
    return TestClient(make_app())


def build(kind: type[MedbrainError]) -> MedbrainError:
    if issubclass(kind, UnreadableDocument | DependencyDown):
        return kind("there", "why")
    return kind("what happened")


def test_every_named_error_has_its_status() -> None:
    kinds = {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, MedbrainError)
    }
    assert {name: status_of(build(kind)) for name, kind in kinds.items()} == STATUSES
    assert status_of(PrefetchMissing("x")) == 412


def test_every_named_error_has_a_code_of_its_own() -> None:
    codes = [
        kind.code
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, MedbrainError)
    ]
    assert len(set(codes)) == len(codes)


def test_a_named_error_is_told_to_staff(client: TestClient) -> None:
    answer = client.get("/v1/named", headers={"X-Request-ID": "abc-1"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "30"
    assert answer.json() == {
        "type": "urn:medbrain:problem:dependency_down",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The graph does not answer. Start it.",
        "code": "dependency_down",
        "request_id": "abc-1",
    }


@pytest.mark.parametrize(
    ("path", "method", "content"),
    [
        ("/v1/chat/named", "GET", None),
        ("/v1/chat/broken", "GET", None),
        ("/v1/chat/nowhere", "GET", None),
        ("/v1/chat/thing", "POST", '{"age": "x"}'),
        ("/v1/chat/thing", "POST", "{"),
        ("/v1/chat/thing", "POST", "x" * 101),
    ],
)
@pytest.mark.parametrize(
    ("language", "number"), [("zh-CN,zh;q=0.9", "120"), ("en", "911"), ("xx", "911"), ("", "911")]
)
def test_a_patient_always_reads_a_safe_sentence(
    client: TestClient, path: str, method: str, content: str | None, language: str, number: str
) -> None:
    answer = client.request(method, path, content=content, headers={"Accept-Language": language})
    assert answer.status_code >= 400
    assert number in answer.json()["detail"]
    assert "graph" not in answer.json()["detail"]


def test_what_nobody_foresaw_is_a_500_that_repeats_nothing(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/v1/broken", headers={"X-Request-ID": "abc-2"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert answer.json()["request_id"] == "abc-2"
    assert CANARY not in answer.text
    written = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    assert [entry for entry in written if entry.get("error", {}).get("type") == "RuntimeError"]
    assert CANARY not in json.dumps(written)


def test_bad_input_is_named_by_place_and_not_repeated(client: TestClient) -> None:
    answer = client.post("/v1/thing", json={"age": CANARY, "extra": CANARY})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert {fault["where"] for fault in answer.json()["errors"]} == {"age", "extra"}
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("POST", "/v1/thing", "{", 400, "invalid_json"),
        ("POST", "/v1/thing", b"\xff\xfe", 400, "invalid_json"),
        ("POST", "/v1/thing", "", 422, "invalid_request"),
        ("GET", "/v1/nowhere", None, 404, "not_found"),
        ("GET", "/v1/thing", None, 405, "method_not_allowed"),
        ("POST", "/v1/thing", "x" * 101, 413, "too_large"),
    ],
)
def test_errors_of_the_wire_have_the_one_body_too(
    client: TestClient, method: str, path: str, content: str | None, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.request(method, path, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"]
