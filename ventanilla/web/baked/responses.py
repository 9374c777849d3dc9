"""ASGI messages of a baked page, built once when it is loaded and sent as they are to every reader."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ventanilla.web.baked.page import BakedPage

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Bits of what a reader accepts; both together index `Responses.full`.
GZIP = 1
BROTLI = 2

NO_BODY: Message = {"type": "http.response.body", "body": b""}


@dataclass(frozen=True, slots=True)
class Responses:
    """`full` holds (start, body) messages for each of the four sums of GZIP and BROTLI."""

    page: BakedPage
    etag: bytes
    full: tuple[tuple[Message, Message], ...]
    not_modified: Message


def prepare(page: BakedPage) -> Responses:
    """Build every message this page can ever be answered with; the front never changes them."""
    common = _common_headers(page)
    plain = _encoded(page, common, page.body, encoding=None)
    gzipped = _encoded(page, common, page.gzip, encoding=b"gzip") if page.gzip else plain
    brotlied = _encoded(page, common, page.brotli, encoding=b"br") if page.brotli else None
    return Responses(
        page=page,
        etag=page.etag.encode("latin-1"),
        full=(plain, gzipped, brotlied or plain, brotlied or gzipped),
        not_modified={"type": "http.response.start", "status": 304, "headers": common},
    )


def _common_headers(page: BakedPage) -> list[tuple[bytes, bytes]]:
    vary = [value for name, value in page.headers if name == "vary"]
    if "accept-encoding" not in ", ".join(vary).lower():
        vary.append("Accept-Encoding")
    rest = [(name, value) for name, value in page.headers if name != "vary"]
    headers = [*rest, ("vary", ", ".join(vary)), ("etag", page.etag)]
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _encoded(
    page: BakedPage, common: list[tuple[bytes, bytes]], body: bytes, *, encoding: bytes | None
) -> tuple[Message, Message]:
    headers = [(b"content-type", page.content_type.encode("latin-1")), (b"content-length", b"%d" % len(body))]
    if encoding:
        headers.append((b"content-encoding", encoding))
    start = {"type": "http.response.start", "status": page.status, "headers": headers + common}
    return start, {"type": "http.response.body", "body": body}
