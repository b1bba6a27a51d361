"""One turn: a patient's message in, replies out. Every channel comes through here.

In order: screen for an emergency, which may end the turn; let the dialogue engine decide, which
calls back to `perform`; record. A patient always gets an answer, whatever is down.
"""

import asyncio
import logging
from hashlib import sha256

from assistant.dialogue import phrasing
from assistant.dialogue.actions import perform_action
from assistant.dialogue.consultation import Consultation, Exchange, Incoming, Stage
from assistant.dialogue.emergency import screen_message
from assistant.dialogue.masking import mask
from assistant.dialogue.messages import Ask, Message, Understood
from assistant.dialogue.services import DialogueServices
from assistant.dialogue.stages import Reply, advance, sound
from knowledge_graph.domain.case import Presence
from knowledge_graph.domain.encounter import Encounter
from knowledge_graph.domain.errors import DependencyDown, MedbrainError, NotFound
from knowledge_graph.language import detect_language, language_of

logger = logging.getLogger(__name__)

LONGEST_TEXT = 4_000
_WORDS_FOR_ENGINE = 500
_INTENTS = {"yes": "affirm", "no": "deny", "unknown": "dont_know"}
_CONFIRM_INTENTS = {"confirm": "affirm", "reject": "deny"}
_ROUND_LENGTH = 60
_WITH_OUTCOME = (Stage.CLOSED, Stage.EMERGENCY)


async def open_consultation(
    consultation_id: str, language: str, services: DialogueServices
) -> Consultation:
    """Begin: greeting, notice and the question for consent. Raises InvalidInput, DependencyDown."""
    code = language_of(language).code
    blank = Consultation(consultation_id, code, services.now())
    asked, messages = advance(blank, services)
    number = phrasing.emergency_number(code)
    greeting = (
        phrasing.text(code, "greeting"),
        phrasing.text(code, "notice", number=number),
    )
    opened = asked.with_exchange(Exchange("", None, (*greeting, *messages)))
    await services.store.save(opened)
    return opened


async def take_turn(
    consultation_id: str, incoming: Incoming, services: DialogueServices
) -> tuple[Message, ...]:
    """Answer one message; the same message id again gets the same answer.

    Raises NotFound when there is no such consultation (any more).
    """
    async with services.turns.alone(consultation_id):
        try:
            before = await _load(consultation_id, services)
        except NotFound:
            raise
        # An emergency is answered even when nothing can be read.
        except Exception as fault:  # noqa: BLE001
            _log(fault, "consultation not read")
            return _without_memory(consultation_id, incoming, services)
        answered = before.answer_to(incoming.message_id)
        if answered is not None:
            return answered
        try:
            reached, replies = await _reply(incoming, before, services)
        # Whatever breaks, a patient gets a safe sentence and the turn is recorded.
        except Exception as fault:  # noqa: BLE001
            _log(fault, "turn failed")
            reached, replies = before.next_round(), (phrasing.problem(before.language),)
        exchange = Exchange(incoming.message_id, _as_said(incoming, before), replies)
        await _record(before, reached.with_exchange(exchange), services)
        return replies


async def erase(consultation_id: str, services: DialogueServices) -> None:
    """Forget a consultation. Raises DependencyDown."""
    async with services.turns.alone(consultation_id):
        await services.store.erase(consultation_id)


async def perform(engine_id: str, action: str, services: DialogueServices) -> Consultation:
    """Run the action that the dialogue engine decided on, for the `take_turn` that waits for it.

    The same action asked for again in the same turn runs once. Raises NotFound when no turn waits
    for one, or the action does not exist.
    """
    turn = services.turns.find(engine_id)
    if turn is None or turn.action not in (None, action):
        raise NotFound("This conversation waits for no action")
    turn.action = action
    if turn.reply is None:
        turn.reply = await asyncio.to_thread(
            perform_action, action, turn.consultation, turn.incoming, services
        )
    return turn.reply[0]


def consultation_at(engine_id: str, services: DialogueServices) -> Consultation:
    """The consultation whose turn waits under the engine's id. Raises NotFound."""
    turn = services.turns.find(engine_id)
    if turn is None:
        raise NotFound("This conversation waits for nothing")
    return turn.consultation


async def _load(consultation_id: str, services: DialogueServices) -> Consultation:
    found = await services.store.load(consultation_id)
    if found is None:
        raise NotFound("This conversation has ended; begin a new one")
    return found


def _without_memory(
    consultation_id: str, incoming: Incoming, services: DialogueServices
) -> tuple[Message, ...]:
    """What can be said when nothing can be read: an emergency is still one. Nothing is kept."""
    code = detect_language(incoming.text)
    blank = Consultation(consultation_id, code, services.now())
    alarm = screen_message(incoming, blank, services.finder, services.core)
    if alarm is not None:
        return sound(alarm, blank)[1]
    return (phrasing.problem(code),)


async def _reply(
    incoming: Incoming, consultation: Consultation, services: DialogueServices
) -> Reply:
    alarm = screen_message(incoming, consultation, services.finder, services.core)
    if alarm is not None:
        # The engine knows nothing of this turn: its next one starts from our stage.
        return sound(alarm, consultation.next_round())
    if not incoming.is_choice and not incoming.text.strip():
        return consultation, (phrasing.text(consultation.language, "empty_message"),)
    if len(incoming.text) > LONGEST_TEXT:
        said = phrasing.text(consultation.language, "too_long", limit=LONGEST_TEXT)
        return consultation, (said,)
    return await _decided(incoming, consultation, services)


async def _decided(
    incoming: Incoming, consultation: Consultation, services: DialogueServices
) -> Reply:
    """Let the engine decide; its action has answered when it returns."""
    if len(consultation.transcript) % _ROUND_LENGTH == 0:
        # Whatever the engine keeps of a conversation, it keeps no longer than this.
        consultation = consultation.next_round()
    with services.turns.waiting(consultation, incoming) as turn:
        words = words_for_engine(incoming, services)
        try:
            await services.engine.decide(consultation.engine_id, words)
        except DependencyDown:
            # The action may have run although the engine's own answer was lost; what the engine
            # makes of its next message then starts from our stage.
            if turn.reply is None:
                raise
            return turn.reply[0].next_round(), turn.reply[1]
    if turn.reply is None:
        raise DependencyDown("The dialogue engine's action", "Train it again: medbrain rasa train")
    return turn.reply


def words_for_engine(incoming: Incoming, services: DialogueServices) -> str:
    """What the engine reads: the masked words, or for buttons the intent, not the choice."""
    if not incoming.is_choice:
        words = mask(incoming.text[:_WORDS_FOR_ENGINE], services.finder)
        # A leading slash would be read as a command to the engine.
        return words.lstrip("/ ") or "?"
    value = incoming.values[0] if incoming.values else ""
    table = _CONFIRM_INTENTS if incoming.question_id == Stage.CONFIRM.value else _INTENTS
    if incoming.question_id in (Stage.SUBJECT.value, Stage.SEX.value):
        table = {}
    return f"/{table.get(value, 'choose')}"


async def _record(before: Consultation, recorded: Consultation, services: DialogueServices) -> None:
    """Keep the turn and, of a consultation that has just ended, the coded encounter."""
    try:
        await services.store.save(recorded)
        has_ended = recorded.stage in _WITH_OUTCOME and recorded.stage is not before.stage
        if has_ended and recorded.consented:
            await services.record(encounter_of(recorded, services))
    except MedbrainError as fault:
        # The answer is worth more to the patient than its record.
        _log(fault, "turn not recorded")


def encounter_of(consultation: Consultation, services: DialogueServices) -> Encounter:
    """The coded encounter of a finished consultation: no words, and no way back to the patient."""
    present = (f for f in consultation.progress.findings if f.presence is Presence.PRESENT)
    return Encounter(
        id=f"chat:{sha256(consultation.id.encode()).hexdigest()[:32]}",
        patient_id=None,
        source="chat",
        started=consultation.started,
        ended=services.now(),
        department=consultation.department,
        encounter_class="VR",  # "virtual" in HL7's ActCode
        urgency=consultation.urgency,
        concept_ids=tuple(finding.concept_id for finding in present),
    )


def _as_said(incoming: Incoming, consultation: Consultation) -> str:
    """The message as the transcript shows it: words, or the labels of the buttons."""
    if not incoming.is_choice:
        return incoming.text[:LONGEST_TEXT]
    labels: dict[str, str] = {}
    for exchange in consultation.transcript[-3:]:
        for message in exchange.replies:
            if isinstance(message, Ask | Understood) and message.id == incoming.question_id:
                labels = {choice.value: choice.label for choice in message.choices}
    shown = [labels[value] for value in incoming.values if value in labels]
    return " · ".join(shown) or " ".join(incoming.values[:1])


def _log(fault: Exception, what: str) -> None:
    """Codes and types only: a fault's message may hold what a patient wrote."""
    is_named = isinstance(fault, MedbrainError)
    code = fault.code if isinstance(fault, MedbrainError) else type(fault).__name__
    which = fault.dependency if isinstance(fault, DependencyDown) else None
    logger.error(what, extra={"code": code, "dependency": which}, exc_info=not is_named)
