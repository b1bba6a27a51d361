"""Whether the service lives, and how each thing it depends on does."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.auth import Public
from api.queue_address import check_queue
from api.wiring import Services, SharedServices
from knowledge_graph.domain.errors import MedbrainError

router = APIRouter(prefix="/health", tags=["health"])

_WAIT_SECONDS = 2.0


class Part(BaseModel):
    """One dependency. `code` and `detail` say what is wrong and what to do."""

    name: str
    state: Literal["up", "down"]
    code: str | None = None
    detail: str | None = None


class Readiness(BaseModel):
    """`ready`: all parts are up. `degraded`: some are down, what does not need them works."""

    status: Literal["ready", "degraded"]
    knowledge_version: str | None
    core_version: str
    parts: tuple[Part, ...]


@router.get("/live")
def live(caller: Public) -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/ready")
async def ready(caller: Public, services: SharedServices) -> Readiness:
    """How each dependency does.

    Answers 200 when degraded too: a balancer that took the service out because the dialogue engine
    is down would take the emergency screen with it.
    """
    parts = (
        await run_in_threadpool(_knowledge, services),
        await run_in_threadpool(_graph, services),
        await run_in_threadpool(_records, services),
        await _rasa(services),
        await run_in_threadpool(_queue, services),
    )
    knowledge = await run_in_threadpool(services.knowledge_or_none)
    return Readiness(
        status="ready" if all(part.state == "up" for part in parts) else "degraded",
        knowledge_version=knowledge.version if knowledge else None,
        core_version=services.core.version,
        parts=parts,
    )


def _fault(name: str, error: MedbrainError) -> Part:
    return Part(name=name, state="down", code=error.code, detail=str(error))


def _knowledge(services: Services) -> Part:
    try:
        services.knowledge()
    except MedbrainError as error:
        return _fault("knowledge", error)
    return Part(name="knowledge", state="up")


def _graph(services: Services) -> Part:
    try:
        services.knowledge().graph.concept("health_check")
    except MedbrainError as error:
        return _fault("graph", error)
    return Part(name="graph", state="up")


def _records(services: Services) -> Part:
    try:
        services.records().unfinished_jobs()
    except MedbrainError as error:
        return _fault("records", error)
    return Part(name="records", state="up")


async def _rasa(services: Services) -> Part:
    if await services.dialogue.engine.is_up():
        return Part(name="rasa", state="up")
    return Part(
        name="rasa",
        state="down",
        code="dependency_down",
        detail="The dialogue engine does not answer. Emergencies are still screened; chats wait."
        " Start it with: medbrain run",
    )


def _queue(services: Services) -> Part:
    try:
        check_queue(services.settings, _WAIT_SECONDS)
    except MedbrainError as error:
        return _fault("queue", error)
    return Part(name="queue", state="up")
