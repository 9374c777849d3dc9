"""Help and services of a country: by need, and by distance from a town that somebody types."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from ventanilla.hubs.models import Country
from ventanilla.lib.text import clean
from ventanilla.verification.items import Item
from ventanilla.verification.models import Kind, Topic

from ..cards import card, cards, kind_groups, list_size
from ..item_parts import area_of
from ..labels import NEEDS
from ..places import Near, by_distance, in_order, map_of, places_of, town_name, towns_named
from ..public import PublicPage
from ..reading import country_items, items_by_topic

LONGEST_TOWN = 80
HUBS_BESIDE = 3


def services(request: HttpRequest, country: Country, language: str, *, at: datetime) -> PublicPage:
    """The topic's list, or what a reader filtered for; a town is not personal, so the address holds it."""
    found = items_by_topic(country_items(country, at=at)).get(Topic.SERVICES, [])
    town = clean(request.GET.get("town", ""), limit=LONGEST_TOWN)
    need = request.GET.get("need", "")
    asked = {"town": town, "need": need if need in NEEDS else ""}
    context: dict[str, Any] = {"topic": Topic.SERVICES, "needs": _needs(found), **asked}
    if any(asked.values()):
        context |= _filtered(found, country, language, **asked)
    else:
        context |= {"groups": kind_groups(found, language), **list_size(found)}
    query = urlencode({name: value for name, value in asked.items() if value})
    return PublicPage("web/services.html", context, country=country, shown=found, query=query)


def _needs(found: list[Item]) -> list[tuple[str, Any]]:
    """Needs that somebody in the country answers."""
    answered = {need for item in found for need in item.contact.needs}
    return [(need, label) for need, label in NEEDS.items() if need in answered]


def _filtered(found: list[Item], country: Country, language: str, *, town: str, need: str) -> dict[str, Any]:
    places = places_of(found, need=need)
    lines = [item for item in found if item.kind == Kind.HOTLINE and need and need in item.contact.needs]
    towns = towns_named(town, country) if town else []
    rows = by_distance(towns[0], places) if towns else in_order(places)
    # No hub is a shelter or a clinic, but its people know the way to one.
    hubs = [item for item in found if item.kind == Kind.HUB] if need and towns else []
    hubs_near = by_distance(towns[0], hubs)[:HUBS_BESIDE] if hubs else []
    return {
        "is_filtered": True,
        "near": [_row(row, language) for row in rows],
        "lines": cards(lines, language),
        "hubs_near": [_row(row, language) for row in hubs_near],
        "found_town": town_name(towns[0]) if towns else "",
        "other_towns": [
            {"name": town_name(other), "query": urlencode({"town": town_name(other), "need": need})}
            for other in towns[1:]
        ],
        "map": map_of(country, rows, language=language),
    }


def _row(row: Near, language: str) -> dict[str, Any]:
    return {
        **card(row.item, language),
        "area": area_of(row.item, language),
        "kilometres": row.kilometres,
        "number": row.number,
    }
