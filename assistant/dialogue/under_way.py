"""The turns under way in this process: one at a time in each conversation.

The engine's callback comes to the process that waits for it; what it needs is handed over here, in
memory. One installation's conversations are therefore served by one API process.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from assistant.dialogue.consultation import Consultation, Incoming
from assistant.dialogue.messages import Message


@dataclass(slots=True)
class Waiting:
    """A turn that waits for the engine's action; `reply` is what the `action` made of it."""

    consultation: Consultation
    incoming: Incoming
    action: str | None = None
    reply: tuple[Consultation, tuple[Message, ...]] | None = None


class TurnsUnderWay:
    """Locks by conversation, and waiting turns by the engine's id for the conversation."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._waiting: dict[str, Waiting] = {}

    @asynccontextmanager
    async def alone(self, consultation_id: str) -> AsyncIterator[None]:
        """Wait until no other turn of the conversation runs, and let none run inside."""
        lock = self._locks.get(consultation_id)
        if lock is None:
            lock = self._locks[consultation_id] = asyncio.Lock()
        async with lock:
            yield

    @contextmanager
    def waiting(self, consultation: Consultation, incoming: Incoming) -> Iterator[Waiting]:
        """A turn that the engine decides on inside; afterwards a late action finds nothing."""
        turn = self._waiting[consultation.engine_id] = Waiting(consultation, incoming)
        try:
            yield turn
        finally:
            del self._waiting[consultation.engine_id]

    def find(self, engine_id: str) -> Waiting | None:
        """The turn that waits under the engine's id, if any."""
        return self._waiting.get(engine_id)
