"""The rectangle of the earth that a map shows, and where its positions fall on the drawing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import cos, floor, radians
from typing import TypeAlias

Pixel: TypeAlias = tuple[float, float]

FLATTEST, TALLEST = 0.5, 0.95  # height for a width of one


@dataclass(frozen=True)
class Box:
    """A rectangle in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, positions: Iterable[tuple[float, float]]) -> "Box":
        """The smallest box holding all (lat, lon) positions; raises ValueError without any."""
        lats, lons = zip(*positions, strict=True)
        return cls(min(lons), min(lats), max(lons), max(lats))

    @property
    def width(self) -> float:
        return self.east - self.west

    @property
    def height(self) -> float:
        return self.north - self.south

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the centre."""
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    def union(self, other: "Box") -> "Box":
        return Box(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def padded(self, by: float) -> "Box":
        """Larger on every side by this many degrees."""
        return Box(self.west - by, self.south - by, self.east + by, self.north + by)

    def stretched(self, *, width: float, height: float) -> "Box":
        """At least this wide and high, about the same centre."""
        lat, lon = self.middle
        half_width, half_height = max(self.width, width) / 2, max(self.height, height) / 2
        return Box(lon - half_width, lat - half_height, lon + half_width, lat + half_height)

    def holds(self, lat: float, lon: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def touches(self, other: "Box") -> bool:
        across = self.west <= other.east and other.west <= self.east
        return across and self.south <= other.north and other.south <= self.north


@dataclass(frozen=True)
class View:
    """A box drawn `width` pixels wide with degrees of longitude shortened as in its middle latitude."""

    box: Box
    width: int

    @classmethod
    def of(cls, box: Box, *, width: int) -> "View":
        """The view of a box, stretched where needed so that the drawing is neither a strip nor a tower."""
        squeeze = cos(radians(box.middle[0]))
        across = box.width * squeeze
        shaped = box.stretched(width=box.height / TALLEST / squeeze, height=across * FLATTEST)
        return cls(shaped, width)

    @cached_property
    def scale(self) -> float:
        """Pixels in a degree of latitude."""
        return self.width / (self.box.width * self._squeeze)

    @cached_property
    def height(self) -> int:
        return floor(self.box.height * self.scale)

    @cached_property
    def _squeeze(self) -> float:
        return cos(radians(self.box.middle[0]))

    def pixel(self, lat: float, lon: float) -> Pixel:
        """Where a position falls, from the top left corner."""
        return (lon - self.box.west) * self._squeeze * self.scale, (self.box.north - lat) * self.scale
