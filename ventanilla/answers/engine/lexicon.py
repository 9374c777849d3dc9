"""Words and character 4-grams of all units: finding by spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .postings import Keys, Postings, Rows, Scores
from .spelling import sound, stem, words
from .units import Unit

Tokens = Sequence[tuple[str, float]]

_GRAM = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Two inverted lists over the same rows: stemmed words, and 4-grams of what the words sound like."""

    stems: Postings
    grams: Postings

    @classmethod
    def build(cls, units: Sequence[Unit]) -> Self:
        stems, grams = _read(units)
        return cls(stems=Postings.build(stems), grams=Postings.build(grams))

    def changed(self, *, keep: NDArray[np.bool_], units: Sequence[Unit], places: Rows) -> Self:
        """Rows that are kept, then new units, each moved to its place."""
        stems, grams = _read(units)
        return type(self)(
            stems=self.stems.changed(keep=keep, documents=stems, places=places),
            grams=self.grams.changed(keep=keep, documents=grams, places=places),
        )

    def by_words(self, tokens: Tokens, *, language: str) -> Scores:
        """BM25 of every row over weighted folded words."""
        terms = ((word_key(stem(token, language)), weight) for token, weight in tokens)
        return self.stems.scores(terms, ceiling=0.4)

    def by_grams(self, tokens: Tokens) -> Scores:
        """BM25 of every row over the 4-grams of weighted folded words."""
        weights: dict[int, float] = {}
        for token, weight in tokens:
            for key in gram_keys([token]).tolist():
                weights[key] = max(weights.get(key, 0.0), weight)
        return self.grams.scores(weights.items(), ceiling=0.15)

    def rows_of(self, token: str, *, language: str) -> tuple[Rows, float]:
        """Rows holding a word, and how rare the word is."""
        rows, _ = self.stems.of(word_key(stem(token, language)))
        return rows, self.stems.rarity(len(rows))


@lru_cache(maxsize=200_000)
def word_key(word: str) -> int:
    """A stable 64-bit key of a stem; Python's own hash changes from process to process."""
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())


def gram_keys(tokens: Iterable[str]) -> Keys:
    """Keys of the 4-grams within words, the blank before and after a word counting as a letter."""
    text = " " + " ".join(sound(token) for token in tokens) + " "
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < _GRAM:
        return np.empty(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(codes, _GRAM)
    blank = windows == ord(" ")
    inside = ~(blank[:, 1] | blank[:, 2])
    keys = np.zeros(int(inside.sum()), dtype=np.uint64)
    for column in windows[inside].T:
        keys = (keys ^ column) * _MIX
        keys ^= keys >> np.uint64(29)
    return keys


def _read(units: Sequence[Unit]) -> tuple[list[Keys], list[Keys]]:
    stems, grams = [], []
    for unit in units:
        tokens = words(unit.text)
        keys = [word_key(stem(token, unit.language)) for token in tokens]
        stems.append(np.array(keys, dtype=np.uint64))
        grams.append(gram_keys(tokens))
    return stems, grams
