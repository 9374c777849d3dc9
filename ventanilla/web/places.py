"""Places that help, by distance from a town that somebody typed, and the map that numbers them alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ventanilla.directory.geo import Point, Town, country_map, find_towns, nearest
from ventanilla.hubs.models import Country
from ventanilla.verification.items import Item
from ventanilla.verification.models import Kind

# As many as a thumb can tell apart on a map, and as fit one round trip.
MOST_ON_MAP = 20
PLACE_KINDS = (Kind.SERVICE, Kind.HUB, Kind.AUTHORITY)


@dataclass(frozen=True, slots=True)
class Near:
    """A place and, where both ends are known, its rounded distance; `number` is the one on the map."""

    item: Item
    kilometres: int | None = None
    number: int | None = None


def places_of(found: Sequence[Item], *, need: str = "") -> list[Item]:
    """Places among items that answer a need now; without a need all of them, those that closed too."""
    places = [item for item in found if item.kind in PLACE_KINDS]
    return [item for item in places if not need or (need in item.contact.needs and item.contact.is_active)]


def position(item: Item) -> tuple[float, float] | None:
    """Where an item may be drawn and measured from. A confidential place has no position at all."""
    contact = item.contact
    if contact.is_confidential or contact.latitude is None or contact.longitude is None:
        return None
    return contact.latitude, contact.longitude


def by_distance(town: Town, places: Sequence[Item]) -> list[Near]:
    """Places with a position, the nearest first, then those without one."""
    measured = [
        Near(item, _rounded(km), number if number <= MOST_ON_MAP else None)
        for number, (km, item) in enumerate(nearest(town, places, position=position), 1)
    ]
    return measured + [Near(item) for item in places if position(item) is None]


def in_order(places: Sequence[Item]) -> list[Near]:
    """Places numbered as they come, for a list without a town."""
    located = [item for item in places if position(item)]
    numbers = {item.ref: number for number, item in enumerate(located[:MOST_ON_MAP], 1)}
    return [Near(item, number=numbers.get(item.ref)) for item in places]


def _rounded(kilometres: float) -> int:
    """Published positions are those of towns: more exact would be untrue."""
    return max(1, round(kilometres)) if kilometres < 20 else round(kilometres / 5) * 5


def map_of(country: Country, rows: Sequence[Near], *, language: str) -> SafeString | str:
    """The map of the numbered places, each a link to its row in the list; "" without any."""
    points = [
        Point(lat, lon, row.item.text(language).title, href=f"#n{row.number}", number=row.number)
        for row in rows
        if row.number and (where := position(row.item))
        for lat, lon in [where]
    ]
    if not points:
        return ""
    title = _("Map with the numbers of the list")
    # country_map escapes every text it draws.
    return mark_safe(country_map(country.code, points, title=title))  # noqa: S308


def map_of_one(country: Country, item: Item, *, language: str) -> SafeString | str:
    """Where a single place is; "" where its position is not known or not told."""
    where = position(item)
    if where is None:
        return ""
    title = _("Map: the place is approximate")
    return mark_safe(country_map(country.code, [Point(*where, item.text(language).title)], title=title))  # noqa: S308


def towns_named(text: str, country: Country) -> list[Town]:
    """Towns of the country that somebody may mean, the likeliest first."""
    found = find_towns(text, country=country.code, limit=8)
    return [town for town in found if town.country == country.code][:5]


def town_name(town: Town) -> str:
    return f"{town.name}, {town.region}" if town.region else town.name
