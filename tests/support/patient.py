"""A patient at the web channel: opens a conversation and answers until it ends."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

ENDS = ("outcome", "emergency")
_BY_STAGE = {"consent": "yes", "subject": "self", "pregnancy": "no"}


@dataclass
class Patient:
    """`yes`: concept ids answered with yes; all other questions get no."""

    client: httpx.Client
    language: str = "en"
    age: str = "35"
    sex: str = "female"
    complaint: str = "I have a cough and a fever"
    yes: frozenset[str] = frozenset()
    seconds: list[float] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def open(self) -> list[dict[str, Any]]:
        """Start a conversation."""
        answer = self._post("/v1/chat/sessions", {"language": self.language})
        self.client.headers["Authorization"] = f"Bearer {answer['token']}"
        return self._heard(answer)

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send words."""
        return self._heard(self._post("/v1/chat/messages", {"id": uuid4().hex, "text": text}))

    def choose(self, question_id: str, *values: str) -> list[dict[str, Any]]:
        """Press a button."""
        choice = {"question_id": question_id, "values": list(values)}
        return self._heard(self._post("/v1/chat/messages", {"id": uuid4().hex, "choice": choice}))

    def hold(self, most_turns: int = 40) -> dict[str, Any]:
        """A whole conversation; returns the message it ended with."""
        heard = self.open()
        for _ in range(most_turns):
            ended = [message for message in heard if message["kind"] in ENDS]
            if ended:
                return ended[0]
            heard = self._reply(heard)
        raise AssertionError(f"no end after {most_turns} turns; last heard: {heard}")

    def _reply(self, heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked = [m for m in heard if m["kind"] in ("question", "understood")]
        if not asked:
            raise AssertionError(f"nothing was asked: {heard}")
        question = asked[-1]
        if question["kind"] == "understood":
            return self.choose(question["id"], "confirm", *(i["id"] for i in question["items"]))
        if question["id"] == "age":
            return self.say(self.age)
        if question["id"] == "complaint":
            return self.say(self.complaint)
        if question["id"] == "sex":
            return self.choose("sex", self.sex)
        if question["id"] in _BY_STAGE:
            return self.choose(question["id"], _BY_STAGE[question["id"]])
        concept = question["id"].split(":")[-1]
        return self.choose(question["id"], "yes" if concept in self.yes else "no")

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        response = self.client.post(path, json=body)
        self.seconds.append(time.perf_counter() - began)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _heard(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = answer["messages"]
        self.messages.extend(heard)
        return heard
