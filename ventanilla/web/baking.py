"""Rendering public pages ahead of time, and again when what they show changes or expires.

A page is rendered by asking our own views, so that a baked page and a fresh one are the same bytes.
The baker runs once per machine: it follows the changes noted in the database, and the calendar.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from django.utils import timezone

from ventanilla.hubs.models import Country, Network
from ventanilla.verification.models import Fact, Topic

from .assets import asset_path
from .baked import BakedPage, BakedStore, bake
from .indexing import follow_index
from .models import Change
from .offline.paths import offline_paths, shared_paths
from .public import Moments
from .writing import fingerprints

logger = logging.getLogger(__name__)

# Seconds between looks at the list of changes.
LOOK_EVERY = 1.0
# Bytes from which the best compression would take seconds to save a tenth.
LARGE = 60_000
# What the look of a page depends on besides the facts: our own code, templates, styles, translations.
_SOURCES = Path(__file__).parent.parent
_PATTERNS = ("web/**/*.py", "web/**/*.html", "web/static/**/*", "verification/items.py", "locale/**/*.mo")


def store() -> BakedStore:
    return _store_in(settings.BAKED_ROOT)


@cache
def _store_in(root: Path) -> BakedStore:
    # Whoever bakes reads no page twice: only what stands where is remembered.
    return BakedStore(root, memory=0)


def all_paths() -> list[str]:
    """Every address that is baked; what readers need first comes first."""
    paths = [asset_path("site.css")]
    paths += [f"/{language}/{page}" for language in settings.PUBLIC_LANGUAGES for page in NETWORK_PAGES]
    paths += shared_paths()
    for country in Country.objects.open().order_by("code"):
        paths += country_paths(country)
    return paths


NETWORK_PAGES = ("", "about/", "how-we-check/", "privacy/", "accessibility/", "unavailable/")
COUNTRY_PAGES = ("", *(f"{topic.value}/" for topic in Topic), "hotlines/", "hubs/", "write/")
# Those that tell of lines on which people can write.
LINE_PAGES = ("", "hotlines/", "hubs/", "write/")


def country_paths(country: Country) -> list[str]:
    """The addresses of a country, those in its own languages first."""
    refs = list(Fact.objects.filter(country=country).order_by("ref").values_list("ref", flat=True))
    parts = [*COUNTRY_PAGES, *(f"{ref}/" for ref in refs)]
    languages = dict.fromkeys([*country.languages, *settings.PUBLIC_LANGUAGES])
    paths = [f"/{language}/{country.code}/{part}" for language in languages for part in parts]
    return [*paths, *offline_paths(country)]


def bake_paths(paths: Iterable[str], *, progress: Callable[[], None] = lambda: None) -> int:
    """Render these addresses into the store; what is not there any more leaves it. Returns pages written."""
    pages, written = store(), 0
    for path in paths:
        page = _render_now(path)
        if page is None:
            pages.remove(path)
        elif (kept := pages.get(path)) is None or _differs(kept, page):
            pages.put(path, page)
            written += 1
        progress()
    return written


def _render_now(path: str) -> BakedPage | None:
    """Render, and again where a fact changed meanwhile: a page from before a hiding is never kept."""
    while True:
        before = _latest_change()
        page = render(path)
        if _latest_change() == before:
            return page


def _latest_change() -> int:
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _differs(kept: BakedPage, page: BakedPage) -> bool:
    return (kept.etag, kept.refresh_at, kept.dead_at) != (page.etag, page.refresh_at, page.dead_at)


def render(path: str) -> BakedPage | None:
    """Render one address as a reader without cookies gets it; None where there is no page."""
    request = RequestFactory(headers={"host": "localhost"}).get(path)
    try:
        match = resolve(path)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except (Resolver404, Http404):
        return None
    if response.status_code != 200:
        return None
    moments = getattr(response, "moments", Moments())
    return bake(
        content_type=response["Content-Type"],
        headers=tuple((k, v) for k, v in response.items() if k not in ("Content-Type", "Content-Length")),
        body=response.content,
        refresh_at=moments.refresh_at,
        dead_at=moments.dead_at,
        fast=len(response.content) > LARGE,
    )


def touched_paths(refs: Iterable[str]) -> list[str]:
    """Addresses on which these facts may show: their own first, then their countries' and siblings'."""
    facts = list(Fact.objects.filter(ref__in=refs).select_related("country"))
    languages = settings.PUBLIC_LANGUAGES
    own = [f"/{lang}/{fact.country_id}/{fact.ref}/" for fact in facts for lang in languages]
    concepts = {fact.concept for fact in facts if fact.concept}
    related = Fact.objects.filter(concept__in=concepts).order_by("ref").values_list("country_id", "ref")
    own += [f"/{lang}/{country}/{ref}/" for country, ref in related for lang in languages]
    rest = [path for country in {fact.country for fact in facts} for path in country_paths(country)]
    return list(dict.fromkeys([*own, *rest]))


def line_paths(code: str) -> list[str]:
    """Addresses of a country on which its lines show."""
    return [f"/{language}/{code}/{page}" for language in settings.PUBLIC_LANGUAGES for page in LINE_PAGES]


def forget(refs: Iterable[str]) -> None:
    """Take pages that may show these facts out of the store at once; they are rendered afresh when asked."""
    pages = store()
    for path in touched_paths(refs):
        pages.remove(path)


def watch(*, stop: Callable[[], bool] = lambda: False) -> None:
    """Bake what is missing, then follow changes and the calendar until stopped.

    While the database is away, readers go on getting what was baked and the watch tries again.
    """
    while not stop():
        try:
            look()
        except Error:
            logger.warning("The database is away; baked pages go on being served")
        close_old_connections()
        time.sleep(LOOK_EVERY)


def look() -> None:
    """One look: bake everything after an upgrade, else what changed or expired since the last look.

    The index comes first: whoever asks now should find what was published now.
    """
    follow_index()
    latest, lines = _latest_change(), fingerprints()
    known, version = _last_look(), _version()
    if known.get("version") != version:
        # First away with the old: a country that was closed, or starter content switched off, is on no list.
        store().clear()
        bake_paths(all_paths())
    else:
        if latest > known["change"]:
            changes = Change.objects.filter(pk__gt=known["change"], pk__lte=latest).order_by("pk")
            bake_paths(touched_paths({ref for change in changes for ref in change.refs}))
        moved = {code for code, _line in lines.items() ^ known["lines"].items()}
        bake_paths(path for code in sorted(moved) for path in line_paths(code))
    bake_paths(list(store().due(timezone.now().timestamp())))
    _remember({"version": version, "change": latest, "lines": lines})


def _looked() -> Path:
    """Beside the store, so that it is neither a page nor gone when the store is cleared by hand."""
    return settings.BAKED_ROOT.with_name("baked-until.json")


def _last_look() -> dict[str, Any]:
    try:
        return dict(json.loads(_looked().read_text()))
    except (OSError, ValueError):
        return {}


def _remember(state: dict[str, Any]) -> None:
    if state != _last_look():
        _looked().parent.mkdir(parents=True, exist_ok=True)
        _looked().write_text(json.dumps(state))


def _version() -> str:
    """A fingerprint of everything but facts that pages are made of; it changes with an upgrade."""
    network = Network.current()
    countries = list(Country.objects.order_by("code").values_list("code", "is_open"))
    return f"{_code_version()}:{network.name}:{network.accent}:{network.shows_starter}:{countries}"


@cache
def _code_version() -> str:
    digest = hashlib.sha256()
    for pattern in _PATTERNS:
        for file in sorted(_SOURCES.glob(pattern)):
            if file.is_file():
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def note_change(*, refs: frozenset[str], **kwargs: object) -> None:
    """Note for the bakers of all machines that these facts changed, and stop showing their old pages here."""
    Change.objects.create(refs=sorted(refs), at=timezone.now())
    forget(refs)
