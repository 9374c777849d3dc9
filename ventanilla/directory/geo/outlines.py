"""Outlines of the region's countries (Natural Earth), as SVG path data for a view."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from math import hypot

from ventanilla.directory.geo.view import Box, Pixel, View

DEGREE = 1000  # the file counts in thousandths of a degree
FINEST_PIXELS = 1.6  # corners closer than this would not be seen
STEPS = 2  # path coordinates are whole half pixels: smooth enough, and far shorter than decimals
EDGE = 4.0  # outlines are cut this far outside the view, so that the cut's own line stays hidden
MAINLAND_REACH = 1.0  # degrees; islands further out do not make a country's map larger


@dataclass(frozen=True)
class Outlines:
    """Arcs of (lat, lon) corners; a country's rings name arcs, and ~n stands for arc n walked backwards."""

    arcs: list[list[tuple[float, float]]]
    rings: dict[str, list[list[int]]]


@cache
def outlines() -> Outlines:
    """The outlines, read from the package once per process."""
    data = json.loads(files(__package__).joinpath("outlines.json").read_text("utf-8"))
    return Outlines([_corners(arc) for arc in data["arcs"]], data["rings"])


def _corners(arc: list[int]) -> list[tuple[float, float]]:
    lons, lats = accumulate(arc[0::2]), accumulate(arc[1::2])
    return [(lat / DEGREE, lon / DEGREE) for lon, lat in zip(lons, lats, strict=True)]


@cache
def country_box(country: str) -> Box:
    """The box of a country's mainland and near islands; raises KeyError for a country without outline."""
    boxes = sorted(_ring_boxes(country), key=lambda box: box.width * box.height)
    mainland = boxes[-1]
    for box in boxes[:-1]:
        if box.touches(boxes[-1].padded(MAINLAND_REACH)):
            mainland = mainland.union(box)
    return mainland


@cache
def _ring_boxes(country: str) -> tuple[Box, ...]:
    known = outlines()
    return tuple(
        Box.around(corner for arc in ring for corner in known.arcs[max(arc, ~arc)])
        for ring in known.rings[country]
    )


def countries_in(view: View) -> list[str]:
    """Countries of which the view may show a part."""
    return [code for code in outlines().rings if any(box.touches(view.box) for box in _ring_boxes(code))]


def visible_rings(country: str, view: View, *, finest: float = FINEST_PIXELS) -> list[list[Pixel]]:
    """A country's rings in pixels, cut to just outside the view, without corners closer than `finest`."""
    rings = zip(outlines().rings[country], _ring_boxes(country), strict=True)
    drawn = [_ring(ring, view, finest) for ring, box in rings if box.touches(view.box)]
    cut = [_cut(ring, view) for ring in drawn]
    return [ring for ring in cut if len(ring) > 2]


def path_data(rings: Iterable[list[Pixel]]) -> str:
    """The `d` of an SVG path that is to be drawn in half pixels (`transform="scale(.5)"`)."""
    return "".join(_ring_data(ring) for ring in rings)


def _ring(ring: list[int], view: View, finest: float) -> list[Pixel]:
    pixels: list[Pixel] = []
    for number in ring:
        arc = _thinned([view.pixel(*corner) for corner in outlines().arcs[max(number, ~number)]], finest)
        pixels += (arc if number >= 0 else arc[::-1])[:-1]
    return pixels


def _thinned(arc: list[Pixel], finest: float) -> list[Pixel]:
    """Thinned arc by arc, not ring by ring, so that both sides of a border lose the same corners."""
    kept = arc[:1]
    for x, y in arc[1:-1]:
        if hypot(x - kept[-1][0], y - kept[-1][1]) >= finest:
            kept.append((x, y))
    return kept + arc[-1:]


def _cut(ring: list[Pixel], view: View) -> list[Pixel]:
    """Sutherland-Hodgman, one side of the view after the other."""
    sides = ((0, -EDGE, 1), (0, view.width + EDGE, -1), (1, -EDGE, 1), (1, view.height + EDGE, -1))
    for axis, limit, sign in sides:
        ring = list(_cut_at(ring, axis, limit, sign))
    return ring


def _cut_at(ring: list[Pixel], axis: int, limit: float, sign: int) -> Iterator[Pixel]:
    for start, end in zip(ring[-1:] + ring[:-1], ring, strict=True):
        from_inside, to_inside = (start[axis] - limit) * sign >= 0, (end[axis] - limit) * sign >= 0
        if from_inside != to_inside:
            share = (limit - start[axis]) / (end[axis] - start[axis])
            yield start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
        if to_inside:
            yield end


def _ring_data(ring: list[Pixel]) -> str:
    """One closed ring: an absolute start, then relative steps; a minus sign spares the space before it."""
    x, y = (round(value * STEPS) for value in ring[0])
    numbers: list[int] = []
    start = f"M{x} {y}l"
    for pixel in ring[1:]:
        next_x, next_y = (round(value * STEPS) for value in pixel)
        if (next_x, next_y) != (x, y):
            numbers += [next_x - x, next_y - y]
        x, y = next_x, next_y
    return f"{start}{' '.join(map(str, numbers)).replace(' -', '-')}z" if len(numbers) > 2 else ""
