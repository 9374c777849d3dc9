"""Cut a text into the pieces of words that E5 knows, as SentencePiece's unigram model does.

SentencePiece itself takes 34 MB for a quarter of a million pieces, in every process; a trie takes one.
"""

import math
import re
from pathlib import Path
from typing import Self

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from .file import Floats, ModelFile

_TRIE, _NUMBERS, _SCORES = "pieces.marisa", "numbers.npy", "scores.npy"
_SPACE = "\u2581"
# SentencePiece's own: a letter without a piece costs this much more than the rarest piece.
_PENALTY = 10.0
_LONGEST = 16
_SPACES = re.compile(" {2,}")


class Pieces:
    """The known pieces: a trie of their letters; number and score of each by its place in the trie."""

    def __init__(
        self, trie: marisa_trie.Trie, numbers: NDArray[np.int32], scores: Floats, *, unknown: int
    ) -> None:
        self._trie = trie
        self._numbers = numbers
        self._scores = scores
        self._unknown = unknown
        self._unknown_score = float(scores.min()) - _PENALTY

    @classmethod
    def open(cls, folder: Path, *, unknown: int) -> Self:
        """Those that `write` left in this folder."""
        trie = marisa_trie.Trie().mmap(str(folder / _TRIE))
        return cls(trie, np.load(folder / _NUMBERS), np.load(folder / _SCORES), unknown=unknown)

    def of(self, text: str) -> list[int]:
        """The numbers of the likeliest pieces of a text whose letters are spelled as the model wants them."""
        plain = _SPACES.sub(" ", text)
        marked = (plain if plain.startswith(" ") else f" {plain}").replace(" ", _SPACE)
        # For each place in the text: how likely the best way there is, its last piece and where that began.
        best = [(-math.inf, self._unknown, 0)] * (len(marked) + 1)
        best[0] = (0.0, self._unknown, 0)
        for at in range(len(marked)):
            here = best[at][0]
            if here + self._unknown_score > best[at + 1][0]:
                best[at + 1] = (here + self._unknown_score, self._unknown, at)
            for piece in self._trie.prefixes(marked[at : at + _LONGEST]):
                place, end = self._trie[piece], at + len(piece)
                score = here + self._scores.item(place)
                if score > best[end][0]:
                    best[end] = (score, self._numbers.item(place), at)
        found, at = [], len(marked)
        while at:
            _, number, at = best[at]
            found.append(number)
        return found[::-1]


def write(model: ModelFile, folder: Path) -> None:
    """Leave the model's pieces in a folder."""
    known: dict[str, tuple[int, float]] = {}
    for number, (piece, score) in enumerate(model.pieces()):
        if piece and number != model.unknown:
            known.setdefault(piece, (number, score))
    trie = marisa_trie.Trie(known)
    turn = [known[trie.restore_key(place)] for place in range(len(known))]
    np.save(folder / _NUMBERS, np.array([number for number, _ in turn], dtype=np.int32))
    np.save(folder / _SCORES, np.array([score for _, score in turn], dtype=np.float32))
    trie.save(str(folder / _TRIE))
