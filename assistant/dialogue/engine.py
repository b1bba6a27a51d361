"""The dialogue engine: what decides, from stage and intent, which action a message calls for.

It is handed words and a conversation id, and calls back with the action's name (`turn.perform`).
Nothing else passes: no answers and no findings.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import aiohttp

from knowledge_graph.domain.errors import DependencyDown

_FAILURES_TO_OPEN = 3
_PAUSE_SECONDS = 5.0
_CONNECT_SECONDS = 1.0
# Shorter than the five seconds after which the server closes an idle connection.
_KEPT_OPEN_SECONDS = 2.0
_FAULTS = (aiohttp.ClientError, asyncio.TimeoutError)


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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`key`: what the server knows us by. `clock`: another than the real one, for tests."""
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"}
        self._timeout = aiohttp.ClientTimeout(
            total=wait_seconds, sock_connect=min(wait_seconds, _CONNECT_SECONDS)
        )
        self._clock = clock
        self._opened: aiohttp.ClientSession | None = None
        self._failures = 0
        self._paused_until = float("-inf")

    async def decide(self, engine_id: str, words: str) -> None:
        """See DialogueEngine."""
        if self._clock() < self._paused_until:
            raise _down()
        message = {"sender": engine_id, "message": words}
        try:
            async with self._session().post(
                f"{self._url}/webhooks/turn/message", json=message
            ) as answer:
                answer.raise_for_status()
        except _FAULTS as error:
            self._failures += 1
            if self._failures >= _FAILURES_TO_OPEN:
                self._paused_until = self._clock() + _PAUSE_SECONDS
            raise _down() from error
        self._failures = 0

    async def is_up(self) -> bool:
        """See DialogueEngine."""
        try:
            async with self._session().get(f"{self._url}/") as answer:
                return answer.ok
        except _FAULTS:
            return False

    async def close(self) -> None:
        """Let go of the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first call: a session belongs to the event loop that runs then."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_OPEN_SECONDS, limit=0),
                headers=self._headers,
                timeout=self._timeout,
                trust_env=False,
            )
        return self._opened


def _down() -> DependencyDown:
    return DependencyDown("The dialogue engine (Rasa)", "Start it with: medbrain run")
