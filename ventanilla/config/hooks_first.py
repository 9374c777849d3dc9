"""Hooks of providers by a short way: threads that stay, each with its connection, and few middlewares.

Django gives each request of ASGI a thread and a connection of its own. That is right for pages; a provider
who hands over hundreds of messages a second would spend most of the time on connecting.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from ventanilla.web.baked.responses import App, Receive, Scope, Send

logger = logging.getLogger(__name__)

HOOKS = "/hooks/"
# A hook has no session, no language and no form: its signature is its door.
KEPT = (
    "ventanilla.config.metrics.measured",
    "ventanilla.config.headers.safe_headers",
    "django.middleware.security.SecurityMiddleware",
)
# Requests that one web process works on at once where the database takes many writers.
THREADS = 8
# SQLite takes one writer at a time: what waits meanwhile is committed together, and all of it answered then.
TOGETHER = 32


class HooksFirst:
    """Requests below /hooks/ by the short way, all others to `app`. Bodies have come whole already."""

    def __init__(self, app: App) -> None:
        self._app, self._hooks = app, Hooks()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(HOOKS):
            await self._hooks(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class Hooks(ASGIHandler):
    """Django's handler with the middlewares that hooks need, in threads that keep their connections."""

    def __init__(self) -> None:
        super().__init__()
        self._is_one_writer = connection.vendor == "sqlite"
        self._threads = ThreadPoolExecutor(1 if self._is_one_writer else THREADS, thread_name_prefix="hooks")
        self._waiting: list[tuple[HttpRequest, asyncio.Future[HttpResponseBase]]] = []
        self._work: asyncio.Task[None] | None = None

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)
        for path in reversed([name for name in settings.MIDDLEWARE if name in KEPT]):
            handler = convert_exception_to_response(import_string(path)(handler))
        self._middleware_chain = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = await receive()
        if first["type"] != "http.request":
            return
        request, response = self.create_request(scope, BytesIO(first.get("body", b"")))
        if request is not None:
            response = await self._answered(request)
        await self.send_response(response, send)

    async def _answered(self, request: HttpRequest) -> HttpResponseBase:
        loop = asyncio.get_running_loop()
        if not self._is_one_writer:
            return await loop.run_in_executor(self._threads, self._answer, request)
        answer: asyncio.Future[HttpResponseBase] = loop.create_future()
        self._waiting.append((request, answer))
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._work_off())
        return await answer

    async def _work_off(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            requests = [request for request, _answer in batch]
            answers = await loop.run_in_executor(self._threads, self._answer_together, requests)
            for (_request, waiting), answer in zip(batch, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(answer)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            _keep_what_works()

    def _answer_together(self, requests: list[HttpRequest]) -> list[HttpResponseBase]:
        """The answers to several requests, none of them given before all is committed and on the disk."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=FULL")
            with transaction.atomic():
                return [self.get_response(request) for request in requests]
        except DatabaseError:
            logger.exception("Nothing of what providers handed over was committed")
            return [HttpResponse(status=503) for _request in requests]
        finally:
            _keep_what_works()


def _keep_what_works() -> None:
    """Connections stay for the next request, however old, unless something went wrong on them."""
    for each in connections.all(initialized_only=True):
        each.close_at = None
        each.close_if_unusable_or_obsolete()
