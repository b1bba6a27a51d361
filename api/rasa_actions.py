"""Rasa's callback: the action server protocol, served by our own API.

Rasa sends a conversation's id and the action it decided on, and gets the new stage back. What the
action answers goes to the patient through `take_turn`, never through Rasa.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, EventType, FollowupAction, SessionStarted, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from api.auth import DialogueEngineCaller
from api.rasa_commands import ACTIONS_PATH
from api.wiring import SharedServices
from assistant.dialogue.actions import ACTIONS
from assistant.dialogue.consultation import Consultation
from assistant.dialogue.services import DialogueServices
from assistant.dialogue.training_data import SESSION_START
from assistant.dialogue.turn import consultation_at, perform
from knowledge_graph.domain.errors import MedbrainError, NotFound

logger = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)

_LISTEN = "action_listen"
Run = Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Awaitable[list[EventType]]]


@router.post(ACTIONS_PATH)
async def run_action(
    caller: DialogueEngineCaller, request: Request, services: SharedServices
) -> JSONResponse:
    """Run one action. 400: it does not fit this conversation now. 404: there is no such action."""
    executor = _executor_of(request, services.dialogue)
    call = await request.json()
    name = call.get("next_action") if isinstance(call, dict) else None
    try:
        result = await executor.run(call) if name else None
    except ActionExecutionRejection as rejection:
        return _refused(400, str(name), rejection.message)
    except ActionNotFoundException as missing:
        return _refused(404, str(name), missing.message)
    # `run` answers nothing to a call without an action: Rasa's way to ask whether we are there.
    return JSONResponse(result.model_dump() if result else {})


def build_executor(services: DialogueServices) -> ActionExecutor:
    """The actions of the dialogue as Rasa's SDK runs them."""
    executor = ActionExecutor()
    executor.register_function(SESSION_START, _session_start(services))
    for name in ACTIONS:
        executor.register_function(name, _action(name, services))
    return executor


def _executor_of(request: Request, services: DialogueServices) -> ActionExecutor:
    state = request.app.state
    if getattr(state, "rasa_executor", None) is None:
        state.rasa_executor = build_executor(services)
    executor: ActionExecutor = state.rasa_executor
    return executor


def _session_start(services: DialogueServices) -> Run:
    """A conversation Rasa does not know (any more): tell it where the consultation is."""

    async def run(
        dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        try:
            consultation = consultation_at(tracker.sender_id, services)
        except NotFound:
            raise ActionExecutionRejection(SESSION_START, "no such conversation") from None
        return [SessionStarted(), *_slots(consultation), ActionExecuted(_LISTEN)]

    return run


def _action(name: str, services: DialogueServices) -> Run:
    async def run(
        dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        try:
            reached = await perform(tracker.sender_id, name, services)
        except MedbrainError as fault:
            # The turn that waits for this answers the patient with the safe sentence.
            logger.warning("action not run", extra={"action": name, "code": fault.code})
            raise ActionExecutionRejection(name, fault.code) from fault
        # One action for each message: saying so saves Rasa a prediction.
        return [*_slots(reached), FollowupAction(_LISTEN)]

    return run


def _slots(consultation: Consultation) -> list[EventType]:
    return [
        SlotSet("stage", consultation.stage.value),
        SlotSet("language", consultation.language),
    ]


def _refused(status: int, action: str, why: str) -> JSONResponse:
    return JSONResponse({"error": why, "action_name": action}, status)
