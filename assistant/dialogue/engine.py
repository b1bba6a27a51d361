"""The dialogue engine: what decides, from stage and intent, which action a message calls for.

It is handed words and a conversation id, and calls back with the action's name (`turn.perform`).
Nothing else passes: no answers and no findings.
"""

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

import httpx

from knowledge_graph.domain.errors import DependencyDown

_FAILURES_TO_OPEN = 3
_PAUSE_SECONDS = 5.0
_CONNECT_SECONDS = 1.0
_KEPT_OPEN_SECONDS = 2.0

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    # httpcore looks for this optional package on each request, through every folder of the path:
    # a fifth of the API's work in a turn. That it is not there need be found out only once.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class DialogueEngine(Protocol):
    """Decides what happens next in a conversation."""

    async def decide(self, engine_id: str, words: str) -> None:
        """Hand over a message; returns when the action it led to has run.

        Raises DependencyDown when the engine does not answer in time.
        """

    async def is_up(self) -> bool:
        """Whether it answers at all."""


class RasaEngine:
    """A Rasa server at `url`, over HTTP (assistant/rasa_project/components/channel.py).

    After three failures in a row nothing is sent for five seconds, so that patients are not kept
    waiting by a server that is down.
    """

    def __init__(
        self,
        url: str,
        key: str,
        wait_seconds: float = 4.0,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`key`: what the server knows us by. `transport`, `clock`: others than the real, for tests."""
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(wait_seconds, connect=min(wait_seconds, _CONNECT_SECONDS)),
            transport=transport,
            # Shorter than the five seconds after which the server closes an idle connection.
            limits=httpx.Limits(keepalive_expiry=_KEPT_OPEN_SECONDS),
            trust_env=False,
        )
        self._clock = clock
        self._failures = 0
        self._paused_until = float("-inf")

    async def decide(self, engine_id: str, words: str) -> None:
        """See DialogueEngine."""
        if self._clock() < self._paused_until:
            raise _down()
        try:
            answer = await self._client.post(
                "/webhooks/turn/message", json={"sender": engine_id, "message": words}
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            self._failures += 1
            if self._failures >= _FAILURES_TO_OPEN:
                self._paused_until = self._clock() + _PAUSE_SECONDS
            raise _down() from error
        self._failures = 0

    async def is_up(self) -> bool:
        """See DialogueEngine."""
        try:
            answer = await self._client.get("/")
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _down() -> DependencyDown:
    return DependencyDown("The dialogue engine (Rasa)", "Start it with: medbrain run")
