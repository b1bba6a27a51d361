"""What every request passes first."""

import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from api.boundary import BodyLimit, RequestBoundary


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.post("/v1/echo/{name}")
    async def echo(name: str, request: Request) -> int:
        return len(await request.body())

    @app.post("/v1/ingest")
    async def ingest(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(BodyLimit, limit=100, longer={"/v1/ingest": 200})
    app.add_middleware(RequestBoundary)
    return TestClient(app)


def in_pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 10


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [("/v1/echo/a", 100, 200), ("/v1/echo/a", 101, 413), ("/v1/ingest", 200, 200),
     ("/v1/ingest", 201, 413)],
)  # fmt: skip
def test_a_body_is_read_up_to_the_limit_of_its_path(
    client: TestClient, path: str, length: int, status: int
) -> None:
    answer = client.post(path, content=b"x" * length)
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == length


@pytest.mark.parametrize(("pieces", "status"), [(10, 200), (11, 413)])
def test_a_body_of_undeclared_length_is_counted(
    client: TestClient, pieces: int, status: int
) -> None:
    assert client.post("/v1/echo/a", content=in_pieces(pieces)).status_code == status


def test_a_good_request_id_is_kept_and_a_bad_one_replaced(client: TestClient) -> None:
    kept = client.post("/v1/echo/a", headers={"X-Request-ID": "trace.1_a-B"})
    assert kept.headers["x-request-id"] == "trace.1_a-B"
    replaced = client.post("/v1/echo/a", headers={"X-Request-ID": "a b <script>"})
    assert replaced.headers["x-request-id"].isalnum()


def test_protective_headers_are_on_every_answer(client: TestClient) -> None:
    for answer in (client.post("/v1/echo/a"), client.get("/nowhere")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert client.post("/v1/echo/a").headers["cache-control"] == "no-store"


def test_the_log_line_has_the_pattern_and_not_the_path(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api.boundary"):
        client.post("/v1/echo/secret-name")
        client.get("/nowhere/secret-name")
    lines = [vars(record) for record in caplog.records if record.name == "api.boundary"]
    assert [line["route"] for line in lines] == ["/v1/echo/{name}", "-"]
    assert [line["status"] for line in lines] == [200, 404]
    assert "secret-name" not in str(lines)
