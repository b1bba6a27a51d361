"""The client of the dialogue server: what it sends, and how it behaves when nobody answers."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from assistant.dialogue.engine import RasaEngine
from knowledge_graph.domain.errors import DependencyDown

pytestmark = pytest.mark.anyio


class Server:
    """A server on loopback: counts calls, answers with `status` or breaks off."""

    def __init__(self) -> None:
        self.calls: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.status: int | None = 204
        self.time = 0.0
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self.listening = TestServer(application)

    def engine(self) -> RasaEngine:
        return RasaEngine(str(self.listening.make_url("/")), "the-key", clock=lambda: self.time)

    async def _answer(self, request: web.Request) -> web.Response:
        self.calls.append(request)
        self.bodies.append(await request.read())
        if self.status is None:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=self.status or 200)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    await made.listening.start_server()
    yield made
    await made.listening.close()


@pytest.fixture
async def engine(server: Server) -> AsyncIterator[RasaEngine]:
    made = server.engine()
    yield made
    await made.close()


async def test_a_message_is_sent_with_the_key_and_nothing_else(
    server: Server, engine: RasaEngine
) -> None:
    await engine.decide("c1.0", "hello 你好")
    (request,) = server.calls
    assert request.headers["Authorization"] == "Bearer the-key"
    assert request.path == "/webhooks/turn/message"
    assert json.loads(server.bodies[0]) == {"sender": "c1.0", "message": "hello 你好"}


@pytest.mark.parametrize("status", [None, 401, 500])
async def test_no_good_answer_is_a_dependency_down(
    status: int | None, server: Server, engine: RasaEngine
) -> None:
    server.status = status
    with pytest.raises(DependencyDown, match="Rasa"):
        await engine.decide("c1.0", "hello")


async def test_after_three_failures_nothing_is_sent_for_a_while(
    server: Server, engine: RasaEngine
) -> None:
    server.status = 500
    for _ in range(5):
        with pytest.raises(DependencyDown):
            await engine.decide("c1.0", "hello")
    assert len(server.calls) == 3
    server.status = 204
    server.time = 4.9
    with pytest.raises(DependencyDown):
        await engine.decide("c1.0", "hello")
    server.time = 5.1
    await engine.decide("c1.0", "hello")
    assert len(server.calls) == 4


async def test_a_success_in_between_starts_the_count_anew(
    server: Server, engine: RasaEngine
) -> None:
    for status in (500, 500, 204, 500, 500, 204):
        server.status = status
        if status == 204:
            await engine.decide("c1.0", "hello")
        else:
            with pytest.raises(DependencyDown):
                await engine.decide("c1.0", "hello")
    assert len(server.calls) == 6


async def test_whether_it_is_up(server: Server, engine: RasaEngine) -> None:
    assert await engine.is_up()
    await server.listening.close()
    assert not await engine.is_up()
