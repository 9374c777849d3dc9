"""The ground on which simulated providers stand: a real HTTP server here, and a way to call our hooks.

A simulator behaves as its provider's public documentation says, faults included, so that tests,
demonstrations and training go through the same code as the real thing.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import httpx

# How a provider may treat a send; see channels/tests/conformance.py.
WAYS = ("ok", "busy", "down", "blocked", "gone", "closed", "cut")


class Caller(Protocol):
    """Calls one of our hooks and returns the status of our answer."""

    def __call__(self, *, method: str, query: str, headers: Mapping[str, str], body: bytes) -> int: ...


def over_http(url: str) -> Caller:
    """A caller that reaches a served hook, as a provider would."""

    def call(*, method: str, query: str, headers: Mapping[str, str], body: bytes) -> int:
        address = f"{url}?{query}" if query else url
        try:
            return httpx.request(method, address, headers=dict(headers), content=body, timeout=20).status_code
        except httpx.HTTPError:
            return 599

    return call


@dataclass(slots=True)
class Sent:
    """A message that the provider took from us for a person."""

    to: str
    text: str
    provider_id: str
    token: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    file: tuple[str, str, bytes] | None = None  # name, kind, bytes
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    def form(self) -> tuple[dict[str, str], dict[str, tuple[str, str, bytes]]]:
        """Fields and files (name, kind, bytes) of a form in several parts."""
        head = f"Content-Type: {self.headers.get('content-type', '')}\r\n\r\n".encode()
        fields, files = dict[str, str](), dict[str, tuple[str, str, bytes]]()
        for part in message_from_bytes(head + self.body, policy=policy.HTTP).iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            content = content if isinstance(content, bytes) else b""
            if part.get_filename() is None:
                fields[name] = content.decode()
            else:
                files[name] = (part.get_filename() or "", part.get_content_type(), content)
        return fields, files


@dataclass(slots=True)
class Answer:
    """What the provider says; `breaks` closes the connection without a word, after the work was done."""

    status: int = 200
    json: Any = None
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks: bool = False


class HttpProvider:
    """A provider with an HTTP interface. A subclass answers requests and knows how to call our hook."""

    def __init__(self, *, port: int = 0) -> None:
        self.sent: list[Sent] = []
        self.ways: deque[str] = deque()
        self.on_sent: Callable[[Sent], None] = lambda sent: None
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def next_way(self) -> str:
        """How the next send is treated: as `ways` says, then well."""
        return self.ways.popleft() if self.ways else "ok"

    def answer(self, request: Request) -> Answer:
        """Do what the provider does with one request."""
        raise NotImplementedError

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                _write(self, provider.answer(request))

            do_GET = do_POST = do_PUT = do_DELETE = _serve

            def log_message(self, *_: object) -> None:
                """A simulator writes nothing down."""

        return Handler


def _write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    if answer.breaks:
        handler.close_connection = True
        return
    body = answer.body if answer.json is None else json.dumps(answer.json).encode()
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.content_type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    # Who asked may have had enough of it.
    with suppress(ConnectionError):
        handler.wfile.write(body)
