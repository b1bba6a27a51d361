"""Who may: no token 401, a wrong role 403, a forged or old token 401."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.auth import Administrator, DialogueEngineCaller, Doctor, Patient, Role, Staff, Tokens
from api.errors import install_error_answers
from api.secret_files import Secrets
from api.settings import Settings
from knowledge_graph.domain.errors import InvalidInput, NotAuthenticated

KEY = b"k" * 32
ROUTES = {
    "/patient": {Role.PATIENT},
    "/doctor": {Role.DOCTOR},
    "/administrator": {Role.ADMINISTRATOR},
    "/staff": {Role.DOCTOR, Role.ADMINISTRATOR},
    "/engine": {Role.DIALOGUE_ENGINE},
}


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(Settings(var=tmp_path, _env_file=None))


@pytest.fixture
def client(secrets: Secrets) -> TestClient:
    app = FastAPI()
    app.state.services = SimpleNamespace(secrets=secrets, tokens=Tokens(KEY))

    @app.get("/patient")
    def patient(principal: Patient) -> str:
        return principal.id

    @app.get("/doctor")
    def doctor(principal: Doctor) -> str:
        return principal.id

    @app.get("/administrator")
    def administrator(principal: Administrator) -> str:
        return principal.id

    @app.get("/staff")
    def staff(principal: Staff) -> str:
        return principal.id

    @app.get("/engine")
    def engine(principal: DialogueEngineCaller) -> str:
        return principal.id

    install_error_answers(app)
    return TestClient(app)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}, bearer("x.y.z")]
)
def test_without_a_valid_token_it_is_401(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("role", [Role.PATIENT, Role.DOCTOR, Role.ADMINISTRATOR])
def test_only_the_right_role_enters(client: TestClient, path: str, role: Role) -> None:
    answer = client.get(path, headers=bearer(Tokens(KEY).issue("someone", role, 1)))
    if role in ROUTES[path]:
        assert (answer.status_code, answer.json()) == (200, "someone")
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_the_engine_shows_its_own_key(client: TestClient, secrets: Secrets) -> None:
    key = secrets.engine_key()
    assert client.get("/engine", headers=bearer(key)).status_code == 200
    assert client.get("/doctor", headers=bearer(key)).status_code == 403
    assert client.get("/engine", headers=bearer(key + "x")).status_code == 401
    odd = {"Authorization": "Bearer é".encode("latin-1")}
    assert client.get("/engine", headers=odd).status_code == 401  # type: ignore[arg-type]


def claims(**changes: Any) -> dict[str, Any]:
    soon = datetime.now(UTC) + timedelta(hours=1)
    return {"iss": "medbrain", "sub": "x", "role": "doctor", "exp": soon} | changes


@pytest.mark.parametrize(
    "token",
    [
        jwt.encode(claims(), b"another key of thirty-two letters", "HS256"),
        jwt.encode(claims(), None, "none"),
        jwt.encode(claims(exp=datetime.now(UTC) - timedelta(seconds=1)), KEY, "HS256"),
        jwt.encode(claims(iss="someone else"), KEY, "HS256"),
        jwt.encode(claims(role="king"), KEY, "HS256"),
        jwt.encode({k: v for k, v in claims().items() if k != "exp"}, KEY, "HS256"),
        jwt.encode({k: v for k, v in claims().items() if k != "role"}, KEY, "HS256"),
    ],
    ids=["other key", "unsigned", "expired", "other issuer", "unknown role", "endless", "no role"],
)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(NotAuthenticated):
        Tokens(KEY).read(token)


def test_a_token_needs_a_name() -> None:
    with pytest.raises(InvalidInput):
        Tokens(KEY).issue(" ", Role.DOCTOR, 1)
