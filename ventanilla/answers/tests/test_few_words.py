"""Two or three words typed on a phone: seldom refused, and never answered from next door."""

import json
from pathlib import Path

import pytest

from ventanilla.answers.engine import Index
from ventanilla.answers.engine.packs import pack_units
from ventanilla.answers.engine.places import countries_in

LINES = Path(__file__).parents[3] / "benchmarks" / "few_words.jsonl"


@pytest.fixture(scope="module")
def packs() -> Index:
    return Index.build(pack_units())


@pytest.fixture(scope="module")
def asked(packs):
    """Every third of the questions, with what was found."""
    lines = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()][::3]
    return [(line, packs.ask(line["text"], country=line["country"])) for line in lines]


def share(found) -> float:
    found = list(found)
    return sum(found) / len(found)


def test_most_are_answered_first_or_among_three(asked):
    answerable = [(line["relevant"], found) for line, found in asked if line["relevant"]]
    assert share(found.hits[0].item in right for right, found in answerable) > 0.85
    assert share(any(hit.item in right for hit in found.hits[:3]) for right, found in answerable) > 0.93
    assert share(found.verdict == "none" for _, found in answerable) < 0.06


def test_what_nobody_wrote_about_is_seldom_answered_directly(asked):
    assert share(found.verdict == "direct" for line, found in asked if not line["relevant"]) < 0.15


def test_what_holds_next_door_is_never_told_as_if_it_held_here(asked):
    told = [(line, found) for line, found in asked if found.verdict == "direct"]
    next_door = [
        line["text"]
        for line, found in told
        if not countries_in(line["text"]).strengths and found.hits[0].item[:2] != line["country"]
    ]
    assert next_door == []


@pytest.mark.parametrize(
    ("text", "country", "item"),
    [
        ("refugio", "cr", "cr-asylum"),
        ("cómo pido refugio", "cr", "cr-asylum"),
        ("asylum", "bz", "bz-asylum"),
        ("pedir asilo", "mx", "mx-refugio"),
        ("albergue", "mx", "mx-la72"),
        ("pasaporte", "hn", "hn-pasaporte"),
    ],
)
def test_the_commonest_are_offered(packs, text, country, item):
    found = packs.ask(text, country=country)
    assert item in [hit.item for hit in found.hits[:3]]
    assert found.verdict != "none"
