"""Hooks by a short way: what providers hand over in the same moment is committed in one go.

Django gives each request of ASGI a thread and a database connection of its own. That is right for pages; a
provider who hands over hundreds of messages a second would spend most of the time on connecting, and as many
commits would each wait for the disk. Here one thread with one connection takes all that waits, again and
again. Whatever is out of the ordinary goes the long way, to the same view as ever.
"""

import asyncio
import logging
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import timezone

from ventanilla.channels import hooks
from ventanilla.channels.views import as_webhook
from ventanilla.web.baked.responses import App, Receive, Scope, Send

from .headers import safe_headers
from .metrics import LATENCY, REQUESTS
from .whole_requests import replay

logger = logging.getLogger(__name__)

ADDRESS = re.compile(
    r"/hooks/(?P<kind>[a-z][a-z0-9_-]*)/(?P<channel>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
VIEW = "channels:hook"
# Calls that are committed together, and those that may wait for it in one process.
TOGETHER, WAITING = 64, 2_000


class HooksTogether:
    """Ordinary calls of providers; all other requests go to `app`. Bodies have come whole already."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lines = hooks.Lines()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hooks")
        self._waiting: list[tuple[hooks.Call, asyncio.Future[HttpResponse]]] = []
        self._work: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        began, first = time.perf_counter(), await receive()
        request = ASGIRequest(scope, BytesIO(first.get("body", b"")))
        if first["type"] != "http.request" or not _is_ordinary(request):
            await self._app(scope, replay(first, receive), send)
            return
        call = hooks.Call(found["kind"], UUID(found["channel"]), as_webhook(request))
        response = _with_headers(request, await self._answered(call))
        REQUESTS.add(view=VIEW, status=f"{response.status_code // 100}xx")
        LATENCY.took(time.perf_counter() - began, view=VIEW)
        await _say(response, send)

    async def _answered(self, call: hooks.Call) -> HttpResponse:
        if len(self._waiting) >= WAITING:
            return HttpResponse(status=503, headers={"Retry-After": "5"})
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[HttpResponse] = loop.create_future()
        self._waiting.append((call, answer))
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._work_off(loop))
        return await answer

    async def _work_off(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            calls = [call for call, _answer in batch]
            answers = await loop.run_in_executor(self._thread, self._take_in, calls)
            for (_call, waiting), response in zip(batch, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(response)

    def _take_in(self, calls: Sequence[hooks.Call]) -> list[HttpResponse]:
        try:
            close_old_connections()
            return hooks.answer(calls, lines=self._lines, at=timezone.now())
        except Exception:
            logger.exception("Hooks failed")
            return [HttpResponse(status=500) for _call in calls]
        finally:
            close_old_connections()


def _is_ordinary(request: ASGIRequest) -> bool:
    try:
        request.get_host()
        return request.is_secure() or not settings.SECURE_SSL_REDIRECT
    except (BadRequest, SuspiciousOperation):
        return False


def _with_headers(request: ASGIRequest, response: HttpResponse) -> HttpResponse:
    """As the middlewares would answer that have a say here: no session, no language, no form."""
    answer = XFrameOptionsMiddleware(SecurityMiddleware(lambda _request: response))
    return safe_headers(answer)(request)


async def _say(response: HttpResponse, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
