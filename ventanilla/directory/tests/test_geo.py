"""Finding the town a person means, and drawing places without giving away the confidential ones."""

import re
from itertools import combinations
from math import hypot
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import ventanilla
from ventanilla.directory.geo import (
    GEONAMES_CREDIT,
    Point,
    Town,
    country_map,
    distance_km,
    find_towns,
    nearest,
    region_map,
)
from ventanilla.directory.geo.build import simplified
from ventanilla.directory.geo.countries import FOCUS
from ventanilla.directory.geo.maps import MARKER, REGION_NAMES, rounded_area
from ventanilla.directory.geo.spelling import fold, slips

PACKAGE = Path(ventanilla.__file__).parent
SVG = "{http://www.w3.org/2000/svg}"


def pack_towns() -> list[tuple[str, str, float, float]]:
    """Every (country, city, lat, lon) that a fact in the packs gives."""
    towns = set()
    for path in sorted((PACKAGE / "packs" / "facts").glob("*.yaml")):
        for item in yaml.safe_load(path.read_text("utf-8"))["items"]:
            if item.get("city") and item.get("lat") is not None:
                towns.add((path.stem, item["city"], item["lat"], item["lon"]))
    return sorted(towns)


def first(text: str, **options: str) -> tuple[str, str]:
    town = find_towns(text, **options)[0]
    return town.name, town.country


def parsed(svg: str) -> ElementTree.Element:
    """The map as a tree; fails on anything that is not well-formed."""
    return ElementTree.fromstring(svg.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314


def with_class(svg: str, name: str) -> list[ElementTree.Element]:
    return [element for element in parsed(svg).iter() if name in element.get("class", "").split()]


# Towns


@pytest.mark.parametrize(("country", "city", "lat", "lon"), pack_towns())
def test_every_town_of_the_packs_is_found(country, city, lat, lon):
    towns = find_towns(city, country=country)
    assert min(distance_km(town.lat, town.lon, lat, lon) for town in towns[:3]) < 25


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("San José", "cr", ("San José", "cr")),
        ("san jose", None, ("San José", "cr")),
        ("SAN JOSE COSTA RICA", "mx", ("San José", "cr")),
        ("la cruz, guanacaste", None, ("La Cruz", "cr")),
        ("Tecun-Uman", "mx", ("Tecún Umán", "gt")),
        ("ayutla", "gt", ("Tecún Umán", "gt")),
        ("ayutla jalisco", "gt", ("Ayutla", "mx")),
        ("paso canoas", "pa", ("Paso Canoas", "pa")),
        ("paso canoas", "cr", ("Paso Canoas", "cr")),
        ("bajo chiquito", None, ("Bajo Chiquito", "pa")),
        ("Wanament", "ht", ("Ouanaminthe", "ht")),
        ("pòtoprens", None, ("Port-au-Prince", "ht")),
        ("okap", None, ("Cap-Haïtien", "ht")),
        ("mexico df", None, ("Ciudad de México", "mx")),
        ("managua", "cr", ("Managua", "ni")),
        ("kingston", None, ("Kingston", "jm")),
    ],
)
def test_a_town_is_found_however_it_is_written(text, country, expected):
    names = [(town.name, town.country) for town in find_towns(text, country=country)]
    assert names[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tapchula", "Tapachula"),
        ("vivo en tapachual", "Tapachula"),
        ("tegusigalpa", "Tegucigalpa"),
        ("ouanaminte", "Ouanaminthe"),
        ("huehuetenago", "Huehuetenango"),
    ],
)
def test_slips_of_the_finger_are_forgiven(text, expected):
    assert first(text)[0] == expected


def test_a_slip_in_the_persons_own_country_beats_a_stranger_far_away():
    assert first("Upla", country="cr")[0] == "Upala"


def test_an_unfinished_word_is_completed():
    assert "Tapachula" in [town.name for town in find_towns("tapac", country="mx")]


def test_a_region_alone_gives_its_towns():
    assert {town.region for town in find_towns("Guanacaste")} == {"Guanacaste"}


def test_a_sentence_without_a_town_finds_none():
    assert find_towns("me duele la cabeza y necesito un abogado", country="cr") == []


def test_limit_is_kept():
    assert len(find_towns("san", limit=3)) == 3
    assert find_towns("san jose", limit=0) == []


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from([None, "cr", "??", ""]))
def test_no_text_raises(text, country):
    assert len(find_towns(text, country=country)) <= 5


def test_half_a_character_finds_nothing():
    assert find_towns("\ud800\x00") == []


def test_towns_lie_where_the_region_lies():
    towns = find_towns("san", limit=500)
    assert len(towns) > 50
    assert all(-60 < town.lat < 60 and -130 < town.lon < -30 for town in towns)


def test_folding_and_slips_compare_spellings():
    assert fold("  Tecún-UMÁN ") == "tecun uman"
    assert slips("upala", "upala", most=2) == 0
    assert slips("uplaa", "upala", most=2) == 1
    assert slips("upala", "managua", most=2) == 3


# Distance


def test_distance_follows_the_great_circle():
    san_jose_to_managua = distance_km(9.9333, -84.0833, 12.1328, -86.2504)
    assert san_jose_to_managua == pytest.approx(341, abs=3)
    assert distance_km(9.9, -84.0, 9.9, -84.0) == 0
    assert distance_km(0, 0, 0, 180) == pytest.approx(20_015, abs=1)


def test_nearest_sorts_and_leaves_out_places_without_position():
    town = Town("Upala", "cr", "Alajuela", 10.9, -85.0, 0)
    places = {"far": (9.0, -79.5), "near": (10.9, -85.1), "nowhere": None}
    found = nearest(town, places, position=places.get)
    assert [place for _, place in found] == ["near", "far"]
    assert found[0][0] == pytest.approx(10.9, abs=0.1)


# Maps


@pytest.mark.parametrize("country", FOCUS)
def test_each_country_has_a_small_map(country):
    svg = country_map(country, [], title="Mapa")
    assert with_class(svg, "map-here")[0].get("d", "").startswith("M")
    assert with_class(svg, "map-water")
    assert len(svg.encode()) <= 8192


def test_outlines_of_all_countries_stay_small():
    assert (PACKAGE / "directory" / "geo" / "outlines.json").stat().st_size <= 60_000


def test_an_unknown_country_is_refused():
    with pytest.raises(KeyError):
        country_map("zz", [], title="Mapa")


def test_maps_need_no_exception_from_the_content_security_policy():
    svg = country_map("cr", [Point(9.9, -84.1, "Hub", "/x", 1)], title="Mapa") + home_map()
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|url\(", svg)


def test_words_and_addresses_are_escaped():
    nasty = Point(9.9, -84.1, '<script>alert("1")</script>\x00', '/?a=1&b="2"', 1)
    svg = country_map("cr", [nasty], title="<b>Mapa & más</b>")
    (link,) = parsed(svg).iter(f"{SVG}a")
    assert link.get("href") == '/?a=1&b="2"'
    assert link.findtext(f"{SVG}title") == '1. <script>alert("1")</script>'
    assert parsed(svg).findtext(f"{SVG}title") == "<b>Mapa & más</b>"


def test_an_address_that_is_no_address_is_not_linked():
    svg = country_map("cr", [Point(9.9, -84.1, "Hub", "javascript:alert(1)", 1)], title="Mapa")
    assert "javascript" not in svg
    assert with_class(svg, "map-point")


def test_a_map_with_links_is_not_an_image_to_screen_readers():
    linked = parsed(country_map("cr", [Point(9.9, -84.1, "Hub", "/x", 1)], title="Mapa"))
    plain = parsed(country_map("cr", [Point(9.9, -84.1, "Hub", None, 1)], title="Mapa"))
    assert (linked.get("role"), plain.get("role")) == ("group", "img")
    for svg in (linked, plain):
        title = svg.find(f"{SVG}title")
        assert title is not None
        assert svg.get("aria-labelledby") == title.get("id")


@pytest.mark.parametrize("count", [2, 9, 25])
def test_markers_at_one_spot_do_not_cover_each_other(count):
    points = [Point(9.93, -84.08, f"Place {number}", None, number) for number in range(1, count + 1)]
    points.append(Point(11.07, -85.63, "La Cruz", None, count + 1))
    markers = with_class(country_map("cr", points, title="Mapa"), "map-point")
    circles = [marker.find(f"{SVG}circle") for marker in markers]
    centres = [(float(circle.get("cx")), float(circle.get("cy"))) for circle in circles]
    assert [marker.findtext(f"{SVG}text") for marker in markers] == [str(n) for n in range(1, count + 2)]
    assert all(hypot(a[0] - b[0], a[1] - b[1]) > 2 * MARKER - 1.5 for a, b in combinations(centres, 2))


def test_a_confidential_place_is_the_same_circle_wherever_it_stands_in_town():
    elsewhere = Point(9.12, -83.31, "Office", None, 1)
    maps = {
        country_map("cr", [elsewhere, Point(lat, lon, "Refuge", None, 2, area=True)], title="Mapa")
        for lat, lon in [(9.951, -84.149), (10.049, -84.051), (10.0, -84.1)]
    }
    assert len(maps) == 1
    assert with_class(maps.pop(), "map-area")


def test_a_confidential_place_alone_gives_nothing_away_by_the_zoom():
    maps = {
        country_map("cr", [Point(lat, lon, "Refuge", None, 1, area=True)], title="Mapa")
        for lat, lon in [(9.951, -84.149), (10.0, -84.1)]
    }
    assert len(maps) == 1
    assert rounded_area(9.951, -84.149) == (10.0, -84.1)


def test_points_close_together_are_drawn_closer_up_with_an_inset():
    near = [Point(9.93, -84.08, "A", None, 1), Point(9.9, -84.2, "B", None, 2)]
    wide = [*near, Point(11.07, -85.63, "C", None, 3), Point(8.53, -82.84, "D", None, 4)]
    assert with_class(country_map("cr", near, title="Mapa"), "map-inset")
    assert not with_class(country_map("cr", wide, title="Mapa"), "map-inset")


def test_a_point_in_another_part_of_the_world_is_left_out():
    svg = country_map("ni", [Point(29.7, -95.4, "Houston", "/x", 1)], title="Mapa")
    assert not with_class(svg, "map-point")


def test_a_point_without_number_is_a_plain_dot():
    (marker,) = with_class(country_map("jm", [Point(18.0, -76.8, "Kingston")], title="Map"), "map-point")
    assert marker.find(f"{SVG}text") is None
    assert marker.findtext(f"{SVG}title") == "Kingston"


def home_map() -> str:
    return region_map(FOCUS, href="/{}/".format, label=str.upper, title="Países")


def test_the_region_links_every_country_by_name():
    links = list(parsed(home_map()).iter(f"{SVG}a"))
    assert [link.get("href") for link in links] == [f"/{country}/" for country in FOCUS]
    assert [link.findtext(f"{SVG}text") for link in links] == [country.upper() for country in FOCUS]
    assert set(REGION_NAMES) == set(FOCUS)


def test_a_long_country_name_takes_two_lines():
    svg = region_map(["do"], href=str, label=lambda _: "República Dominicana", title="Países")
    assert [text.text for text in parsed(svg).iter(f"{SVG}text")] == ["República", "Dominicana"]


# Building


def test_simplifying_drops_small_corners_and_keeps_large_ones():
    arc = [(-84.0, 10.0), (-83.5, 10.001), (-83.0, 10.0), (-82.5, 11.0), (-82.0, 10.0)]
    assert simplified(arc, 0.05) == [(-84.0, 10.0), (-83.0, 10.0), (-82.5, 11.0), (-82.0, 10.0)]


def test_credit_names_source_and_licence():
    assert "GeoNames" in GEONAMES_CREDIT
    assert "CC BY 4.0" in GEONAMES_CREDIT
