"""Addresses of what is read without a connection: the page, the file, the list, the worker, the manifest."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ventanilla.hubs.models import Country, Network
from ventanilla.verification.items import Item

from ..assets import asset, asset_path
from ..baking import country_paths
from ..compression import compressed
from ..public import HEADERS, OWN_NAMES, PublicPage, moments, public_page
from ..reading import country_items, open_country
from .building import FRESH_FOR, file_name, file_path, take_along
from .paths import kept_paths
from .worker import worker_text

# A file is made anew this often even where no fact changed, so that the day on it is never old.
MAKE_AGAIN_AFTER = FRESH_FOR / 12


@public_page
def offline(request: HttpRequest, language: str, country_code: str) -> PublicPage:
    """How to take a country along: the files with their sizes, and keeping it on this phone."""
    country, at = open_country(country_code), timezone.now()
    found = country_items(country, at=at)
    stamp = _stamp(found, country.today(at))
    context = {
        "files": [_file_row(country, code, stamp) for code in _own_first(country, language)],
        "list_path": f"/{language}/{country.code}/offline/list.json",
        **script_context(),
    }
    again = [at + MAKE_AGAIN_AFTER]
    return PublicPage(
        "web/offline/page.html", context, country=country, shown=found, changes_at=again, uses_script=True
    )


def script_context() -> dict[str, str]:
    """What "web/offline/script.html" needs on a page that registers the worker."""
    return {"offline_script": asset_path("offline.js")}


def _own_first(country: Country, language: str) -> list[str]:
    return sorted(country.languages, key=lambda code: code != language)


def _file_row(country: Country, language: str, stamp: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "language": language,
        "name": OWN_NAMES[language],
        "path": file_path(country, language),
        "file_name": file_name(country, language),
        "kilobytes": _kilobytes(country, language, stamp),
    }


def _stamp(found: Sequence[Item], today: date) -> tuple[Any, ...]:
    """What tells that a file may have another size."""
    return today, len(found), max((item.changed_at for item in found), default=None)


@lru_cache(maxsize=64)
def _kilobytes(country: Country, language: str, stamp: tuple[Any, ...]) -> int:
    """The size of a file, remembered: the page of each language shows the sizes of all of them."""
    return max(1, round(len(take_along(country, language, at=timezone.now()).html) / 1000))


@require_safe
def take(request: HttpRequest, language: str, country_code: str, name: str) -> HttpResponse:
    """The file itself. Raises Http404 for a language that is not one of the country's."""
    country, at = open_country(country_code), timezone.now()
    if language not in country.languages or name != file_name(country, language):
        raise Http404
    made = take_along(country, language, at=at)
    headers = {"Content-Security-Policy": made.policy, "Content-Language": language}
    response = _served(made.html, "text/html; charset=utf-8", "public, max-age=300", headers)
    page = PublicPage("", country=country, shown=made.items, changes_at=[at + MAKE_AGAIN_AFTER])
    response.moments = moments(page)  # type: ignore[attr-defined]
    return compressed(response, request)


@require_safe
def page_list(request: HttpRequest, language: str, country_code: str) -> HttpResponse:
    """The addresses that make up a country, for keeping it on a phone."""
    if language not in settings.PUBLIC_LANGUAGES:
        raise Http404
    country, at = open_country(country_code), timezone.now()
    file = file_path(country, language if language in country.languages else country.languages[0])
    pages = kept_paths(country, language, candidates=country_paths(country), at=at)
    facts = {
        "country": country.code,
        "language": language,
        "name": country.name(language),
        "home": f"/{language}/{country.code}/",
        "file": file,
        "pages": list(dict.fromkeys([*pages, file])),
    }
    response = _served(json.dumps(facts), "application/json", "public, max-age=300")
    page = PublicPage("", country=country, shown=country_items(country, at=at))
    response.moments = moments(page)  # type: ignore[attr-defined]
    return compressed(response, request)


@public_page
def notice(request: HttpRequest, language: str) -> PublicPage:
    """What the worker shows where it has no copy."""
    return PublicPage("web/offline/notice.html")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; browsers ask again for it at every visit and compare."""
    headers = {"Content-Security-Policy": "default-src 'none'; connect-src 'self'"}
    response = _served(worker_text(), "text/javascript; charset=utf-8", "no-cache", headers)
    return compressed(response, request)


@require_safe
def script(request: HttpRequest, digest: str) -> HttpResponse:
    """The script that registers the worker and keeps countries."""
    for_ever = "public, max-age=31536000, immutable"
    response = _served(asset("offline.js"), "text/javascript; charset=utf-8", for_ever)
    return compressed(response, request)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the site on its home screen."""
    network = Network.current()
    data = {
        "name": network.name,
        "short_name": network.name,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": network.accent,
        "background_color": "#fffdf8",
        "icons": [{"src": "/icon.svg", "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }
    return _served(json.dumps(data), "application/manifest+json", "public, max-age=86400")


ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<rect width="16" height="16" rx="3" fill="{accent}"/>'
    '<path d="M4 4h8v8H4zM8 4v8M4 8h8" stroke="#fff" fill="none"/></svg>'
)


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """The window of the site's mark, in the network's colour."""
    drawn = ICON.format(accent=Network.current().accent)
    headers = {"Content-Security-Policy": "default-src 'none'"}
    return _served(drawn, "image/svg+xml", "public, max-age=86400", headers)


def _served(
    body: str | bytes, content_type: str, keep: str, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    every = {**HEADERS, "Cache-Control": keep, **(headers or {})}
    return HttpResponse(body, content_type=content_type, headers=every)
