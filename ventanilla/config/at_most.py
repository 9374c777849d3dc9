"""A limit on how much Django does at once in one process."""

import asyncio
from collections.abc import Awaitable, Callable

from asgiref.sync import sync_to_async
from django.db import connections

from ventanilla.web.baked.responses import App, Message, Receive, Scope, Send

_CLOSE = sync_to_async(connections.close_all, thread_sensitive=True)


class AtMost:
    """Let `limit` HTTP requests into the application at once, each counted until its answer starts.

    Streams that stay open for live updates are therefore not counted while they only wait. Before an answer
    starts `let_go` is called: each request has a thread of its own, whose connections to the database would
    stay open as long as a stream lasts or a slow reader takes, or until Python finds them, and a few hundred
    of them would take all that PostgreSQL has.
    """

    def __init__(
        self,
        app: App,
        *,
        limit: int,
        let_go: Callable[[], Awaitable[None]] = _CLOSE,
    ) -> None:
        self._app = app
        self._places = asyncio.Semaphore(limit)
        self._let_go = let_go

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._places.acquire()
        holds_place = True

        async def send_and_leave(message: Message) -> None:
            nonlocal holds_place
            if holds_place:
                holds_place = False
                try:
                    await self._let_go()
                finally:
                    self._places.release()
            await send(message)

        try:
            await self._app(scope, receive, send_and_leave)
        finally:
            if holds_place:
                self._places.release()
