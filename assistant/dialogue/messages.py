"""The messages of a conversation: a closed union that every channel can render.

The wire form is the dataclass as JSON; `kind` tells them apart. Texts are in the conversation's
language and are plain text, never markup.
"""

from dataclasses import dataclass
from typing import Literal

from knowledge_graph.domain.evidence import Citation


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says and the value that comes back."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Text:
    """A plain sentence or paragraph."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. `expects`: buttons only, a number, or free text (buttons may come besides).

    `multiple`: several choices may be sent back. `asked` of `at_most` shows progress, 0 if unknown.
    """

    id: str
    text: str
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    expects: Literal["choice", "number", "text"] = "choice"
    why: str | None = None
    asked: int = 0
    at_most: int = 0
    kind: Literal["question"] = "question"


@dataclass(frozen=True, slots=True)
class UnderstoodItem:
    """One finding as understood: present, absent or unknown."""

    id: str
    name: str
    presence: Literal["present", "absent", "unknown"]


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood, to confirm or edit.

    The client sends back a choice and, after it, the ids of the items that are right; a choice alone
    means that all of them are.
    """

    id: str
    text: str
    items: tuple[UnderstoodItem, ...]
    choices: tuple[Choice, ...]
    kind: Literal["understood"] = "understood"


@dataclass(frozen=True, slots=True)
class PossibleCondition:
    """One condition of the outcome, with reasons and sources."""

    name: str
    likelihood: str
    probability: float
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    advice: tuple[str, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a symptom check: how soon and where, why, what it may be, when to come sooner."""

    urgency: str
    title: str
    text: str
    urgency_reason: str
    department: str
    conditions: tuple[PossibleCondition, ...]
    return_sooner: tuple[str, ...]
    disclaimer: str
    call: str | None
    sources: tuple[Citation, ...]
    knowledge_version: str
    kind: Literal["outcome"] = "outcome"


@dataclass(frozen=True, slots=True)
class Emergency:
    """Seek help now. `call` is the number to dial; `crisis` changes the tone, not the urgency."""

    urgency: str
    title: str
    text: str
    advice: tuple[str, ...]
    reasons: tuple[str, ...]
    call: str
    call_label: str
    crisis: bool
    sources: tuple[Citation, ...]
    kind: Literal["emergency"] = "emergency"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a health question, in the words of cited passages."""

    text: str
    citations: tuple[Citation, ...]
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong: a safe sentence with the emergency number."""

    text: str
    kind: Literal["error"] = "error"


Message = Text | Ask | Understood | Outcome | Emergency | Answer | Problem
