"""All units in a fixed order, grouped by item and language, readable from a memory-mapped file."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .units import Unit

OFFER, ASKED, BODY = 0, 1, 2
_PART = {"title": OFFER, "summary": OFFER, "name": OFFER, "ask_like": ASKED}


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the index; `groups` are its languages, each a run of units."""

    id: str
    country: str
    kind: str
    groups: dict[str, tuple[int, int]]
    shown: set[str]

    @property
    def languages(self) -> set[str]:
        """Languages it can be shown in: those with more than questions."""
        return self.shown or set(self.groups)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Units sorted by item and language.

    `starts[i]` is the first unit of item i; `parts` tells what each unit is (OFFER, ASKED or BODY).
    `countries` are all that occur, `country_of` the place of each item's among them;
    `languages` those any item can be shown in.
    """

    items: tuple[Item, ...]
    starts: NDArray[np.int64]
    parts: NDArray[np.int8]
    lines: NDArray[np.uint8]
    ends: NDArray[np.int64]
    countries: tuple[str, ...]
    country_of: NDArray[np.int16]
    languages: frozenset[str]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> Self:
        """A corpus of units that are already in `order`."""
        lines = [json.dumps(astuple(unit), ensure_ascii=False).encode("utf-8", "replace") for unit in units]
        parts = np.array([_PART.get(unit.unit, BODY) for unit in units], dtype=np.int8)
        return cls.read(np.frombuffer(b"".join(lines), dtype=np.uint8), np.cumsum([*map(len, lines)]), parts)

    @classmethod
    def read(cls, lines: NDArray[np.uint8], ends: NDArray[np.int64], parts: NDArray[np.int8]) -> Self:
        """A corpus from its stored arrays."""
        ends = ends.astype(np.int64)
        keys = [_key(lines, ends, row) for row in range(len(ends))]
        firsts = [row for row in range(len(keys)) if row == 0 or keys[row][:2] != keys[row - 1][:2]]
        items: list[Item] = []
        starts: list[int] = []
        for first, end in pairwise([*firsts, len(keys)]):
            item, language, country, kind = keys[first]
            if not items or items[-1].id != item:
                items.append(Item(id=item, country=country, kind=kind, groups={}, shown=set()))
                starts.append(first)
            items[-1].groups[language] = (first, end)
            if (parts[first:end] != ASKED).any():
                items[-1].shown.add(language)
        countries = sorted({item.country for item in items})
        return cls(
            items=tuple(items),
            starts=np.array([*starts, len(keys)], dtype=np.int64),
            parts=parts,
            lines=lines,
            ends=ends,
            countries=tuple(countries),
            country_of=np.array([countries.index(item.country) for item in items], dtype=np.int16),
            languages=frozenset(language for item in items for language in item.languages),
        )

    def __len__(self) -> int:
        return len(self.ends)

    def unit(self, row: int) -> Unit:
        """The unit of a row."""
        first = int(self.ends[row - 1]) if row else 0
        return Unit(*json.loads(bytes(self.lines[first : int(self.ends[row])])))

    def units(self, rows: Iterable[int] | None = None) -> list[Unit]:
        """Units of these rows, or all."""
        return [self.unit(row) for row in (range(len(self)) if rows is None else rows)]


def order(unit: Unit) -> tuple[str, str]:
    """Sort key of units inside a corpus; units of one item and language keep their order."""
    return unit.item, unit.language


def _key(lines: NDArray[np.uint8], ends: NDArray[np.int64], row: int) -> list[str]:
    first = int(ends[row - 1]) if row else 0
    found: list[str] = json.loads(bytes(lines[first : int(ends[row])]))[:4]
    return found
