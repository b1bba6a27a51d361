"""Consultations at rest: sealed, and gone when their time is over."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from api.consultation_store import SealedConsultations
from assistant.dialogue.consultation import Consultation, Exchange
from knowledge_graph.records import Records
from tests.support.dialogue import BEGAN

pytestmark = pytest.mark.anyio


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    made = Records(f"sqlite:///{tmp_path / 'records.sqlite'}")
    made.prepare()
    yield made
    made.close()


def store(records: Records, cipher: Fernet, hours_later: float = 0) -> SealedConsultations:
    # The database drops what has expired by the real clock, so this one begins in its future.
    return SealedConsultations(
        lambda: records, cipher, 24 * 365 * 100, lambda: BEGAN + timedelta(hours=hours_later)
    )


CONSULTATION = Consultation("c1", "en", BEGAN).with_exchange(Exchange("m", "canary", ()))


async def test_what_is_saved_is_read_again_and_can_be_erased(records: Records) -> None:
    kept = store(records, Fernet(Fernet.generate_key()))
    assert await kept.load("c1") is None
    await kept.save(CONSULTATION)
    assert await kept.load("c1") == CONSULTATION
    sealed = records.consultation("c1")
    assert sealed and b"canary" not in sealed
    await kept.erase("c1")
    assert await kept.load("c1") is None


async def test_another_key_reads_nothing(records: Records) -> None:
    await store(records, Fernet(Fernet.generate_key())).save(CONSULTATION)
    assert await store(records, Fernet(Fernet.generate_key())).load("c1") is None


async def test_what_has_expired_is_not_read(records: Records) -> None:
    cipher = Fernet(Fernet.generate_key())
    await store(records, cipher).save(CONSULTATION)
    assert await store(records, cipher, 24 * 365 * 100 - 1).load("c1") is not None
    assert await store(records, cipher, 24 * 365 * 100).load("c1") is None


async def test_what_another_process_saved_is_read_not_remembered(records: Records) -> None:
    cipher = Fernet(Fernet.generate_key())
    here, elsewhere = store(records, cipher), store(records, cipher)
    await here.save(CONSULTATION)
    later = CONSULTATION.with_exchange(Exchange("n", "more", ()))
    await elsewhere.save(later)
    assert await here.load("c1") == later
    await elsewhere.erase("c1")
    assert await here.load("c1") is None
