"""Finds what was done to the access log behind its back, and names the place."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from . import anchors
from .access_log import RESTORED, mac_of, seal_of
from .anchors import Anchor
from .models import AccessChain, AccessEntry

ROWS_AT_ONCE = 2000
_READ = (
    "id", "country", "number", "at", "by_id", "action", "kind", "ref", "hub", "sealed_under",
    "reason", "reason_digest", "before", "mac",
)  # fmt: skip


class What(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    EXCHANGED = "exchanged"
    CUT = "cut"
    END_CHANGED = "end-changed"
    OLDER = "older"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Damage:
    """Something wrong with entries `first` to `last` of the chain of a country ("" for the network)."""

    what: What
    country: str
    first: int
    last: int

    @property
    def is_explained(self) -> bool:
        """Whether a restore that the log itself tells of accounts for it."""
        return self.what == What.RESTORED

    def __str__(self) -> str:
        chain = self.country.upper() or "the network"
        return f"Access log of {chain}: {SENTENCES[self.what].format(first=self.first, last=self.last)}"


# For whoever runs the machine, in English as everything that commands print.
SENTENCES = {
    What.CHANGED: "entry {first} was changed or forged.",
    What.MISSING: "entries {first} to {last} are missing.",
    What.ADDED: "entry {first} was added past the end.",
    What.EXCHANGED: "entry {first} was exchanged for another one.",
    What.CUT: "entries {first} to {last} were cut off at the end.",
    What.END_CHANGED: "the note of its end was changed or removed.",
    What.OLDER: (
        "an older state was put back or the log was rewritten; entries {first} to {last} were noted outside "
        "the database and are not the ones that are here."
    ),
    What.RESTORED: "a backup was restored; entries up to {last} that came after it are lost.",
}


def verify(*, progress: Callable[[int], None] | None = None) -> Iterator[Damage]:
    """Go through every chain, row by row, and yield what is wrong; calls `progress` with the rows done."""
    ends = {end.country: end for end in AccessChain.objects.all()}
    noted: dict[str, list[Anchor]] = {}
    for anchor in anchors.read():
        noted.setdefault(anchor.country, []).append(anchor)
    with_entries = AccessEntry.objects.order_by("country").values_list("country", flat=True).distinct()
    done = 0
    for country in sorted({*ends, *noted, *with_entries}):
        walk = _Walk(country, ends.get(country), noted.get(country, []))
        for row in _rows(country):
            yield from walk.step(row)
            done += 1
            if progress and done % ROWS_AT_ONCE == 0:
                progress(done)
        yield from walk.end()
    if progress:
        progress(done)


def note_ends(*, at: datetime) -> None:
    """Anchor the end of every chain that grew since it was last anchored; call it after a clean verify."""
    last = {anchor.country: anchor.count for anchor in anchors.read()}
    for end in AccessChain.objects.order_by("country"):
        if end.count > last.get(end.country, 0):
            anchors.write(Anchor(end.country, end.count, end.mac, at))


def _rows(country: str) -> Iterable[Any]:
    rows = AccessEntry.objects.filter(country=country).order_by("number")
    return rows.values_list(*_READ, named=True).iterator(chunk_size=ROWS_AT_ONCE)


@dataclass(slots=True)
class _Walk:
    """One chain on the way from its first entry to its end."""

    country: str
    kept_end: AccessChain | None
    noted: list[Anchor]
    number: int = 0
    mac: str = ""
    restores: list[tuple[int, datetime]] = field(default_factory=list)
    unlike: list[Anchor] = field(default_factory=list)

    def step(self, row: Any) -> Iterator[Damage]:
        if row.number > self.number + 1:
            yield self._damage(What.MISSING, self.number + 1, row.number - 1)
        elif row.before != self.mac:
            yield self._damage(What.EXCHANGED, max(row.number - 1, 1))
        if row.mac != mac_of(row) or (row.reason is None) == bool(row.reason_digest):
            yield self._damage(What.CHANGED, row.number)
        elif row.action == RESTORED:
            self.restores.append((row.number, row.at))
        if self.kept_end and row.number > self.kept_end.count:
            yield self._damage(What.ADDED, row.number)
        self.number, self.mac = row.number, row.mac
        self.unlike += [a for a in self.noted if a.count == row.number and a.mac != row.mac]

    def end(self) -> Iterator[Damage]:
        end = self.kept_end
        if end is None or end.seal != seal_of(end):
            yield self._damage(What.END_CHANGED, self.number)
        elif end.count > self.number:
            yield self._damage(What.CUT, self.number + 1, end.count)
        elif end.count == self.number and end.mac != self.mac:
            yield self._damage(What.EXCHANGED, self.number)
        yield from self._older()

    def _older(self) -> Iterator[Damage]:
        lost = self.unlike + [anchor for anchor in self.noted if anchor.count > self.number]
        for what in (What.OLDER, What.RESTORED):
            counts = [a.count for a in lost if self._is_explained(a) == (what == What.RESTORED)]
            if counts:
                yield self._damage(what, min(counts), max(counts))

    def _is_explained(self, anchor: Anchor) -> bool:
        return any(number <= anchor.count and at >= anchor.at for number, at in self.restores)

    def _damage(self, what: What, first: int, last: int | None = None) -> Damage:
        return Damage(what, self.country, first, last or first)
