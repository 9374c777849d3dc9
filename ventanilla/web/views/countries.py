"""A country: its home, its topics, its hubs and help lines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Kind, Topic

from ..cards import cards, hub_cards, kind_groups, list_size
from ..labels import EXAMPLES, NEEDS
from ..places import in_order, map_of
from ..public import PublicPage, public_page
from ..reading import (
    alert_moments,
    country_items,
    current_alerts,
    emergency_lines,
    items_by_topic,
    open_country,
    related_countries,
)
from ..writing import can_write, line_groups
from . import items
from .services import services

HUBS_ON_HOME = 3


@public_page
def country_home(request: HttpRequest, language: str, country_code: str) -> PublicPage:
    country, at = open_country(country_code), timezone.now()
    found = country_items(country, at=at)
    hubs = hub_cards(found, country, language, at=at)
    emergency = emergency_lines(found, country)
    context = {
        "topics": [
            {"topic": topic, "count": len(rows), "examples": EXAMPLES[topic]}
            for topic, rows in items_by_topic(found).items()
        ],
        "emergency": cards(emergency[:2], language),
        "alerts": cards(current_alerts(found, at=at), language),
        "hubs": hubs[:HUBS_ON_HOME],
        "hub_count": len(hubs),
        "can_write": can_write(country),
        "line_count": sum(item.kind == Kind.HOTLINE for item in found),
        "others": [(c.code, c.name(language)) for c in related_countries(country, language=language)],
    }
    changes = [*_changes(hubs), *alert_moments(country, at=at)]
    return PublicPage("web/country.html", context, country=country, shown=found, changes_at=changes)


@public_page
def country_part(request: HttpRequest, language: str, country_code: str, part: str) -> PublicPage:
    """A topic or an item: item references start with the country's code, so they never meet."""
    country, at = open_country(country_code), timezone.now()
    if part == Topic.SERVICES:
        return services(request, country, language, at=at)
    if part in Topic.values:
        return _topic(country, Topic(part), language, at=at)
    return items.item_page(country, part, language, at=at)


def _topic(country: Country, topic: Topic, language: str, *, at: datetime) -> PublicPage:
    found = items_by_topic(country_items(country, at=at)).get(topic, [])
    context = {"topic": topic, "groups": kind_groups(found, language), **list_size(found)}
    changes = alert_moments(country, at=at)
    return PublicPage("web/topic.html", context, country=country, shown=found, changes_at=changes)


@public_page
def hotlines(request: HttpRequest, language: str, country_code: str) -> PublicPage:
    """Help lines under each need they answer, the most urgent need first."""
    country, at = open_country(country_code), timezone.now()
    lines = country_items(country, at=at, kind=Kind.HOTLINE)
    by_need = {need: [line for line in lines if need in line.contact.needs] for need in NEEDS}
    unsorted = [line for line in lines if not NEEDS.keys() & set(line.contact.needs)]
    context = {
        "groups": [
            {"need": need, "label": NEEDS[need], "cards": cards(rows, language)}
            for need, rows in by_need.items()
            if rows
        ],
        "unsorted": cards(unsorted, language),
        "can_write": can_write(country),
    }
    return PublicPage("web/hotlines.html", context, country=country, shown=lines)


@public_page
def hubs(request: HttpRequest, language: str, country_code: str) -> PublicPage:
    """The hubs of a country with their state now, and a map."""
    country, at = open_country(country_code), timezone.now()
    found = country_items(country, at=at, kind=Kind.HUB)
    here = hub_cards(found, country, language, at=at)
    rows = in_order([card["item"] for card in here])
    for row, hub in zip(rows, here, strict=True):
        hub["number"] = row.number
    context = {
        "hubs": here,
        "map": map_of(country, rows, language=language),
        "can_write": can_write(country),
    }
    return PublicPage("web/hubs.html", context, country=country, shown=found, changes_at=_changes(here))


@public_page
def write(request: HttpRequest, language: str, country_code: str) -> PublicPage:
    """The lines on which a person can be written to or called, and who sees what is said on each."""
    country, at = open_country(country_code), timezone.now()
    found = country_items(country, at=at, kind__in=[Kind.HOTLINE, Kind.HUB])
    here = hub_cards(found, country, language, at=at)
    groups = line_groups(country, language, here)
    context = {
        "groups": groups,
        "has_chat": any(group["is_chat"] and not group["lines"][0]["is_paused"] for group in groups),
        "emergency": cards(emergency_lines(found, country)[:1], language),
    }
    return PublicPage("web/write.html", context, country=country, shown=found, changes_at=_changes(here))


def _changes(rows: Sequence[dict[str, Any]]) -> list[datetime]:
    return [row["opening"].changes_at for row in rows if row["opening"].changes_at]
