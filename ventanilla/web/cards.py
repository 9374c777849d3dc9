"""Items as rows of lists."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from ventanilla.hubs.models import Country, Hub
from ventanilla.verification.items import Item
from ventanilla.verification.models import Kind

from .labels import KINDS
from .opening import Opening, opening_of
from .reading import hubs_of, kind_order

# Longer lists than this show less of each item, so that the list fits one round trip.
LONG_LIST = 24


def card(item: Item, language: str) -> dict[str, Any]:
    """An item as a row of a list: where it leads, and in which language its title is."""
    return {
        "item": item,
        "text": item.text(language),
        "lang": item.language(language),
        "path": item_path(item, language),
    }


def cards(found: Sequence[Item], language: str) -> list[dict[str, Any]]:
    return [card(item, language) for item in found]


def item_path(item: Item, language: str) -> str:
    return f"/{language}/{item.country}/{item.ref}/"


def kind_groups(found: Sequence[Item], language: str) -> list[dict[str, Any]]:
    """Cards under the plural of their kind, in the order of the page."""
    ordered = sorted(found, key=kind_order)
    return [
        {"kind": kind, "label": KINDS[Kind(kind)], "cards": cards(list(rows), language)}
        for kind, rows in groupby(ordered, key=lambda item: item.kind)
    ]


def list_size(found: Sequence[Item]) -> dict[str, Any]:
    """How much of each item a list of this length shows."""
    is_long = len(found) > LONG_LIST
    return {"is_long": is_long, "words": 14 if is_long else 24}


def hub_cards(
    found: Sequence[Item], country: Country, language: str, *, at: datetime
) -> list[dict[str, Any]]:
    """Public hubs with what their hours say now, those that attend first."""
    public = {item.ref: item for item in found if item.kind == Kind.HUB}
    rows = [
        {**card(public[hub.ref], language), "hub": hub, "opening": opening_of(hub, at=at)}
        for hub in hubs_of(country, public)
    ]
    return sorted(rows, key=lambda row: _readiness(row["hub"], row["opening"]))


def _readiness(hub: Hub, opening: Opening) -> int:
    tones = ("open", "closed", "unknown")
    return tones.index(opening.tone) if hub.state == Hub.State.OPEN else len(tones)
