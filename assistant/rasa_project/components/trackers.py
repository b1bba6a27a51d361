"""Between two messages Rasa remembers a conversation's stage and language, and nothing else.

What people wrote is forgotten when the turn is over. That keeps health data out of this process,
and every turn costs the same however long the conversation is. A conversation that is not
remembered (after a restart, or one of too many) starts with `action_session_start`, which asks our
side for the stage.
"""

from collections import OrderedDict
from typing import Any, Dict, Iterable, Optional

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from components import remote_actions

_SLOTS = ("stage", "language")
_MOST_CONVERSATIONS = 20_000

remote_actions.install()


class StageTrackers(TrackerStore):
    """Keeps two slots for each of the latest conversations, in memory."""

    def __init__(self, domain: Any, event_broker: Any = None, **settings: Any) -> None:
        """Called by Rasa at start; see endpoints.yml."""
        self._slots: "OrderedDict[str, Dict[str, Any]]" = OrderedDict()
        super().__init__(domain, event_broker, **settings)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember the slots of a conversation that has begun."""
        if not tracker.events:
            return
        self._slots[tracker.sender_id] = {name: tracker.get_slot(name) for name in _SLOTS}
        self._slots.move_to_end(tracker.sender_id)
        while len(self._slots) > _MOST_CONVERSATIONS:
            self._slots.popitem(last=False)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation as if it had just reached its stage, or None when not remembered."""
        slots = self._slots.get(sender_id)
        if slots is None:
            return None
        tracker = self.init_tracker(sender_id)
        for name, value in slots.items():
            tracker.update(SlotSet(name, value), self.domain)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
        return tracker

    async def keys(self) -> Iterable[str]:
        """The conversations remembered."""
        return self._slots.keys()
