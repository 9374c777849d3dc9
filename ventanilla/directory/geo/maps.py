"""Maps as inline SVG: no third party sees who looks where, and nothing needs an exception from the CSP.

A map with links is a group to assistive technology, since an image hides the links inside it; one without is
an image. Every map needs the list it numbers beside it: the list is the full alternative.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from typing import Literal
from zlib import crc32

from ventanilla.directory.geo.countries import LOCAL_NAMES
from ventanilla.directory.geo.outlines import (
    countries_in,
    country_box,
    path_data,
    visible_rings,
)
from ventanilla.directory.geo.placing import (
    SPOT,
    Area,
    Label,
    around,
    label_area,
    name_inside,
    placed_markers,
    placed_name,
)
from ventanilla.directory.geo.towns import gazetteer
from ventanilla.directory.geo.view import Box, Pixel, View

MARKER = 17.0  # radius; 640 wide, so about 10 on a telephone
DOT = 9.0
TOWN_TEXT = 19.0
NAME_TEXT = 17.0
REGION_TEXT = 20.0
MOST_TOWNS = 7
LONGEST_NAME = 22
TOWNS_APART = 95.0
LABEL_GAPS = (8.0, MARKER + 7, 2 * MARKER + 7, 3 * MARKER + 7, 4 * MARKER + 7)
PADDING = 0.06  # of a country, on every side
DEEPEST_ZOOM = 6  # outlines are not detailed enough for more
WORTH_ZOOMING = 0.5
INSET = 118.0
AREA_DEGREES = 0.1
AREA_RADIUS = (32.0, 90.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a map; an `area` is confidential and drawn only at its position rounded to 0.1 degree."""

    lat: float
    lon: float
    label: str
    href: str | None = None
    number: int | None = None
    area: bool = False


def rounded_area(lat: float, lon: float) -> tuple[float, float]:
    """The position to show, or to measure from, for a place whose whereabouts are confidential."""
    return round(lat, 1), round(lon, 1)


def country_map(country: str, points: Sequence[Point], *, title: str, width: int = 640) -> str:
    """SVG of a country (lower-case ISO code) with numbered points, closer up when all lie in one part of it.

    Points outside the drawing are left out. Raises KeyError for a country without outline.
    """
    shown = [point for point in points if _whole(country, width).box.holds(*_position(point))]
    view = _view(country, shown, width)
    spots = [view.pixel(*_position(point)) for point in shown]
    inset = _inset_corner(view, spots) if view != _whole(country, width) else None
    taken = [around(inset, INSET / 2)] if inset else []
    centres = placed_markers(spots, radius=MARKER, view=view, taken=taken)
    parts = [
        _base(country, view),
        _towns(country, view, centres, taken),
        *dict.fromkeys(
            _area_circle(spot, view) for point, spot in zip(shown, spots, strict=True) if point.area
        ),
        *(_leader(spot, centre) for spot, centre in zip(spots, centres, strict=True) if spot != centre),
        *(_marker(point, centre) for point, centre in zip(shown, centres, strict=True)),
        _inset(country, view, inset) if inset else "",
    ]
    return _svg("".join(parts), view, title=title, key=country, has_links=any(map(_href, shown)))


def region_map(
    countries: Sequence[str],
    *,
    href: Callable[[str], str],
    label: Callable[[str], str],
    title: str,
    width: int = 640,
) -> str:
    """SVG of the region where each country and its name is a link, for the door of the site."""
    view = View(REGION, width)
    chosen = [country for country in countries if country in REGION_NAMES]
    others = [
        rings
        for code in countries_in(view)
        if code not in chosen
        for rings in visible_rings(code, view, finest=2.2)
    ]
    links = (_country_link(country, view, href=href(country), text=label(country)) for country in chosen)
    land = f'<g transform="scale(.5)">{_tag("path", css="map-land", d=path_data(others))}</g>'
    return _svg(_water(view) + land + "".join(links), view, title=title, key="region", has_links=bool(chosen))


# The view


def _position(point: Point) -> tuple[float, float]:
    return rounded_area(point.lat, point.lon) if point.area else (point.lat, point.lon)


def _whole(country: str, width: int) -> View:
    box = country_box(country)
    return View.of(box.padded(PADDING * max(box.width, box.height)), width=width)


def _view(country: str, points: Sequence[Point], width: int) -> View:
    """The whole country, or the part with all points when that shows them clearly larger."""
    whole = _whole(country, width)
    if not points:
        return whole
    around_points = Box.around(_position(point) for point in points)
    margin = 0.2 * max(around_points.width, around_points.height) + 0.1
    least = {"width": whole.box.width / DEEPEST_ZOOM, "height": whole.box.height / DEEPEST_ZOOM}
    near = View.of(around_points.padded(margin).stretched(**least), width=width)
    return near if near.box.width < WORTH_ZOOMING * whole.box.width else whole


# Land


@lru_cache(maxsize=128)
def _base(country: str, view: View) -> str:
    """Water, land and the neighbours' names: the same for every map with this view."""
    neighbours = {
        code: visible_rings(code, view, finest=2.2) for code in countries_in(view) if code != country
    }
    land = _tag("path", css="map-land", d=path_data(ring for rings in neighbours.values() for ring in rings))
    here = _tag("path", css="map-here", d=path_data(visible_rings(country, view)))
    names = [
        name_inside(LOCAL_NAMES[code], rings, size=NAME_TEXT, view=view)
        for code, rings in neighbours.items()
        if code in LOCAL_NAMES
    ]
    texts = "".join(_text(name, css="map-name", size=NAME_TEXT) for name in names if name)
    return f'{_water(view)}<g transform="scale(.5)">{land}{here}</g>{texts}'


def _water(view: View) -> str:
    return _tag("rect", css="map-water", width=view.width, height=view.height)


def _towns(country: str, view: View, centres: Sequence[Pixel], taken: Sequence[Area]) -> str:
    """The largest towns by name, where there is room between the markers, to tell people where they look."""
    filled = [*taken, *(around(centre, MARKER + 2) for centre in centres)]
    drawn = []
    for rank, (name, spot) in enumerate(_largest_towns(country, view)):
        is_covered = any(around(spot, SPOT).meets(area) for area in filled)
        is_crowded = any(around(spot, 3 * MARKER).meets(around(centre, SPOT)) for centre in centres)
        # Beyond a crowd of markers a name may stand a little off, the largest town's farthest.
        reaches = LABEL_GAPS[is_covered : (5 if rank == 0 else 3) if is_crowded else 1]
        tries = (placed_name(name, spot, size=TOWN_TEXT, gap=gap, view=view, taken=filled) for gap in reaches)
        label = next(filter(None, tries), None)
        if label:
            filled += [label_area(label, TOWN_TEXT), around(spot, SPOT)]
            dot = "" if is_covered else _circle(spot, SPOT, css="map-town")
            drawn.append(dot + _text(label, css="map-town-name", size=TOWN_TEXT))
    return "".join(drawn)


@lru_cache(maxsize=128)
def _largest_towns(country: str, view: View) -> tuple[tuple[str, Pixel], ...]:
    chosen: list[tuple[str, Pixel]] = []
    towns = (
        town for town in gazetteer().towns if town.country == country and view.box.holds(town.lat, town.lon)
    )
    for town in islice(towns, 150):  # the gazetteer lists a country's largest towns first
        spot = view.pixel(town.lat, town.lon)
        if not any(
            around(spot, TOWNS_APART / 2).meets(around(other, TOWNS_APART / 2)) for _, other in chosen
        ):
            chosen.append((town.name, spot))
    return tuple(chosen[:MOST_TOWNS])


# Points


def _area_circle(spot: Pixel, view: View) -> str:
    least, most = AREA_RADIUS
    return _circle(spot, min(max(AREA_DEGREES * view.scale, least), most), css="map-area")


def _leader(spot: Pixel, centre: Pixel) -> str:
    line = _tag("line", css="map-leader", x1=spot[0], y1=spot[1], x2=centre[0], y2=centre[1])
    return line + _circle(spot, SPOT, css="map-spot")


def _marker(point: Point, centre: Pixel) -> str:
    number = "" if point.number is None else str(point.number)
    caption = f"{number}. {point.label}" if number else point.label
    drawn = f"<title>{_escaped(caption)}</title>" + _circle(centre, MARKER if number else DOT)
    if number:
        size = 20 if len(number) < 3 else 15
        drawn += _text(Label(number, centre[0], centre[1] + size * 0.36, "middle"), size=size)
    css = "map-point map-point-area" if point.area else "map-point"
    href = _href(point)
    return _tag("a", drawn, css=css, href=href) if href else _tag("g", drawn, css=css)


def _href(point: Point) -> str | None:
    """The point's link when it leads to a page; escaping alone would let `javascript:` through."""
    is_page = point.href and re.match(r"https?://|[/#?]", point.href)
    return point.href if is_page else None


# The inset: where in the country a close view lies


def _inset_corner(view: View, spots: Sequence[Pixel]) -> Pixel:
    """The centre of an inset in the corner farthest from any point."""
    near = INSET / 2 + 6
    corners = [(x, y) for y in (near, view.height - near) for x in (view.width - near, near)]
    return max(corners, key=lambda corner: min(_apart(corner, spot) for spot in spots))


def _apart(a: Pixel, b: Pixel) -> float:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]))


def _inset(country: str, view: View, centre: Pixel) -> str:
    box = country_box(country)
    side = max(box.width, box.height) * 1.12
    small = View(box.stretched(width=side, height=side), round(INSET))
    (left, top), (right, bottom) = (
        small.pixel(view.box.north, view.box.west),
        small.pixel(view.box.south, view.box.east),
    )
    land = _tag("path", css="map-here", d=path_data(visible_rings(country, small, finest=1.5)))
    return _tag(
        "g",
        _tag("rect", css="map-water", width=INSET, height=INSET, rx=8)
        + f'<g transform="scale(.5)">{land}</g>'
        + _tag("rect", css="map-inset-view", x=left, y=top, width=right - left, height=bottom - top, rx=3),
        css="map-inset",
        transform=f"translate({centre[0] - INSET / 2:.0f} {centre[1] - INSET / 2:.0f})",
    )


# The region. Mexico's north is cut off: with it, the isthmus would be too small for a thumb.

REGION = Box(-107.0, 6.3, -66.9, 23.6)
Anchor = Literal["start", "middle", "end"]
# Where each country's name stands (longitude, latitude) and, in open sea, the spot that a line leads to.
REGION_NAMES: dict[str, tuple[float, float, Anchor, tuple[float, float] | None]] = {
    "mx": (-100.9, 19.7, "middle", None),
    "bz": (-87.2, 17.8, "start", None),
    "gt": (-92.6, 12.9, "end", (-90.9, 14.4)),
    "sv": (-90.6, 11.2, "end", (-88.9, 13.6)),
    "hn": (-85.9, 16.3, "start", None),
    "ni": (-83.0, 12.6, "start", None),
    "cr": (-86.1, 9.4, "end", None),
    "pa": (-80.0, 10.2, "middle", None),
    "jm": (-77.3, 18.8, "middle", None),
    "ht": (-72.9, 20.4, "middle", None),
    "do": (-71.5, 16.3, "middle", None),
}


def _country_link(country: str, view: View, *, href: str, text: str) -> str:
    lon, lat, anchor, target = REGION_NAMES[country]
    x, y = view.pixel(lat, lon)
    shape = _tag("path", css="map-here", d=path_data(visible_rings(country, view, finest=1.3)))
    parts = [f'<g transform="scale(.5)">{shape}</g>']
    if target:
        end_x, end_y = view.pixel(target[1], target[0])
        parts.append(_tag("line", css="map-leader", x1=x + 4, y1=y - 8, x2=end_x, y2=end_y))
    for row, line in enumerate(_lines(text)):
        label = Label(line, x, y + row * REGION_TEXT * 1.05, anchor)
        parts.append(_text(label, css="map-country-name", size=REGION_TEXT))
    return _tag("a", "".join(parts), css="map-country", href=href)


def _lines(text: str) -> list[str]:
    """A long name on two lines."""
    return text.split(" ", 1) if len(text) > 13 else [text]


# SVG


def _svg(content: str, view: View, *, title: str, key: str, has_links: bool) -> str:
    name = f"map-{key}-{crc32(content.encode() + title.encode()):08x}"
    return (
        f'<svg class="map" viewBox="0 0 {view.width} {view.height}" role="{"group" if has_links else "img"}"'
        f' aria-labelledby="{name}"><title id="{name}">{_escaped(title)}</title>{content}</svg>'
    )


def _tag(name: str, content: str = "", *, css: str = "", **attributes: float | str) -> str:
    """An element; `content` is SVG already, attributes are escaped here, numbers cut to half pixels."""
    given = {"class": css, **attributes} if css else attributes
    written = "".join(f' {key.replace("_", "-")}="{_value(value)}"' for key, value in given.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _value(value: float | str) -> str:
    return _escaped(value) if isinstance(value, str) else f"{round(value * 2) / 2:g}"


def _escaped(text: str) -> str:
    return escape("".join(letter for letter in text if letter >= " "), quote=True)


def _circle(centre: Pixel, radius: float, *, css: str = "") -> str:
    return _tag("circle", css=css, cx=centre[0], cy=centre[1], r=radius)


def _text(label: Label, *, css: str = "", size: float) -> str:
    place: dict[str, float | str] = {"x": label.x, "y": label.y, "font_size": size}
    if label.anchor != "start":
        place["text_anchor"] = label.anchor
    return _tag("text", _escaped(label.text), css=css, **place)
