"""The application as a whole: who may call what, health, pages, headers, and no word in the logs."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth import Role, public
from api.logs import JsonFormatter
from api.static_pages import mount_clients
from api.wiring import Services
from tests.support.services import headers, make_services, settings_in

CANARY = "zebrafinch said my left elbow whispers"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = make_services(tmp_path_factory.mktemp("app"), rasa_url="http://127.0.0.1:9")
    yield services
    services.close()


@pytest.fixture(scope="module")
def app(services: Services) -> FastAPI:
    return create_app(services=services)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


def routes_of(app: FastAPI) -> list[APIRoute]:
    included = [getattr(route, "original_router", app.router) for route in app.routes]
    found = [*app.routes, *(route for router in included for route in router.routes)]
    return [route for route in found if isinstance(route, APIRoute)]


def principals(route: APIRoute) -> list[Any]:
    return [
        dependency.call
        for dependency in route.dependant.dependencies  # codespell:ignore dependant
        if dependency.call is public or hasattr(dependency.call, "roles")
    ]


def test_every_route_says_who_may_call_it(app: FastAPI) -> None:
    routes = routes_of(app)
    assert len(routes) > 10
    assert [route.path for route in routes if len(principals(route)) != 1] == []


def test_only_these_routes_are_open(app: FastAPI) -> None:
    paths = {route.path for route in routes_of(app) if principals(route) == [public]}
    assert paths == {
        "/health/live",
        "/health/ready",
        "/cds-services",
        "/docs",
        "/docs/style.css",
        "/v1/chat/sessions",
        "/v1/chat/texts",
    }


def test_the_service_lives_and_names_what_is_down(client: TestClient, services: Services) -> None:
    assert client.get("/health/live").json() == {"status": "alive"}
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "degraded"
    states = {part["name"]: part["state"] for part in body["parts"]}
    assert states == {
        "knowledge": "up",
        "graph": "up",
        "records": "up",
        "rasa": "down",
        "queue": "up",
    }
    assert body["knowledge_version"] == services.knowledge().version


def test_everything_down_is_named_too(tmp_path: Path) -> None:
    services = make_services(
        tmp_path,
        published=False,
        rasa_url="http://127.0.0.1:9",
        broker_url="redis://127.0.0.1:9/0",
        records_url="postgresql+psycopg://nobody@127.0.0.1:9/none",
    )
    with TestClient(create_app(services=services)) as client:
        body = client.get("/health/ready").json()
    assert {part["state"] for part in body["parts"]} == {"down"}
    assert all(part["detail"] and part["code"] for part in body["parts"])
    assert body["knowledge_version"] is None


def test_the_reference_is_drawn_here(client: TestClient, app: FastAPI) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    for route in routes_of(app):
        if route.include_in_schema:
            assert f"<code>{route.path}</code>" in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    assert "<script" not in page.text
    assert client.get("/docs/style.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://clinic.example", True), ("https://other.example", False)]
)
def test_only_listed_origins_may_call_from_a_browser(
    tmp_path: Path, origin: str, allowed: bool
) -> None:
    services = Services(settings_in(tmp_path, cors_origins=("https://clinic.example",)))
    client = TestClient(create_app(services=services))
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = client.options("/v1/decision-support", headers=asked)
    assert ("access-control-allow-origin" in answer.headers) is allowed
    failed = client.post("/v1/decision-support", json={}, headers={"Origin": origin})
    assert failed.status_code == 401
    assert ("access-control-allow-origin" in failed.headers) is allowed


def test_by_default_no_other_origin_may_call(client: TestClient) -> None:
    asked = {"Origin": "https://clinic.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/v1/decision-support", headers=asked)
    assert "access-control-allow-origin" not in answer.headers


def test_client_folders_are_served_and_others_are_not(tmp_path: Path) -> None:
    for folder in ("page", "widget", "dashboard", "console", "secret"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "index.html").write_text(folder)
    (tmp_path / "widget" / "widget.js").write_text("export {}")
    app = FastAPI()
    mount_clients(app, tmp_path)
    client = TestClient(app)
    assert client.get("/").text == "page"
    for folder in ("dashboard", "console"):
        assert client.get(f"/{folder}").text == folder
    script = client.get("/widget/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert client.get("/secret/").status_code == 404
    assert client.get("/..%2f..%2fetc/passwd").status_code == 404


def sends(client: TestClient, services: Services) -> None:
    """The marked sentence through every route that takes a body, and as broken JSON."""
    doctor = headers(services, Role.DOCTOR)
    administrator = headers(services, Role.ADMINISTRATOR)
    client.post("/v1/decision-support", json={"note": CANARY}, headers=doctor)
    client.post("/v1/decision-support", json={"findings": [{"id": CANARY}]}, headers=doctor)
    client.post("/v1/decision-support", json={CANARY: CANARY}, headers=doctor)
    client.post("/v1/decision-support", content="{" + CANARY, headers=doctor)
    client.post("/v1/literature", json={"question": CANARY}, headers=doctor)
    client.post(f"/cds-services/{CANARY}", json={"hook": CANARY}, headers=doctor)
    client.get(f"/v1/jobs/{CANARY}", headers=administrator)
    client.get(f"/{CANARY}?q={CANARY}")
    client.post("/v1/ingest", json={"source": CANARY}, headers=administrator)
    opened = client.post("/v1/chat/sessions", json={"language": "en"}).json()
    patient = {"Authorization": f"Bearer {opened['token']}"}
    message = {"id": "message-1", "text": f"I have chest pain and short of breath. {CANARY}"}
    client.post("/v1/chat/messages", json=message, headers=patient)
    client.post("/v1/chat/messages", json={"id": "message-2", "text": CANARY}, headers=patient)
    client.post("/v1/chat/messages", json={"id": CANARY, "text": CANARY}, headers=patient)
    client.get("/v1/chat/messages", headers=patient)


def test_no_word_of_a_request_reaches_the_logs(
    client: TestClient, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    ours = ("api", "assistant", "ingest", "knowledge_graph")
    for name in ours:
        caplog.set_level(logging.DEBUG, name)
    with caplog.at_level(logging.INFO):
        sends(client, services)
    written = [JsonFormatter().format(record) for record in caplog.records]
    assert len(written) > 10
    assert [line for line in written if "zebrafinch" in line] == []
    routes = {json.loads(line).get("route") for line in written}
    assert {"/v1/decision-support", "/v1/chat/messages", "/v1/ingest"} <= routes


def test_an_emergency_is_answered_with_everything_down(tmp_path: Path) -> None:
    services = make_services(tmp_path, published=False, rasa_url="http://127.0.0.1:9")
    with TestClient(create_app(services=services)) as client:
        opened = client.post("/v1/chat/sessions", json={"language": "en"}).json()
        message = {"id": "message-1", "text": "I have chest pain and I am short of breath"}
        patient = {"Authorization": f"Bearer {opened['token']}"}
        answer = client.post("/v1/chat/messages", json=message, headers=patient)
    assert answer.status_code == 200
    assert "emergency" in [item["kind"] for item in answer.json()["messages"]]
