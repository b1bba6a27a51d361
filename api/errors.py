"""From an error to an answer: one match for the status, one body for all (RFC 9457).

The body holds `code` (stable), a sentence a person can act on, and the request id. Patients get a
safe sentence in their language with the emergency number instead of the reason.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import request_id
from knowledge_graph.domain.errors import (
    DependencyDown,
    InvalidInput,
    KnowledgeMissing,
    MedbrainError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    StorageFull,
    UnreadableDocument,
    WriterBusy,
)
from knowledge_graph.language import language_of, languages

logger = logging.getLogger(__name__)

PATIENT_ROUTES = "/v1/chat"
"""Under this path the caller is a patient."""

_CODES = {
    400: ("bad_request", "The request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "The request is too long."),
}


class PrefetchMissing(MedbrainError):
    """A CDS Hooks call without the data it must bring along."""

    code = "prefetch_missing"


class Problem(BaseModel):
    """The body of every error answer, `application/problem+json`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None


def status_of(error: MedbrainError) -> int:  # noqa: C901 - one line for each error is the point
    """The HTTP status of a named error."""
    match error:
        case NotAuthenticated():
            return 401
        case NotAllowed():
            return 403
        case NotFound():
            return 404
        case WriterBusy():
            return 409
        case PrefetchMissing():
            return 412
        case InvalidInput() | UnreadableDocument():
            return 422
        case KnowledgeMissing() | DependencyDown():
            return 503
        case StorageFull():
            return 507
        case _:
            return 500


def problem(
    status: int,
    code: str,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An error answer. `members`: further members of the body, as RFC 9457 allows."""
    body = Problem(
        type=f"urn:medbrain:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id.get(),
        **(members or {}),
    )
    return JSONResponse(
        body.model_dump(mode="json"),
        status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def safe_sentence(accept_language: str | None) -> str:
    """What a patient reads when something failed, in the first language we have."""
    for part in (accept_language or "").split(","):
        code = part.split(";")[0].strip().split("-")[0].lower()
        if code in languages():
            break
    else:
        code = "en"
    language = language_of(code)
    return language.say("error_safe", number=language.emergency_number)


def answer(request: Request, error: MedbrainError) -> Response:
    """The answer to a named error. An error may carry `members` for the body."""
    status = status_of(error)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "30"
    if status >= 500:
        logger.warning("request failed", extra={"code": error.code, "status": status})
    return answer_for(
        request, status, error.code, str(error), getattr(error, "members", None), headers
    )


def answer_for(
    request: Request,
    status: int,
    code: str,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error answer in the words its reader should see: patients get the safe sentence."""
    if request.url.path.startswith(PATIENT_ROUTES):
        detail = safe_sentence(request.headers.get("accept-language"))
    return problem(status, code, detail, members, headers)


def _on_named_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MedbrainError)
    return answer(request, error)


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, detail = _CODES.get(
        error.status_code, ("http_error", HTTPStatus(error.status_code).phrase)
    )
    return answer_for(request, error.status_code, code, detail, headers=error.headers)


def _on_bad_request(request: Request, error: Exception) -> Response:
    """What FastAPI found wrong, by place. What was sent is left out: it may be a patient's text."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return answer_for(request, 400, "invalid_json", "The body is not valid JSON.")
    errors = [
        {"where": _place(fault["loc"]), "message": fault["msg"].removeprefix("Value error, ")}
        for fault in faults
    ]
    detail = "; ".join(f"{fault['where']}: {fault['message']}" for fault in errors[:5])
    return answer_for(request, 422, "invalid_request", detail, {"errors": errors})


def _place(location: tuple[int | str, ...]) -> str:
    """'body.findings.0.presence' → 'findings.0.presence'; unknown keys are named only by place."""
    parts = [str(part)[:60] for part in location]
    return ".".join(parts[1:] or parts)


def install_error_answers(app: FastAPI) -> None:
    """Answer every error of every route with the one body."""
    app.add_exception_handler(MedbrainError, _on_named_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)


class CatchUnexpected:
    """ASGI layer: what nobody foresaw becomes a 500 with the one body, and one log line.

    It stands outside the framework's own layer, which would raise the error again and so hand its
    message, with whatever a patient wrote in it, to the server's log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer in its place when it breaks."""
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        # The one place where a fault that has no name becomes an answer.
        except Exception:
            logger.exception("unexpected error")
            if scope["type"] != "http" or started:
                return
            await _unexpected(Request(scope))(scope, receive, send)


def _unexpected(request: Request) -> Response:
    detail = "Something went wrong here. Try again; if it stays, give the request id to support."
    return answer_for(request, 500, "internal_error", detail)
