"""Builds what the dialogue needs out of the service's parts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.consultation_store import SealedConsultations
from assistant.dialogue.engine import DialogueEngine, RasaEngine
from assistant.dialogue.services import DialogueServices
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.records import Records

if TYPE_CHECKING:
    from api.wiring import Services


def build_dialogue(services: "Services", engine: DialogueEngine | None = None) -> DialogueServices:
    """The dialogue's services. `engine`: another one than the Rasa server of the settings."""
    settings = services.settings
    return DialogueServices(
        core=services.core,
        finder=services.core_finder,
        model=services.model,
        knowledge=services.knowledge,
        store=SealedConsultations(
            services.records,
            services.secrets.transcript_cipher,
            settings.consultation_hours,
            _now,
        ),
        engine=engine
        or RasaEngine(settings.rasa_url, services.secrets.engine_key(), settings.rasa_wait_seconds),
        record=_recorder(services.records),
        now=_now,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _recorder(records: Callable[[], Records]) -> Callable[[Encounter], Awaitable[None]]:
    async def record(encounter: Encounter) -> None:
        await asyncio.to_thread(lambda: records().save_encounter(encounter))

    return record
