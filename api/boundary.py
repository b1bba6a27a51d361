"""What every request passes first: a request id, a length limit, protective headers, a log line."""

import logging
import re
import time
from collections.abc import Mapping
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer_for
from api.logs import request_id

logger = logging.getLogger(__name__)

_ID_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_PROTECTIVE_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # The widget's files are embedded in the pages of others; data is guarded by CORS and tokens.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class RequestBoundary:
    """ASGI layer, the outermost: gives the request its id, its headers and its log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope).get("x-request-id", "")
        current = sent if _ID_FORM.fullmatch(sent) else uuid4().hex
        token = request_id.set(current)
        began = time.perf_counter()
        status = 0

        async def add_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _protect(MutableHeaders(scope=message), scope["path"], current)
            await send(message)

        try:
            await self._app(scope, receive, add_headers)
        finally:
            _log_request(scope, status, time.perf_counter() - began)
            request_id.reset(token)


def _protect(headers: MutableHeaders, path: str, current: str) -> None:
    headers["X-Request-ID"] = current
    for name, value in _PROTECTIVE_HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith(("/v1/", "/cds-services", "/internal/")):
        headers.setdefault("Cache-Control", "no-store")


def _log_request(scope: Scope, status: int, seconds: float) -> None:
    """The route's pattern, not its path: a path can hold an identifier."""
    route = getattr(scope.get("route"), "path", "-")
    logger.info(
        "request",
        extra={
            "method": scope["method"],
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        },
    )


class BodyLimit:
    """ASGI layer: reads the body up to the limit of its path, and answers 413 beyond it.

    `longer`: limits of paths that may send more, by prefix.
    """

    def __init__(self, app: ASGIApp, limit: int, longer: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._longer = longer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that is short enough, its body already read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        body = None
        if not (declared.isdigit() and int(declared) > limit):
            body = await _read(receive, limit)
        if body is None:
            detail = f"The request is longer than {limit:,} bytes; send less at once."
            too_long = answer_for(
                Request(scope), 413, "too_large", detail, headers={"Connection": "close"}
            )
            await too_long(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _limit_of(self, path: str) -> int:
        return next(
            (limit for prefix, limit in self._longer.items() if path.startswith(prefix)),
            self._limit,
        )


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None when it is longer than the limit."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body.extend(message.get("body", b""))
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once, then what the client does next."""
    pending = True

    async def replayed() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
