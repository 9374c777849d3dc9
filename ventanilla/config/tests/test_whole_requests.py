"""Who sends a body slowly waits alone; what is too large or never ends is refused."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from ventanilla.config.at_most import AtMost
from ventanilla.config.whole_requests import SMALL, WholeRequests
from ventanilla.web.baked.responses import Message, Receive, Scope, Send

HTTP: Scope = {"type": "http"}


class Sender:
    """Somebody whose pieces come as the test lets them, and what they were answered."""

    def __init__(self, pieces: Iterable[bytes] = (), *, is_whole: bool = True) -> None:
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()
        self.answer: list[Message] = []
        for piece in pieces:
            self.say(piece)
        if is_whole:
            self.say(b"", is_last=True)

    def say(self, piece: bytes, *, is_last: bool = False) -> None:
        self._waiting.put_nowait({"type": "http.request", "body": piece, "more_body": not is_last})

    def leave(self) -> None:
        self._waiting.put_nowait({"type": "http.disconnect"})

    async def receive(self) -> Message:
        return await self._waiting.get()

    async def send(self, message: Message) -> None:
        self.answer.append(message)

    @property
    def status(self) -> int | None:
        return self.answer[0]["status"] if self.answer else None


async def _reader(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message.get("body", b"gone")})


def ask(door: Any, sender: Sender) -> "asyncio.Task[None]":
    return asyncio.create_task(door(HTTP, sender.receive, sender.send))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_slow_sender_takes_no_place_from_others() -> None:
    async def story() -> None:
        door = WholeRequests(AtMost(_reader, limit=1), most=100)
        slow, quick = Sender([b"a"], is_whole=False), Sender([b"whole"])
        waiting = ask(door, slow)
        await settle()
        await ask(door, quick)
        assert quick.answer[1]["body"] == b"whole"
        assert slow.status is None
        slow.say(b"b", is_last=True)
        await waiting
        assert slow.answer[1]["body"] == b"ab"

    asyncio.run(story())


def test_a_body_without_end_is_refused_when_it_is_too_large() -> None:
    async def story() -> None:
        sender = Sender([b"x" * 60, b"x" * 60], is_whole=False)
        await ask(WholeRequests(_reader, most=100), sender)
        assert sender.status == 413

    asyncio.run(story())


def test_a_sender_who_falls_silent_is_not_awaited_for_ever() -> None:
    async def story() -> None:
        sender = Sender([b"x"], is_whole=False)
        await ask(WholeRequests(_reader, most=100, patience=0.01), sender)
        assert sender.status == 408

    asyncio.run(story())


def test_large_bodies_share_a_budget_while_small_ones_are_always_taken() -> None:
    async def story() -> None:
        door = WholeRequests(_reader, most=SMALL * 4, together=SMALL)
        first, second, small = (
            Sender([b"x" * SMALL * 2], is_whole=False),
            Sender([b"x" * SMALL * 2]),
            Sender([b"x" * SMALL]),
        )
        waiting = ask(door, first)
        await settle()
        await ask(door, second)
        await ask(door, small)
        assert (second.status, small.status) == (503, 200)
        first.say(b"", is_last=True)
        await waiting
        again = Sender([b"x" * SMALL * 2])
        await ask(door, again)
        assert (first.status, again.status) == (200, 200)

    asyncio.run(story())


def test_the_application_hears_that_a_sender_is_gone() -> None:
    async def story() -> None:
        heard: list[str] = []

        async def listening(scope: Scope, receive: Receive, send: Send) -> None:
            heard.extend([(await receive())["type"], (await receive())["type"]])

        sender = Sender([b"x"])
        sender.leave()
        await ask(WholeRequests(listening, most=100), sender)
        assert heard == ["http.request", "http.disconnect"]

    asyncio.run(story())


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_other_kinds_of_connection_pass_untouched(kind: str) -> None:
    async def story() -> None:
        sender = Sender([b"first"])
        await WholeRequests(_reader, most=1)({"type": kind}, sender.receive, sender.send)
        assert sender.answer[1]["body"] == b"first"

    asyncio.run(story())
