"""The dialogue on a small core with a scripted engine at its edge, for tests without Rasa."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from assistant.dialogue.consultation import Consultation, Incoming, from_json, to_json
from assistant.dialogue.messages import Message
from assistant.dialogue.services import DialogueServices
from assistant.dialogue.training_data import action_for, read_conversation
from assistant.dialogue.turn import open_consultation, perform, take_turn
from assistant.symptom_check.model import build_model
from knowledge_graph.core.load import Core
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.domain.errors import DependencyDown, KnowledgeMissing
from knowledge_graph.knowledge import Knowledge, build_finder
from tests.support.small_core import small_core

TABLE = read_conversation()
BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class MemoryStore:
    """Keeps consultations as the JSON that a real store would seal."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.is_down = False

    async def load(self, consultation_id: str) -> Consultation | None:
        self._check()
        data = self.kept.get(consultation_id)
        return from_json(data) if data else None

    async def save(self, consultation: Consultation) -> None:
        self._check()
        self.kept[consultation.id] = to_json(consultation)

    async def erase(self, consultation_id: str) -> None:
        self._check()
        self.kept.pop(consultation_id, None)

    def _check(self) -> None:
        if self.is_down:
            raise DependencyDown("The records database", "Start it")


@dataclass
class ScriptedEngine:
    """Decides by the conversation table, as Rasa does. `intents`: what each text is taken for."""

    intents: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    heard: list[str] = field(default_factory=list)
    services: DialogueServices | None = None
    answers_lost: bool = False

    async def decide(self, engine_id: str, words: str) -> None:
        self.heard.append(words)
        if self.is_down:
            raise DependencyDown("The dialogue engine", "Start it")
        assert self.services is not None
        turn = self.services.turns.find(engine_id)
        assert turn is not None
        consultation, said = turn.consultation, turn.incoming.text
        intent = words[1:] if words.startswith("/") else self.intents.get(said, "inform")
        action = action_for(TABLE, consultation.stage, intent)
        assert action is not None, (consultation.stage, intent)
        await perform(engine_id, action, self.services)
        if self.answers_lost:
            raise DependencyDown("The dialogue engine", "Start it")

    async def is_up(self) -> bool:
        return not self.is_down


def _no_knowledge() -> Knowledge:
    raise KnowledgeMissing("none in this test")


@dataclass
class Talk:
    """One conversation under test. `say` and `choose` give the replies of one turn."""

    services: DialogueServices
    engine: ScriptedEngine
    store: MemoryStore
    encounters: list[Encounter]
    id: str = "c1"
    language: str = "en"
    _numbers: Any = field(default_factory=lambda: count(1))

    async def open(self) -> tuple[Message, ...]:
        opened = await open_consultation(self.id, self.language, self.services)
        return opened.transcript[0].replies

    async def say(self, text: str, intent: str | None = None) -> tuple[Message, ...]:
        if intent is not None:
            self.engine.intents[text] = intent
        return await self.send(Incoming(f"m{next(self._numbers)}", text=text))

    async def choose(self, question_id: str, *values: str) -> tuple[Message, ...]:
        return await self.send(
            Incoming(f"m{next(self._numbers)}", question_id=question_id, values=values)
        )

    async def send(self, incoming: Incoming) -> tuple[Message, ...]:
        return await take_turn(self.id, incoming, self.services)

    async def now(self) -> Consultation:
        found = await self.services.store.load(self.id)
        assert found is not None
        return found

    async def to_complaint(self, age: str = "35", sex: str = "female") -> tuple[Message, ...]:
        """Through consent and the person's details by buttons."""
        await self.open()
        await self.choose("consent", "yes")
        await self.choose("subject", "self")
        await self.say(age, "choose")
        replies = await self.choose("sex", sex)
        if getattr(replies[-1], "id", "") == "pregnancy":
            replies = await self.choose("pregnancy", "no")
        return replies

    async def to_interview(self, complaint: str = "I have a cough") -> tuple[Message, ...]:
        """The first question of the interview."""
        await self.to_complaint()
        await self.say(complaint, "inform")
        return await self.choose("confirm", "confirm")


def make_talk(
    language: str = "en",
    core: Core | None = None,
    knowledge: Callable[[], Knowledge] = _no_knowledge,
) -> Talk:
    core = core or small_core()
    model = build_model(core)
    store, engine = MemoryStore(), ScriptedEngine()
    encounters: list[Encounter] = []

    async def record(encounter: Encounter) -> None:
        encounters.append(encounter)

    clock = count()
    services = DialogueServices(
        core=core,
        finder=build_finder(core),
        model=lambda: model,
        knowledge=knowledge,
        store=store,
        engine=engine,
        record=record,
        now=lambda: BEGAN + timedelta(seconds=next(clock)),
    )
    engine.services = services
    return Talk(services, engine, store, encounters, language=language)


def with_engine_of(talk: Talk, **changes: Any) -> Talk:
    """The same talk with other services."""
    services = replace(talk.services, **changes)
    talk.engine.services = services
    return replace(talk, services=services)
