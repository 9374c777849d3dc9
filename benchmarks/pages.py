"""Bytes and requests of each kind of public page on first view, and its serving rate against nginx.

A first view is what a phone with an empty cache fetches: the page and everything it names.
Bytes are bodies as they travel (brotli where offered, gzip beside it), headers not counted.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from django.test import RequestFactory

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Fact, Topic
from ventanilla.web import baking
from ventanilla.web.baked import BakedPage, bake
from ventanilla.web.views.asking import answer

LIMIT = 14 * 1024
QUESTION = {"es": "q nesesito pa pedir refujio", "en": "how do i ask for asylum", "fr": "asile", "ht": "azil"}


class Resources(HTMLParser):
    """Addresses that a browser fetches by itself to draw a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "link" and (named.get("rel") or "") in ("stylesheet", "icon", "manifest", "preload"):
            self._add(named.get("href"))
        elif tag in ("script", "img", "iframe", "source", "audio", "video"):
            self._add(named.get("src"))

    def _add(self, address: str | None) -> None:
        if address and not address.startswith("data:"):
            self.found.add(address)


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; returns the figures."""
    parser = argparse.ArgumentParser(prog="ventanilla bench pages")
    parser.add_argument("--no-serving", action="store_true", help="only bytes and requests")
    options = parser.parse_args(list(argv))
    kinds = {kind: [first_view(page) for page in pages if page] for kind, pages in _pages_by_kind().items()}
    figures: dict[str, Any] = {kind: _summary(views) for kind, views in kinds.items()}
    everything = [view for views in kinds.values() for view in views]
    figures["over_limit"] = sum(view[0] > LIMIT for view in everything)
    figures["limit"] = LIMIT
    if not options.no_serving:
        from benchmarks import serving

        figures["serving"] = serving.main([])
    return figures


def _pages_by_kind() -> dict[str, list[BakedPage | None]]:
    pages: dict[str, list[BakedPage | None]] = {"country": [], "topic": [], "item": [], "result": []}
    for country in Country.objects.open().order_by("code"):
        print(f"  {country}", file=sys.stderr, flush=True)
        refs = list(Fact.objects.filter(country=country).order_by("ref").values_list("ref", flat=True))
        for language in country.languages:
            base = f"/{language}/{country.code}/"
            pages["country"].append(baking.render(base))
            pages["topic"] += [baking.render(f"{base}{topic.value}/") for topic in Topic]
            pages["item"] += [baking.render(f"{base}{ref}/") for ref in refs]
            pages["result"].append(_result(language, country.code))
    return pages


def _result(language: str, country: str) -> BakedPage:
    path = f"/{language}/{country}/ask/"
    request = RequestFactory(headers={"host": "localhost"}).post(path, {"q": QUESTION.get(language, "ayuda")})
    response = answer(request, language=language, country_code=country)
    return bake(headers=(), body=response.content)


def first_view(page: BakedPage) -> tuple[int, int, int]:
    """Bytes with brotli, bytes with gzip, requests."""
    resources = Resources()
    resources.feed(page.body.decode())
    parts = [page, *(found for address in resources.found if (found := baking.render(address)))]
    brotli = sum(len(part.brotli or part.body) for part in parts)
    gzip = sum(len(part.gzip or part.body) for part in parts)
    return brotli, gzip, 1 + len(resources.found)


def _summary(views: list[tuple[int, int, int]]) -> dict[str, int]:
    return {
        "pages": len(views),
        "median_bytes": int(statistics.median(view[0] for view in views)),
        "max_bytes": max(view[0] for view in views),
        "max_bytes_gzip": max(view[1] for view in views),
        "max_requests": max(view[2] for view in views),
    }
