"""An inverted list in flat arrays: which texts hold which terms, scored as BM25."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Rows = NDArray[np.int32]
Scores = NDArray[np.float32]

_SATURATION = 1.2
_LENGTH_WEIGHT = 0.6
_CHUNK = 4_000


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms are 64-bit keys in rising order; `rows[starts[i]:starts[i + 1]]` hold term i."""

    keys: Keys
    starts: NDArray[np.int64]
    rows: Rows
    counts: NDArray[np.uint8]
    lengths: Scores

    @classmethod
    def build(cls, documents: Sequence[Keys]) -> Self:
        """Index one array of term keys (repeated as often as they occur) for each row."""
        lengths = np.fromiter(map(len, documents), dtype=np.float32, count=len(documents))
        chunks = [_counted(documents[at : at + _CHUNK], at) for at in range(0, len(documents), _CHUNK)]
        return cls._of(chunks or [_counted([], 0)], lengths)

    @classmethod
    def _of(cls, chunks: Sequence[tuple[Keys, Rows, NDArray[np.uint8]]], lengths: Scores) -> Self:
        terms, rows, counts = (np.concatenate(column) for column in zip(*chunks, strict=True))
        order = np.argsort(terms, kind="stable")
        keys, firsts = np.unique(terms[order], return_index=True)
        starts = np.append(firsts, len(terms)).astype(np.int64)
        return cls(keys=keys, starts=starts, rows=rows[order], counts=counts[order], lengths=lengths)

    def changed(self, *, keep: NDArray[np.bool_], documents: Sequence[Keys], places: Rows) -> Self:
        """Rows that are kept, then new documents, each moved to its place; kept texts are not read again."""
        moved = (np.cumsum(keep) - 1).astype(np.int32)
        stays = keep[self.rows]
        kept = (self._terms()[stays], places[moved[self.rows[stays]]], self.counts[stays])
        fresh = type(self).build(documents)
        added = (fresh._terms(), places[fresh.rows + int(keep.sum())], fresh.counts)
        lengths = np.empty(len(places), dtype=np.float32)
        lengths[places] = np.concatenate([self.lengths[keep], fresh.lengths])
        return self._of([kept, added], lengths)

    def _terms(self) -> Keys:
        return np.repeat(self.keys, np.diff(self.starts))

    def of(self, key: int) -> tuple[Rows, NDArray[np.uint8]]:
        """Rows holding a term and how often they do."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        if at == len(self.keys) or int(self.keys[at]) != key:
            return self.rows[:0], self.counts[:0]
        span = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return self.rows[span], self.counts[span]

    def rarity(self, frequency: int) -> float:
        """The weight of a term found in so many rows; unknown terms weigh most."""
        total = len(self.lengths)
        return float(np.log1p((total - frequency + 0.5) / (frequency + 0.5)))

    def scores(self, terms: Iterable[tuple[int, float]], *, ceiling: float) -> Scores:
        """BM25 of every row; terms found in more than the share `ceiling` of the rows say nothing."""
        total = np.zeros(len(self.lengths), dtype=np.float32)
        if not len(self.lengths):
            return total
        drag = _SATURATION * (
            1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * self.lengths / max(self.lengths.mean(), 1)
        )
        for key, weight in terms:
            rows, counts = self.of(key)
            if 0 < len(rows) <= max(ceiling * len(total), 50):
                factor = weight * self.rarity(len(rows)) * (_SATURATION + 1)
                total[rows] += factor * counts / (counts + drag[rows])
        return total


def _counted(documents: Sequence[Keys], first: int) -> tuple[Keys, Rows, NDArray[np.uint8]]:
    """Each (term, row) once with its count, sorted by row."""
    if not documents:
        return np.empty(0, np.uint64), np.empty(0, np.int32), np.empty(0, np.uint8)
    terms = np.concatenate(documents)
    rows = np.repeat(np.arange(first, first + len(documents), dtype=np.int32), list(map(len, documents)))
    order = np.lexsort((terms, rows))
    terms, rows = terms[order], rows[order]
    new = np.ones(len(terms), dtype=bool)
    new[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
    firsts = np.flatnonzero(new)
    counts = np.diff(np.append(firsts, len(terms))).clip(max=255).astype(np.uint8)
    return terms[firsts], rows[firsts], counts
