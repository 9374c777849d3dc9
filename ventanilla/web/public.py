"""What every public page shares: its language, its headers, and how long it may be kept."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from ventanilla.hubs.models import Country, Network
from ventanilla.verification.items import Item

from .assets import asset_path
from .compression import compressed
from .sharing import absolute

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_POLICY_WITH_SCRIPT = (
    f"{_POLICY}; script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'"
)
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}


@dataclass(frozen=True, slots=True)
class Moments:
    """When a page should be made again, and when it must no longer be shown (POSIX seconds or None)."""

    refresh_at: float | None = None
    dead_at: float | None = None


@dataclass(slots=True)
class PublicPage:
    """What a view hands over: a template, its context, the facts it shows, moments at which it changes.

    `query` is the part of the address that the other languages keep, as in "town=Upala"; `is_private` pages
    are kept nowhere and found by no search engine.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    country: Country | None = None
    shown: Iterable[Item] = ()
    changes_at: Iterable[datetime | None] = ()
    query: str = ""
    status: int = 200
    uses_script: bool = False
    is_private: bool = False
    retry_after: int | None = None


def public_page(view: Callable[..., PublicPage | HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve a view's page in the language of its address. Readers get no cookie and need no token."""

    @csrf_exempt
    @wraps(view)
    def serve(request: HttpRequest, language: str, **kwargs: Any) -> HttpResponse:
        if language not in settings.PUBLIC_LANGUAGES:
            raise Http404
        with override(language):
            page = view(request, language, **kwargs)
            if isinstance(page, HttpResponse):
                return page  # a file to take along
            return compressed(render_page(page, language=language, path=request.path), request)

    return serve


def render_page(page: PublicPage, *, language: str, path: str) -> HttpResponse:
    """Draw a page; the response carries `moments` for the baker."""
    network = Network.current()
    context = {
        "language": language,
        "language_name": OWN_NAMES[language],
        "alternatives": alternatives(path, language, page.country, query=page.query),
        "address": absolute(path),
        "base": f"/{language}/{page.country.code}/" if page.country else f"/{language}/",
        "network": network,
        "css": asset_path("site.css", accent=network.accent),
        "country": page.country,
        "country_name": page.country.name(language) if page.country else "",
        "is_private": page.is_private,
        **page.context,
    }
    html = _tight(render_to_string(page.template, context))
    response = HttpResponse(html, status=page.status, headers=HEADERS)
    response["Content-Security-Policy"] = _POLICY_WITH_SCRIPT if page.uses_script else _POLICY
    response["Content-Language"] = language
    if page.retry_after is not None:
        response["Retry-After"] = str(page.retry_after)
    if settings.SECURE_HSTS_SECONDS:
        # Kept with baked pages, which pass no middleware; browsers heed it over TLS only.
        response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    response["Cache-Control"] = "no-store" if page.is_private else "public, no-cache"
    response.moments = moments(page)  # type: ignore[attr-defined]
    if dead_at := response.moments.dead_at:  # type: ignore[attr-defined]
        # A kept copy on somebody's phone must know its end too (promise P1).
        response["Ventanilla-Dead-At"] = str(int(dead_at))
    return response


def _tight(html: str) -> str:
    """Without the indentation and empty lines that templates leave."""
    return re.sub(r"\s*\n\s*", "\n", html)


def alternatives(
    path: str, language: str, country: Country | None, *, query: str = ""
) -> list[dict[str, str]]:
    """The same address in every language, those of the country first."""
    rest = path.removeprefix(f"/{language}/") + (f"?{query}" if query else "")
    order = dict.fromkeys([*(country.languages if country else []), *settings.PUBLIC_LANGUAGES])
    return [
        {"code": code, "name": OWN_NAMES[code], "path": f"/{code}/{rest}"}
        for code in order
        if code in OWN_NAMES
    ]


OWN_NAMES: Mapping[str, str] = {"es": "Español", "en": "English", "fr": "Français", "ht": "Kreyòl"}


def moments(page: PublicPage) -> Moments:
    """From the clocks of the facts shown and the other moments at which the page changes."""
    zone = ZoneInfo(page.country.timezone) if page.country else ZoneInfo("UTC")
    shown = list(page.shown)
    refresh = [_midnight(item.check_again_on, zone) for item in shown if item.check_again_on]
    dead = [_midnight(item.hide_on, zone) for item in shown if item.hide_on]
    refresh += [moment.timestamp() for moment in page.changes_at if moment]
    now = datetime.now(zone).timestamp()
    return Moments(
        refresh_at=min((moment for moment in refresh if moment > now), default=None),
        dead_at=min(dead, default=None),
    )


def _midnight(day: date, zone: ZoneInfo) -> float:
    return datetime.combine(day, time.min, zone).timestamp()
