"""Log lines: JSON, with the request's id, and without anything a person wrote."""

import json
import logging
import sys
from typing import Any

import pytest

from api.logs import JsonFormatter, configure_logging, request_id

CANARY = "canary: my chest has hurt since Tuesday"


def line(logger: str, message: str, *args: object, **more: Any) -> dict[str, Any]:
    record = logging.Logger(logger).makeRecord(
        logger, logging.WARNING, "x.py", 1, message, args, more.pop("exc_info", None), extra=more
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_our_own_lines_keep_their_numbers_and_the_request_id() -> None:
    token = request_id.set("r-1")
    try:
        written = line("api.tasks", "job done in %d s", 3, job="j-1")
    finally:
        request_id.reset(token)
    assert written["message"] == "job done in 3 s"
    assert written["request_id"] == "r-1"
    assert written["job"] == "j-1"
    assert written["level"] == "WARNING"


def test_other_projects_lines_lose_their_arguments() -> None:
    written = line("rasa_sdk.executor", "failed on %s", CANARY, event=CANARY)
    assert written["message"] == "failed on %s"
    assert CANARY not in json.dumps(written)


def test_an_exception_is_its_type_and_place_without_its_words() -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError:
        written = line("api.errors", "unexpected error", exc_info=sys.exc_info())
    assert written["error"]["type"] == "ValueError"
    assert written["error"]["causes"] == ["KeyError"]
    assert "test_logs.py" in written["error"]["frames"][-1]
    assert CANARY not in json.dumps(written)


def test_addresses_are_not_logged_by_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("INFO")
        logging.getLogger("uvicorn.access").info('"GET /v1/chat/%s"', CANARY)
        logging.getLogger("httpx").info("HTTP Request: POST %s", CANARY)
        logging.getLogger("uvicorn.error").info("listening on %s", "127.0.0.1")
        logging.getLogger("api").info("started")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.getLogger("uvicorn.access").disabled = False
    lines = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert [entry["message"] for entry in lines] == ["listening on 127.0.0.1", "started"]
