"""Other ways people ask for the items of the starter packs; kept beside the engine, read by the index only.

Editors see and change an item's own `ask_like`; these come on top and are never shown.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import yaml

from .units import Unit


def with_asked(units: Iterable[Unit]) -> list[Unit]:
    """All units, and for each item of a starter pack the further questions known for it."""
    given = list(units)
    known = {(unit.item, unit.text) for unit in given}
    firsts = {unit.item: unit for unit in reversed(given)}
    more = (unit for first in firsts.values() for unit in _more(first))
    return given + [unit for unit in more if (unit.item, unit.text) not in known]


def _more(unit: Unit) -> Iterator[Unit]:
    for language, questions in _asked(unit.country).get(unit.item, {}).items():
        for question in questions:
            yield Unit(unit.item, language, unit.country, unit.kind, "ask_like", question)


@cache
def _asked(country: str) -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).parent / "asked" / f"{country}.yaml"
    if not country.isalpha() or not path.exists():
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, dict[str, list[str]]] = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506
    return found
