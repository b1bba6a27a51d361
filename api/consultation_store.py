"""Consultations in the records database, sealed so that the database alone tells nothing."""

import asyncio
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from pydantic import ValidationError

from assistant.dialogue.consultation import Consultation, from_json, to_json
from knowledge_graph.records import Records

_FAST = 1


class SealedConsultations:
    """Keeps consultations for `hours` after they began. See ConsultationStore."""

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

    async def load(self, consultation_id: str) -> Consultation | None:
        """The latest state; None when expired, erased, or sealed with a key that is gone."""
        sealed = await asyncio.to_thread(self._sealed, consultation_id)
        if sealed is None:
            return None
        try:
            consultation = from_json(zlib.decompress(self._cipher.decrypt(sealed)))
        except (InvalidToken, ValidationError, zlib.error):
            return None
        expired = consultation.started + self._kept <= self._now()
        return None if expired else consultation

    async def save(self, consultation: Consultation) -> None:
        """Seal and keep."""
        # A transcript repeats itself: a fifth of its length is a fifth of the writing to disk.
        sealed = self._cipher.encrypt(zlib.compress(to_json(consultation), _FAST))
        expires_at = consultation.started + self._kept
        await asyncio.to_thread(self._keep, consultation.id, sealed, expires_at)

    async def erase(self, consultation_id: str) -> None:
        """Forget."""
        await asyncio.to_thread(self._forget, consultation_id)

    def _sealed(self, consultation_id: str) -> bytes | None:
        return self._records().consultation(consultation_id)

    def _keep(self, consultation_id: str, sealed: bytes, expires_at: datetime) -> None:
        self._records().save_consultation(consultation_id, sealed, expires_at)

    def _forget(self, consultation_id: str) -> None:
        self._records().delete_consultation(consultation_id)
