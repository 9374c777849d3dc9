"""A limit on how much Django does at once in one process."""

import asyncio

from ventanilla.web.baked.responses import App, Message, Receive, Scope, Send


class AtMost:
    """Let `limit` HTTP requests into the application at once, each counted until its answer starts.

    Streams that stay open for live updates are therefore not counted while they only wait.
    """

    def __init__(self, app: App, *, limit: int) -> None:
        self._app = app
        self._places = asyncio.Semaphore(limit)

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
                self._places.release()
            await send(message)

        try:
            await self._app(scope, receive, send_and_leave)
        finally:
            if holds_place:
                self._places.release()
