"""The web chat: JSON over HTTP for the widget (api/clients/widget) and whoever speaks like it.

A session is anonymous. Its token names the conversation; whoever holds it can read and erase it.
"""

from typing import Annotated, Literal, Self
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from api.auth import Patient, Public, Role
from api.channel import Channel
from api.wiring import SharedServices
from assistant.dialogue.consultation import Consultation, Incoming
from assistant.dialogue.messages import Message
from assistant.dialogue.turn import erase, open_consultation, take_turn
from knowledge_graph.domain.errors import NotFound
from knowledge_graph.language import language_of

router = APIRouter(prefix="/v1/chat", tags=["chat"])
CHANNEL = Channel("web_widget", router)

_CLIENT_TEXTS = "client_"
_Id = Annotated[str, Field(min_length=1, max_length=100)]
_LanguageCode = Annotated[str, Field(min_length=2, max_length=10)]


class _Body(BaseModel):
    """A request body: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SessionIn(_Body):
    """A new conversation in one of the languages ('en', 'zh')."""

    language: _LanguageCode = "en"


class ChoiceIn(_Body):
    """Buttons pressed. For what was understood: the button's value, then the ids that are right."""

    question_id: _Id
    values: Annotated[tuple[_Id, ...], Field(max_length=200)]


class MessageIn(_Body):
    """One message, words or a choice. The same `id` again gets the same answer, once."""

    id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
    text: str | None = None
    choice: ChoiceIn | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.text is None) == (self.choice is None):
            raise ValueError("send either a text or a choice")
        return self

    def incoming(self) -> Incoming:
        """In the domain."""
        if self.choice is None:
            return Incoming(self.id, text=self.text or "")
        return Incoming(self.id, question_id=self.choice.question_id, values=self.choice.values)


class OwnText(BaseModel):
    """What the person said, as the transcript shows it."""

    text: str
    kind: Literal["text"] = "text"


class Entry(BaseModel):
    """One message of the transcript and whose it is."""

    sender: Literal["user", "service"] = Field(serialization_alias="from")
    message: Message | OwnText


class Replies(BaseModel):
    """The answers to one message."""

    messages: tuple[Message, ...]


class Opened(BaseModel):
    """A new conversation: the token to send along, what is said first, and the page's words."""

    token: str
    conversation_id: str
    messages: tuple[Message, ...]
    texts: dict[str, str]


class Transcript(BaseModel):
    """A conversation so far, for a page that was loaded again."""

    language: str
    messages: tuple[Entry, ...]
    texts: dict[str, str]


class Texts(BaseModel):
    """The strings a client shows."""

    texts: dict[str, str]


@router.post("/sessions", status_code=201)
async def open_session(caller: Public, body: SessionIn, services: SharedServices) -> Opened:
    """Begin an anonymous conversation."""
    opened = await open_consultation(uuid4().hex, body.language, services.dialogue)
    hours = services.settings.consultation_hours
    return Opened(
        token=services.tokens.issue(opened.id, Role.PATIENT, hours),
        conversation_id=opened.id,
        messages=opened.transcript[0].replies,
        texts=client_texts(opened.language),
    )


@router.post("/messages")
async def send_message(caller: Patient, body: MessageIn, services: SharedServices) -> Replies:
    """Say something; the answers come back at once."""
    return Replies(messages=await take_turn(caller.id, body.incoming(), services.dialogue))


@router.get("/messages")
async def read_transcript(caller: Patient, services: SharedServices) -> Transcript:
    """The conversation so far."""
    await run_in_threadpool(services.audit, caller, "read", f"consultation:{caller.id}")
    consultation = await services.dialogue.store.load(caller.id)
    if consultation is None:
        raise NotFound("This conversation has ended; begin a new one")
    return Transcript(
        language=consultation.language,
        messages=tuple(_entries(consultation)),
        texts=client_texts(consultation.language),
    )


@router.delete("/session", status_code=204)
async def erase_session(caller: Patient, services: SharedServices) -> Response:
    """Erase the conversation. Its coded encounter, which names nobody, stays."""
    await run_in_threadpool(services.audit, caller, "erase", f"consultation:{caller.id}")
    await erase(caller.id, services.dialogue)
    return Response(status_code=204)


@router.get("/texts")
def texts(
    caller: Public, language: Annotated[str, Query(min_length=2, max_length=10)] = "en"
) -> Texts:
    """The strings a client shows, in a language."""
    return Texts(texts=client_texts(language))


def client_texts(code: str) -> dict[str, str]:
    """The phrases whose keys begin with client_."""
    phrases = language_of(code).phrases
    return {key: phrase for key, phrase in phrases.items() if key.startswith(_CLIENT_TEXTS)}


def _entries(consultation: Consultation) -> list[Entry]:
    entries: list[Entry] = []
    for exchange in consultation.transcript:
        if exchange.said is not None:
            entries.append(Entry(sender="user", message=OwnText(text=exchange.said)))
        entries.extend(Entry(sender="service", message=reply) for reply in exchange.replies)
    return entries
