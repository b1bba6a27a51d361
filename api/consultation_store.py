"""Consultations in the records database, sealed so that the database alone tells nothing."""

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from pydantic import ValidationError

from assistant.dialogue.consultation import Consultation, from_json, to_json
from knowledge_graph.records import Records

_FAST = 1
_MOST_OPEN = 256


class SealedConsultations:
    """Keeps consultations for `hours` after they began. See ConsultationStore.

    The latest few stay unsealed in memory, and count only while the database holds the very same
    seal: reading a long conversation again was a tenth of a turn's work.
    """

    def __init__(
        self,
        records: Callable[[], Records],
        cipher: Fernet,
        hours: float,
        now: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._cipher = cipher
        self._kept = timedelta(hours=hours)
        self._now = now
        self._unsealed: OrderedDict[str, tuple[bytes, Consultation]] = OrderedDict()

    async def load(self, consultation_id: str) -> Consultation | None:
        """The latest state; None when expired, erased, or sealed with a key that is gone."""
        sealed = await asyncio.to_thread(self._sealed, consultation_id)
        consultation = self._unseal(consultation_id, sealed) if sealed is not None else None
        if consultation is None:
            return None
        expired = consultation.started + self._kept <= self._now()
        return None if expired else consultation

    async def save(self, consultation: Consultation) -> None:
        """Seal and keep."""
        # A transcript repeats itself: a fifth of its length is a fifth of the writing to disk.
        sealed = self._cipher.encrypt(zlib.compress(to_json(consultation), _FAST))
        expires_at = consultation.started + self._kept
        await asyncio.to_thread(self._keep, consultation.id, sealed, expires_at)
        self._remember(consultation, sealed)

    async def erase(self, consultation_id: str) -> None:
        """Forget."""
        self._unsealed.pop(consultation_id, None)
        await asyncio.to_thread(self._forget, consultation_id)

    def _unseal(self, consultation_id: str, sealed: bytes) -> Consultation | None:
        known = self._unsealed.get(consultation_id)
        if known is not None and known[0] == sealed:
            return known[1]
        try:
            return from_json(zlib.decompress(self._cipher.decrypt(sealed)))
        except (InvalidToken, ValidationError, zlib.error):
            return None

    def _remember(self, consultation: Consultation, sealed: bytes) -> None:
        self._unsealed[consultation.id] = (sealed, consultation)
        self._unsealed.move_to_end(consultation.id)
        if len(self._unsealed) > _MOST_OPEN:
            self._unsealed.popitem(last=False)

    def _sealed(self, consultation_id: str) -> bytes | None:
        return self._records().consultation(consultation_id)

    def _keep(self, consultation_id: str, sealed: bytes, expires_at: datetime) -> None:
        self._records().save_consultation(consultation_id, sealed, expires_at)

    def _forget(self, consultation_id: str) -> None:
        self._records().delete_consultation(consultation_id)
