"""The client of the dialogue server: what it sends, and how it behaves when nobody answers."""

import httpx
import pytest

from assistant.dialogue.engine import RasaEngine
from knowledge_graph.domain.errors import DependencyDown

pytestmark = pytest.mark.anyio


class Server:
    """A socket's stand-in: counts calls, answers with `status` or not at all."""

    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []
        self.status: int | None = 204
        self.time = 0.0

    def engine(self) -> RasaEngine:
        return RasaEngine(
            "http://rasa.test",
            "the-key",
            transport=httpx.MockTransport(self._answer),
            clock=lambda: self.time,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if self.status is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(self.status)


async def test_a_message_is_sent_with_the_key_and_nothing_else() -> None:
    server = Server()
    engine = server.engine()
    await engine.decide("c1.0", "hello")
    await engine.close()
    (request,) = server.calls
    assert request.headers["Authorization"] == "Bearer the-key"
    assert request.url.path == "/webhooks/turn/message"
    assert request.read() == b'{"sender":"c1.0","message":"hello"}'


@pytest.mark.parametrize("status", [None, 401, 500])
async def test_no_good_answer_is_a_dependency_down(status: int | None) -> None:
    server = Server()
    server.status = status
    with pytest.raises(DependencyDown, match="Rasa"):
        await server.engine().decide("c1.0", "hello")


async def test_after_three_failures_nothing_is_sent_for_a_while() -> None:
    server = Server()
    engine = server.engine()
    server.status = None
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


async def test_a_success_in_between_starts_the_count_anew() -> None:
    server = Server()
    engine = server.engine()
    for status in (500, 500, 204, 500, 500, 204):
        server.status = status
        if status == 204:
            await engine.decide("c1.0", "hello")
        else:
            with pytest.raises(DependencyDown):
                await engine.decide("c1.0", "hello")
    assert len(server.calls) == 6


async def test_whether_it_is_up() -> None:
    server = Server()
    assert await server.engine().is_up()
    server.status = None
    assert not await server.engine().is_up()
