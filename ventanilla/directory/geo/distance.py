"""How far apart two positions are, and which places are nearest."""

from collections.abc import Callable, Iterable
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeAlias, TypeVar

EARTH_DIAMETER_KM = 2 * 6371.0088

Position: TypeAlias = tuple[float, float]  # latitude, longitude
Place = TypeVar("Place")


class Located(Protocol):
    """Anything with a position in degrees, such as a Town."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance: as the crow flies, not along the road."""
    north, east = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    chord = sin(north) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(east) ** 2
    return EARTH_DIAMETER_KM * asin(min(1.0, sqrt(chord)))


def nearest(
    town: Located, places: Iterable[Place], *, position: Callable[[Place], Position | None]
) -> list[tuple[float, Place]]:
    """Places with their distance in km, nearest first; those whose position is None are left out.

    For a confidential place, `position` must give what the map shows (`rounded_area`): exact distances from a
    few towns would reveal the spot.
    """
    measured = [
        (distance_km(town.lat, town.lon, *where), place)
        for place in places
        if (where := position(place)) is not None
    ]
    return sorted(measured, key=lambda pair: pair[0])
