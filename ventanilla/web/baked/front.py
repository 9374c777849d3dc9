"""The ASGI front: answers baked pages itself and hands everything else to the application behind it."""

import time
from collections.abc import Callable
from functools import lru_cache

from ventanilla.web.baked.responses import (
    BROTLI,
    GZIP,
    NO_BODY,
    App,
    Message,
    Receive,
    Responses,
    Scope,
    Send,
)
from ventanilla.web.baked.store import BakedStore

# Real browsers send some 30 bytes; what is longer gets plain bytes and no place in the memory of headers.
LONGEST_ACCEPT_ENCODING = 200


class BakedFirst:
    """Serve GET and HEAD of a baked path without a query; `clock` gives POSIX seconds.

    A page past its `dead_at` is never sent: the application renders it afresh, and where that fails with a
    5xx the reader gets the baked "/<language>/unavailable/" with status 503. Nothing about a reader is
    written anywhere.
    """

    def __init__(self, app: App, store: BakedStore, *, clock: Callable[[], float] = time.time) -> None:
        self._app = app
        self._store = store
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["query_string"] or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        baked = self._store.responses(scope["path"])
        if baked is None:
            await self._app(scope, receive, send)
        elif self._is_dead(baked):
            await self._app(scope, receive, self._or_unavailable(scope, send))
        else:
            start, body = _choose(baked, scope)
            await send(start)
            await send(body)

    def _is_dead(self, baked: Responses) -> bool:
        dead_at = baked.page.dead_at
        return dead_at is not None and dead_at <= self._clock()

    def _or_unavailable(self, scope: Scope, send: Send) -> Send:
        """A `send` that replaces a 5xx of the application with the baked apology, where there is one."""
        language = scope["path"].split("/", 2)[1]
        replaced = False

        async def send_or_replace(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] >= 500:
                apology = self._store.responses(f"/{language}/unavailable/")
                if apology is not None and not self._is_dead(apology):
                    replaced = True
                    await _send_apology(apology, scope, send)
            if not replaced:
                await send(message)

        return send_or_replace


async def _send_apology(apology: Responses, scope: Scope, send: Send) -> None:
    accepted, _ = _conditions(scope)
    start, body = apology.full[accepted]
    await send({**start, "status": 503})
    await send(NO_BODY if scope["method"] == "HEAD" else body)


def _choose(baked: Responses, scope: Scope) -> tuple[Message, Message]:
    accepted, known = _conditions(scope)
    if known and baked.page.status == 200 and _is_known(known, baked.etag):
        return baked.not_modified, NO_BODY
    start, body = baked.full[accepted]
    return start, NO_BODY if scope["method"] == "HEAD" else body


def _conditions(scope: Scope) -> tuple[int, bytes]:
    """What the reader accepts, in bits, and the tags of the copies they hold."""
    accepted, known = 0, b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding" and len(value) <= LONGEST_ACCEPT_ENCODING:
            accepted |= _encodings(value)
        elif name == b"if-none-match":
            known = known + b"," + value if known else value
    return accepted, known


@lru_cache(maxsize=256)
def _encodings(header: bytes) -> int:
    """Read an Accept-Encoding header into GZIP and BROTLI; "*" alone earns plain bytes, safe for all."""
    accepted = 0
    for part in header.lower().split(b","):
        coding, *parameters = (piece.strip() for piece in part.split(b";"))
        if _is_refused(parameters):
            continue
        accepted |= {b"gzip": GZIP, b"x-gzip": GZIP, b"br": BROTLI}.get(coding, 0)
    return accepted


def _is_refused(parameters: list[bytes]) -> bool:
    return any(parameter.startswith(b"q=") and not parameter[2:].strip(b"0.") for parameter in parameters)


def _is_known(header: bytes, etag: bytes) -> bool:
    """Weak comparison of an If-None-Match header with a tag of ours (RFC 9110, 13.1.2)."""
    if header == etag or header.strip() == b"*":
        return True
    opaque = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") == opaque for tag in header.split(b","))
