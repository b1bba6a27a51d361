"""Logging as JSON lines: ids and counts, never what a person wrote.

Two rules keep patient text out. A record of another project's logger is written without its
arguments, and an exception is written as its type and where it happened, without its message.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request this code runs for, or None outside one."""

_OURS = ("api", "assistant", "ingest", "knowledge_graph")
_PLAIN = ("uvicorn.error",)
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class JsonFormatter(logging.Formatter):
    """One JSON object for each record, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; see the module's docstring for what is left out."""
        is_ours = record.name.split(".")[0] in _OURS
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if is_ours or record.name in _PLAIN else str(record.msg),
        }
        if (current := request_id.get()) is not None:
            line["request_id"] = current
        if is_ours:
            extras = record.__dict__.items()
            line.update({key: value for key, value in extras if key not in _STANDARD})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = describe_error(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def describe_error(info: _ExcInfo) -> dict[str, Any]:
    """An exception without its message: its type, its causes' types, and the frames."""
    kind, error, _ = info
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < 5:
        causes.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "type": kind.__name__,
        "causes": causes,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def configure_logging(level: str = "INFO") -> None:
    """Send every logger's records to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.INFO)
    # Its lines hold whole addresses; errors.py writes one line for each request instead.
    logging.getLogger("uvicorn.access").disabled = True
