"""Where markers and names go on a map so that none covers another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

from ventanilla.directory.geo.view import Pixel, View

RINGS = 24
LONGEST_LINE = 7  # in radii, as long as there is a choice
SPOT = 4.0  # radius of the dot that a line leads to


@dataclass(frozen=True)
class Label:
    """A text with the baseline start (or middle, or end) at x, y."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Area:
    """A rectangle of pixels that something already fills."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def around(pixel: Pixel, reach: float) -> Area:
    """The square reaching this far from a pixel."""
    x, y = pixel
    return Area(x - reach, y - reach, x + reach, y + reach)


def placed_markers(
    spots: Sequence[Pixel], *, radius: float, view: View, taken: Sequence[Area] = ()
) -> list[Pixel]:
    """A centre for each spot's round marker: on the spot if it stands alone, else beside it on a short line.

    Markers never overlap each other, a `taken` area or the edge while there is room within reach. As far as
    possible they keep off other spots, and off the lines from markers to their spots.
    """
    placed: list[Pixel] = []
    for spot in spots:
        placed.append(_centre(spot, spots, placed, radius=radius, view=view, taken=taken))
    return placed


def _centre(
    spot: Pixel,
    spots: Sequence[Pixel],
    placed: Sequence[Pixel],
    *,
    radius: float,
    view: View,
    taken: Sequence[Area],
) -> Pixel:
    """The nearest free place that crosses no line; failing that, that hides no spot; failing that, any."""
    lines = list(zip(spots, placed, strict=False))
    second = third = None
    for centre in _candidates(spot, radius, outwards=_outwards(spot, spots, radius)):
        if not (_is_inside(centre, radius, view) and _is_free(centre, placed, radius, taken)):
            continue
        third = third or centre
        if _distance(spot, centre) > LONGEST_LINE * radius:
            break
        if _hides_nothing(spot, centre, spots, radius):
            second = second or centre
            if _crosses_nothing(spot, centre, lines, radius):
                return centre
    return second or third or spot


def _outwards(spot: Pixel, spots: Sequence[Pixel], radius: float) -> float:
    """The direction, in radians, away from the middle of the spots nearby; up when there is none."""
    near = [other for other in spots if _distance(spot, other) < 5 * radius]
    across = spot[0] - sum(x for x, _ in near) / len(near)
    down = spot[1] - sum(y for _, y in near) / len(near)
    return atan2(down, across) if hypot(across, down) > 1 else -pi / 2


def _candidates(spot: Pixel, radius: float, *, outwards: float) -> Iterator[Pixel]:
    yield spot
    for ring in range(RINGS):
        reach = radius * (2 + ring / 2)
        steps = 12 + 4 * ring
        for step in range(steps):
            # 0, 1, -1, 2, -2 ...: from the outward direction to both sides alike.
            turn = outwards + 2 * pi / steps * ((step + 1) // 2) * (1 if step % 2 else -1)
            yield spot[0] + reach * cos(turn), spot[1] + reach * sin(turn)


def _is_inside(centre: Pixel, radius: float, view: View) -> bool:
    x, y = centre
    return radius < x < view.width - radius and radius < y < view.height - radius


def _is_free(centre: Pixel, placed: Iterable[Pixel], radius: float, taken: Iterable[Area]) -> bool:
    if any(_distance(centre, other) < 2 * radius for other in placed):
        return False
    return not any(around(centre, radius).meets(area) for area in taken)


def _hides_nothing(spot: Pixel, centre: Pixel, spots: Sequence[Pixel], radius: float) -> bool:
    """Whether a marker covers no spot but its own; where several share a spot, none of them may sit on it."""
    return sum(_distance(centre, other) < radius + SPOT for other in spots) <= (centre == spot)


def _crosses_nothing(spot: Pixel, centre: Pixel, lines: Iterable[tuple[Pixel, Pixel]], radius: float) -> bool:
    """Whether a marker lies on no earlier marker's line, and none of these markers on its own."""
    return not any(
        _distance_to_line(centre, start, end) < radius or _distance_to_line(end, spot, centre) < radius
        for start, end in lines
    )


def _distance(a: Pixel, b: Pixel) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _distance_to_line(pixel: Pixel, start: Pixel, end: Pixel) -> float:
    """From a pixel to the nearest part of a line with two ends."""
    across, down = end[0] - start[0], end[1] - start[1]
    along = (pixel[0] - start[0]) * across + (pixel[1] - start[1]) * down
    share = min(max(along / (across**2 + down**2 or 1), 0), 1)
    return _distance(pixel, (start[0] + share * across, start[1] + share * down))


def text_width(text: str, size: float) -> float:
    """Roughly how wide a text is drawn; the browser's font is not known here."""
    return len(text) * size * 0.56


def placed_name(
    text: str, spot: Pixel, *, size: float, gap: float, view: View, taken: Sequence[Area]
) -> Label | None:
    """A name beside a spot, on the first side with room, or None when there is none."""
    x, y = spot
    sides = (
        Label(text, x + gap, y + size * 0.35, "start"),
        Label(text, x - gap, y + size * 0.35, "end"),
        Label(text, x, y - gap, "middle"),
        Label(text, x, y + gap + size * 0.75, "middle"),
    )
    page = Area(2, 2, view.width - 2, view.height - 2)
    for label in sides:
        area = label_area(label, size)
        if _holds(page, area) and not any(area.meets(other) for other in taken):
            return label
    return None


def label_area(label: Label, size: float) -> Area:
    width = text_width(label.text, size)
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return Area(left, label.y - size * 0.8, left + width, label.y + size * 0.25)


def _holds(page: Area, area: Area) -> bool:
    across = page.left <= area.left and area.right <= page.right
    return across and page.top <= area.top and area.bottom <= page.bottom


def name_inside(text: str, rings: Sequence[list[Pixel]], *, size: float, view: View) -> Label | None:
    """A name in the roomiest stretch of a country's visible land, or None when it does not fit."""
    needed = text_width(text, size) + size
    rows = [size * (1.5 + step) for step in range(int(view.height / size) - 2)]
    stretches = [stretch for row in rows for stretch in _stretches(rings, row, size, view)]
    room, x, y = max(stretches, default=(0.0, 0.0, 0.0))
    return Label(text, x, y + size * 0.35, "middle") if room >= needed else None


def _stretches(
    rings: Sequence[list[Pixel]], row: float, size: float, view: View
) -> Iterator[tuple[float, float, float]]:
    """Room, middle and row of each stretch of land that is free over the height of a line of text."""
    for start, end in _land(rings, row, view):
        for height in (row - size * 0.7, row + size * 0.7):
            over = [(max(start, a), min(end, b)) for a, b in _land(rings, height, view)]
            start, end = max(over, key=lambda pair: pair[1] - pair[0], default=(0.0, 0.0))
        yield end - start, (start + end) / 2, row


def _land(rings: Sequence[list[Pixel]], row: float, view: View) -> list[tuple[float, float]]:
    """The stretches where a horizontal line runs over land, from its crossings with the rings."""
    crossings = sorted(
        x1 + (row - y1) / (y2 - y1) * (x2 - x1)
        for ring in rings
        for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True)
        if (y1 > row) != (y2 > row)
    )
    seen = [min(max(x, 0.0), float(view.width)) for x in crossings]
    return list(zip(seen[0::2], seen[1::2], strict=False))
