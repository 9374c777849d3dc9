"""A crowd at Django's door waits its turn; open streams do not keep others out."""

import asyncio
from typing import Any

from ventanilla.config.at_most import AtMost
from ventanilla.web.baked.responses import Message, Receive, Scope, Send

HTTP: Scope = {"type": "http"}


class Views:
    """An application whose requests start to answer, and then end, when the test says so."""

    def __init__(self) -> None:
        self.inside = 0
        self.may_answer = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.may_end.wait()


async def _send(message: Message) -> None:
    return None


async def _receive() -> Message:
    return {"type": "http.request"}


async def _nothing_to_let_go() -> None:
    return None


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def _crowd(views: Any, *, size: int, limit: int, scope: Scope = HTTP) -> asyncio.Future[list[Any]]:
    door = AtMost(views, limit=limit, let_go=_nothing_to_let_go)
    crowd = asyncio.gather(*(door(scope, _receive, _send) for _ in range(size)), return_exceptions=True)
    await _settle()
    return crowd


def test_only_so_many_are_inside_at_once() -> None:
    async def story() -> None:
        views = Views()
        crowd = await _crowd(views, size=5, limit=2)
        assert views.inside == 2
        views.may_answer.set()
        views.may_end.set()
        await crowd
        assert views.inside == 5

    asyncio.run(story())


def test_stream_that_has_begun_leaves_its_place() -> None:
    async def story() -> None:
        views = Views()
        views.may_answer.set()
        crowd = await _crowd(views, size=5, limit=1)
        assert views.inside == 5
        views.may_end.set()
        await crowd

    asyncio.run(story())


def test_request_that_fails_leaves_its_place() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise ConnectionResetError

    async def story() -> None:
        outcomes = await (await _crowd(failing, size=3, limit=1))
        assert [type(outcome) for outcome in outcomes] == [ConnectionResetError] * 3

    asyncio.run(story())


def test_other_kinds_of_connection_are_not_counted() -> None:
    async def story() -> None:
        views = Views()
        crowd = await _crowd(views, size=3, limit=1, scope={"type": "lifespan"})
        assert views.inside == 3
        views.may_answer.set()
        views.may_end.set()
        await crowd

    asyncio.run(story())


def test_connections_are_let_go_before_an_answer_begins() -> None:
    async def story() -> list[str]:
        told: list[str] = []

        async def let_go() -> None:
            told.append("let go")

        async def said(message: Message) -> None:
            told.append(message["type"])

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        await AtMost(app, limit=1, let_go=let_go)(HTTP, _receive, said)
        return told

    start, body = "http.response.start", "http.response.body"
    assert asyncio.run(story()) == ["let go", start, body, body]
