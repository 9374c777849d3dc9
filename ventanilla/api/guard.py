"""What stands before every address of the API and the feeds: size, rate, headers, plain JSON errors."""

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.cache import patch_vary_headers

from ventanilla.lib import limits

MAX_BODY = 65_536

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
KEPT_FOR = "public, max-age=300"
NOT_KEPT = "no-store"

View = Callable[..., HttpResponse]


def problem(status: int, detail: str, **more: Any) -> JsonResponse:
    """An error in the one shape that errors have here."""
    return JsonResponse({"detail": detail, **more}, status=status)


def guarded(view: View, *, clock: Callable[[], float] = time.time) -> View:
    """The view behind the guard. `clock` gives POSIX seconds."""

    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _dressed(request, _answer(request, view, clock, args, kwargs))

    serve.csrf_exempt = True  # type: ignore[attr-defined]
    return serve


def _answer(
    request: HttpRequest, view: View, clock: Callable[[], float], args: Any, kwargs: Any
) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if wait := limits.seconds_to_wait(request, purpose="api", per_minute=settings.API_RATE, now=clock()):
        seconds = math.ceil(wait)
        later = f"{seconds} seconds" if seconds > 1 else "a second"
        response = problem(429, f"Too many requests from your network. Try again in {later}.")
        response["Retry-After"] = str(seconds)
        return response
    refusal = _body_refusal(request)
    if refusal:
        return refusal
    return _served(request, view, args, kwargs)


def _served(request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse:
    is_head = request.method == "HEAD"
    if is_head:
        request.method = "GET"
    response = view(request, *args, **kwargs)
    if response.status_code == 405:
        response = _not_allowed(request, response)
    if is_head:
        response.content = b""
    return response


def _body_refusal(request: HttpRequest) -> HttpResponse | None:
    """Read the body here, so that no view meets one that is too large or breaks off."""
    too_large = problem(413, f"The body may have {MAX_BODY:,} bytes at most.")
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced[:20]) > MAX_BODY:
        return too_large
    try:
        return too_large if len(request.body) > MAX_BODY else None
    except RequestDataTooBig:
        return too_large
    except UnreadablePostError:
        return problem(400, "The body broke off.")


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    allowed = ", ".join(sorted(part.strip() for part in response.get("Allow", "").split(",")))
    answer = problem(405, f"This address takes {allowed}, not {str(request.method)[:20]}.")
    answer["Allow"] = allowed
    return answer


def _dressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method in ("GET", "HEAD", "OPTIONS"):
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    patch_vary_headers(response, ["Accept-Language"])
    is_good = response.status_code == 200 and request.method == "GET"
    response.headers.setdefault("Cache-Control", KEPT_FOR if is_good else NOT_KEPT)
    return response
