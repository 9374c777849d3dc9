"""Rows of int8 vectors, scored by cosine, and the vectors shipped with the starter packs.

`python -m ventanilla.answers.engine.vectors` computes the shipped ones again (four minutes of one core).
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .asked import with_asked
from .encoders import Encoder, Matrix, default_encoders
from .packs import PACKS, pack_units
from .units import dense_texts, text_key

SHIPPED = PACKS / "vectors"
Progress = Callable[[int, int], None]

_BATCH = 64
# Converting a thousand rows at a time keeps the float copy inside the processor's cache.
_SLAB = 1024
# Up to here every row is read for every question.
FEW_ROWS = 10_000
_SAMPLE, _DIRECTIONS = 5_000, 96
# A text's fifth nearest lies as far above the average as a very good answer: .11 and .51 with the models
# whose reach was fitted to questions (.12 and .5).
_NEAR, _NEAR_SAMPLE, _USUAL_REACH = 5, 200, 0.4


@dataclass(frozen=True, slots=True)
class Vectors:
    """One int8 row for each text of one model; `keys` tell which text a row belongs to.

    `reach` (one number) is how far above the average text a very good one lies.
    A large matrix also has a `coarse` one: its rows in the few directions (`basis`) that tell texts apart.
    """

    name: str
    version: str
    keys: NDArray[np.int64]
    rows: NDArray[np.int8]
    scale: NDArray[np.float32]
    mean: NDArray[np.float32]
    reach: NDArray[np.float32]
    coarse: NDArray[np.int8]
    basis: Matrix

    @classmethod
    def of(cls, encoder: Encoder, *, keys: NDArray[np.int64], rows: NDArray[np.int8]) -> Self:
        """Vectors ready to score: `scale` brings each row to length one, `mean` is what all texts share."""
        scale = np.ones(len(rows), dtype=np.float32)
        total = np.zeros(encoder.dimensions, dtype=np.float32)
        for span, slab in _slabs(rows):
            scale[span] = 1 / np.maximum(np.sqrt(np.einsum("ij,ij->i", slab, slab)), 1e-6)
            total += scale[span] @ slab
        mean = (total / max(len(rows), 1)).astype(np.float32)
        reach = np.float32(encoder.reach or _reach(rows, scale, mean)).reshape(1)
        basis, coarse = _summary(rows, scale, mean)
        return cls(encoder.name, encoder.version, keys, rows, scale, mean, reach, coarse, basis)

    def likely(self, question: Matrix, count: int) -> NDArray[np.intp]:
        """The rows of a large matrix that may be nearest, judged from the coarse one."""
        aim = self.basis.T @ question
        near = np.empty(len(self.coarse), dtype=np.float32)
        for span, slab in _slabs(self.coarse):
            np.dot(slab, aim, out=near[span])
        return np.argpartition(-near, count)[:count]

    def scores(self, question: Matrix, *, only: NDArray[np.intp] | None = None) -> NDArray[np.float32]:
        """Cosine of each row (or of `only` these) with the question, above that of the average text."""
        rows, scale = (self.rows, self.scale) if only is None else (self.rows[only], self.scale[only])
        out = np.empty(len(rows), dtype=np.float32)
        for span, slab in _slabs(rows):
            np.dot(slab, question, out=out[span])
        return out * scale - np.float32(self.mean @ question)

    def floats(self, rows: NDArray[np.intp]) -> Matrix:
        """These rows at length one, less what all texts share."""
        return np.asarray(self.rows[rows] * self.scale[rows, None] - self.mean, dtype=np.float32)


def embed(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    known: Sequence[Vectors] = (),
    progress: Progress | None = None,
) -> Vectors:
    """Vectors of all texts; those found in `known` or shipped with the packs are not computed again."""
    keys = np.fromiter(map(text_key, texts), dtype=np.int64, count=len(texts))
    rows = np.zeros((len(texts), encoder.dimensions), dtype=np.int8)
    missing = np.ones(len(texts), dtype=bool)
    for store in chain(known, _shipped(encoder)):
        if (store.name, store.version) == (encoder.name, encoder.version):
            _take(store, keys, rows, missing)
        if not missing.any():
            break
    _compute(encoder, texts, rows, np.flatnonzero(missing), progress)
    return Vectors.of(encoder, keys=keys, rows=rows)


def quantized(vectors: Matrix) -> NDArray[np.int8]:
    """Rows scaled so that the largest number of each is 127."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.rint(vectors * (127 / largest)), dtype=np.int8)


def ship(encoder: Encoder, *, folder: Path = SHIPPED, progress: Progress | None = None) -> Path:
    """Compute and store the vectors of all texts of the packs, also of items without a source."""
    units = with_asked(pack_units(unsourced=True))
    texts = list({text_key(text): text for text in dense_texts(units)}.values())
    vectors = embed(encoder, texts, progress=progress)
    order = np.argsort(vectors.keys)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{encoder.name}.npz"
    np.savez_compressed(path, version=encoder.version, keys=vectors.keys[order], rows=vectors.rows[order])
    return path


def _shipped(encoder: Encoder) -> Iterator[Vectors]:
    path = SHIPPED / f"{encoder.name}.npz"
    if not path.exists():
        return
    with np.load(path) as stored:
        nothing = np.empty(0, dtype=np.float32)
        flat, wide = np.empty((0, 0), dtype=np.int8), np.empty((0, 0), dtype=np.float32)
        version, keys, rows = str(stored["version"]), stored["keys"], stored["rows"]
        yield Vectors(encoder.name, version, keys, rows, nothing, nothing, nothing, flat, wide)


def _take(
    store: Vectors, keys: NDArray[np.int64], rows: NDArray[np.int8], missing: NDArray[np.bool_]
) -> None:
    """Copy the rows a store knows and tick them off."""
    order = np.argsort(store.keys, kind="stable")
    known = store.keys[order]
    wanted = np.flatnonzero(missing)
    at = np.searchsorted(known, keys[wanted]).clip(max=max(len(known) - 1, 0))
    found = known[at] == keys[wanted] if len(known) else np.zeros(len(wanted), dtype=bool)
    rows[wanted[found]] = store.rows[order[at[found]]]
    missing[wanted[found]] = False


def _compute(
    encoder: Encoder,
    texts: Sequence[str],
    rows: NDArray[np.int8],
    wanted: NDArray[np.intp],
    progress: Progress | None,
) -> None:
    for at in range(0, len(wanted), _BATCH):
        batch = wanted[at : at + _BATCH]
        rows[batch] = quantized(encoder.passages([texts[row] for row in batch]))
        if progress:
            progress(at + len(batch), len(wanted))


def _reach(rows: NDArray[np.int8], scale: NDArray[np.float32], mean: NDArray[np.float32]) -> float:
    """How near the nearest texts of a text are, of a sample."""
    if len(rows) <= _NEAR:
        return _USUAL_REACH
    chosen = np.arange(0, len(rows), len(rows) // _NEAR_SAMPLE + 1)
    sample = rows[chosen] * scale[chosen, None]
    near = np.empty((len(chosen), len(rows)), dtype=np.float32)
    for span, slab in _slabs(rows):
        near[:, span] = sample @ (slab * scale[span, None]).T
    near -= (sample @ mean)[:, None]
    # The nearest of all is the text itself.
    fifth = np.partition(near, -_NEAR - 1, axis=1)[:, -_NEAR - 1]
    return max(float(np.median(fifth)), 1e-3)


def _summary(
    rows: NDArray[np.int8], scale: NDArray[np.float32], mean: NDArray[np.float32]
) -> tuple[Matrix, NDArray[np.int8]]:
    """The main directions of a large matrix (by a sample) and its rows in them; nothing for a small one."""
    if len(rows) <= FEW_ROWS:
        return np.empty((0, 0), dtype=np.float32), np.empty((0, 0), dtype=np.int8)
    step = len(rows) // _SAMPLE + 1
    sample = rows[::step] * scale[::step, None] - mean
    _, directions = np.linalg.eigh(sample.T @ sample)
    basis = np.ascontiguousarray(directions[:, -_DIRECTIONS:], dtype=np.float32)
    unit = 127 / max(float(np.abs(sample @ basis).max()), 1e-6)
    coarse = np.empty((len(rows), basis.shape[1]), dtype=np.int8)
    for span, slab in _slabs(rows):
        coarse[span] = np.rint((slab * scale[span, None] - mean) @ basis * unit).clip(-127, 127)
    return basis, coarse


def _slabs(rows: NDArray[np.int8]) -> Iterator[tuple[slice, Matrix]]:
    for at in range(0, len(rows), _SLAB):
        span = slice(at, min(at + _SLAB, len(rows)))
        yield span, rows[span].astype(np.float32)


def main() -> None:
    """Compute the shipped vectors of every encoder this machine runs."""
    for encoder in default_encoders():
        path = ship(encoder, progress=lambda done, total: _say(f"\r{done}/{total}"))
        _say(f"\n{path} {path.stat().st_size / 1e6:.1f} MB\n")


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
