"""Countries named in a question, by name, town or people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from .spelling import fold, words

_LONGEST = 4
# Where somebody comes from says less about where the answer applies than where they are or want to go.
_ORIGIN = re.compile(
    r"(from|born in|native of|(soy|somos|vengo|venimos|vino|nacid[oa]|originari[oa]) (de|del|en)"
    r"|(sou|somos|venho|vim) d[eao]"
    r"|(viens|venons|vient|originaire|suis) (de|du|d)|(soti|sot|fet)( nan| an)?)$"
)
_FROM_THERE = 0.35
_STRENGTH = {"names": 1.0, "cities": 0.9, "people": 0.35}


@dataclass(frozen=True, slots=True)
class Named:
    """Countries a question names, each with a strength from 0 to 1."""

    strengths: dict[str, float]

    def strongest(self, *, among: Iterable[str], at_least: float = 0.8) -> str | None:
        """The country most surely meant, of those the index knows."""
        known = {country: self.strengths[country] for country in among if country in self.strengths}
        best = max(known, key=lambda country: known[country], default=None)
        return best if best is not None and known[best] >= at_least else None


def countries_in(text: str) -> Named:
    """Countries named in a text: names and towns count nearly fully, peoples ("nica") a third."""
    tokens = words(text)
    strengths: dict[str, float] = {}
    at = 0
    while at < len(tokens):
        width, meanings = _longest_at(tokens, at)
        before = " ".join(tokens[max(at - 2, 0) : at])
        for country, strength in meanings:
            if _ORIGIN.search(before):
                strength *= _FROM_THERE
            strengths[country] = max(strengths.get(country, 0.0), strength)
        at += width
    return Named(strengths)


def _longest_at(tokens: list[str], at: int) -> tuple[int, tuple[tuple[str, float], ...]]:
    for width in range(min(_LONGEST, len(tokens) - at), 0, -1):
        meanings = _gazetteer().get(" ".join(tokens[at : at + width]))
        if meanings:
            return width, meanings
    return 1, ()


def country_name(country: str) -> str:
    """The first name of a country in the gazetteer, folded."""
    return str(_places()[country]["names"][0])


@cache
def _places() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(
        Path(__file__).with_name("places.yaml").read_text(encoding="utf-8")
    )
    return found


@cache
def _gazetteer() -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for country, lists in _places().items():
        for kind, names in lists.items():
            for name in names:
                found.setdefault(" ".join(words(fold(str(name)))), []).append((country, _STRENGTH[kind]))
    return {name: tuple(meanings) for name, meanings in found.items()}
