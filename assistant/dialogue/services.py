"""What the dialogue needs from outside. Built once, in api/dialogue_wiring.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from assistant.dialogue.consultation import ConsultationStore
from assistant.dialogue.engine import DialogueEngine
from assistant.dialogue.under_way import TurnsUnderWay
from assistant.symptom_check.model import ClinicalModel
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.knowledge import Knowledge


@dataclass(frozen=True)
class DialogueServices:
    """The dialogue's surroundings.

    `core` and `finder` (of the core's names) are always there: the emergency screen uses nothing
    else. `model` and `knowledge` give the current ones; `knowledge` raises a MedbrainError when
    there is none. `record` keeps the coded encounter of a finished consultation. `now` has a zone.
    """

    core: Core
    finder: ConceptFinder
    model: Callable[[], ClinicalModel]
    knowledge: Callable[[], Knowledge]
    store: ConsultationStore
    engine: DialogueEngine
    record: Callable[[Encounter], Awaitable[None]]
    now: Callable[[], datetime]
    turns: TurnsUnderWay = field(default_factory=TurnsUnderWay)
