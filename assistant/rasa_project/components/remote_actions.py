"""Makes calling an action cheap, and keeps what people wrote out of the call.

Rasa 3.6 checks its own JSON schema and every answer against it on each call (about 20 ms), opens a
new connection each time, and sends the whole conversation and domain along. The other side is our
own, on this computer, and needs the action's name and the conversation's id.
"""

from typing import Any, Dict, Optional

import aiohttp
from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

_WAIT_SECONDS = 5
# Shorter than the five seconds after which the other side closes an idle connection.
_KEPT_OPEN_SECONDS = 2
_EVENTS = {"slot", "session_started", "action", "followup"}
_session: Optional[aiohttp.ClientSession] = None


def install() -> None:
    """Put the functions below in the place of Rasa's."""
    RemoteAction._action_call_format = _action_call_format
    RemoteAction._validate_action_result = _validate_action_result
    EndpointConfig.request = _request


def _action_call_format(self: RemoteAction, tracker: Any, domain: Any) -> Dict[str, Any]:
    """The least that an action server asks for."""
    return {
        "next_action": self.name(),
        "sender_id": tracker.sender_id,
        "version": "3.6",
        "domain": {},
        "tracker": {
            "sender_id": tracker.sender_id,
            "slots": {},
            "latest_message": {},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        },
    }


def _validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
    """An answer of ours: events of the few kinds that api/rasa_actions.py sends, no responses."""
    kinds = {event.get("event") for event in result["events"]}
    if not kinds <= _EVENTS or result.get("responses"):
        raise RasaException(f"an action answered with {sorted(map(str, kinds - _EVENTS))}")
    return True


async def _request(
    self: EndpointConfig,
    method: str = "post",
    subpath: Optional[str] = None,
    content_type: Optional[str] = "application/json",
    compress: bool = False,
    **settings: Any,
) -> Any:
    """One connection kept for all calls. A call that broke off is made again: it runs once."""
    try:
        return await _post(self, settings["json"])
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        return await _post(self, settings["json"])


async def _post(endpoint: EndpointConfig, body: Any) -> Any:
    global _session
    if _session is None or _session.closed:
        _session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_OPEN_SECONDS),
            timeout=aiohttp.ClientTimeout(total=_WAIT_SECONDS),
            trust_env=False,
        )
    async with _session.post(endpoint.url, headers=endpoint.headers, json=body) as answer:
        if answer.status >= 400:
            raise ClientResponseError(answer.status, answer.reason, await answer.text())
        return await answer.json()
