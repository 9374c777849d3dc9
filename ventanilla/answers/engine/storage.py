"""One index as a folder of flat arrays: written aside, swapped by a pointer file, mapped into memory."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from .corpus import Corpus
from .encoders import Encoder
from .lexicon import Lexicon
from .postings import Postings
from .vectors import Vectors
from .vocabulary import Vocabulary

if TYPE_CHECKING:
    from .index import Index

FORMAT = 3
_POINTER = "current"
_CORPUS = ("starts", "parts", "lines", "ends")
_POSTINGS = ("keys", "starts", "rows", "counts", "lengths")
_VECTORS = ("keys", "rows", "scale", "mean", "reach", "coarse", "basis")


class IndexMissing(Exception):
    """There is no index in this folder."""


class IndexOutdated(Exception):
    """The index was written by other encoders or in an older form; build it again."""


def is_usable(directory: Path, encoders: Sequence[Encoder]) -> bool:
    """Whether there is an index in this folder that these encoders can read."""
    try:
        text = (directory / (_current(directory) or "nowhere") / "meta.json").read_text(encoding="utf-8")
        return bool(json.loads(text) == _meta(encoders))
    except (OSError, ValueError):
        return False


def write(index: "Index", directory: Path) -> None:
    """Write a new version and point to it; the version before stays for processes still reading it."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"v-{uuid4().hex}"
    folder = directory / f"{name}.new"
    folder.mkdir()
    for path, array in _arrays(index):
        np.save(folder / f"{path}.npy", array)
    (folder / "vocabulary.json").write_text(json.dumps(index.vocabulary.forms), encoding="utf-8")
    (folder / "meta.json").write_text(json.dumps(_meta(index.encoders)), encoding="utf-8")
    folder.rename(directory / name)
    before = _current(directory)
    pointer = directory / f"{_POINTER}.{name}"
    pointer.write_text(name, encoding="utf-8")
    pointer.replace(directory / _POINTER)
    _sweep(directory, keep={name, before})


def read(directory: Path, encoders: tuple[Encoder, ...]) -> "Index":
    """The current version. Raises IndexMissing, and IndexOutdated when these encoders did not write it."""
    from .index import Index

    folder = directory / (_current(directory) or "nowhere")
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IndexMissing(str(directory)) from error
    if meta != _meta(encoders):
        raise IndexOutdated(f"{meta} is not {_meta(encoders)}")
    forms = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    corpus = _mapped(folder, "corpus", _CORPUS)
    return Index(
        corpus=Corpus.read(corpus["lines"], corpus["ends"], corpus["parts"]),
        lexicon=Lexicon(
            stems=Postings(**_mapped(folder, "stems", _POSTINGS)),
            grams=Postings(**_mapped(folder, "grams", _POSTINGS)),
        ),
        vectors=tuple(
            Vectors(encoder.name, encoder.version, **_mapped(folder, f"vectors-{encoder.name}", _VECTORS))
            for encoder in encoders
        ),
        vocabulary=Vocabulary({tongue: _pairs(words) for tongue, words in forms.items()}),
        encoders=encoders,
    )


def _arrays(index: "Index") -> Iterator[tuple[str, NDArray[Any]]]:
    parts: list[tuple[str, object, tuple[str, ...]]] = [
        ("corpus", index.corpus, _CORPUS),
        ("stems", index.lexicon.stems, _POSTINGS),
        ("grams", index.lexicon.grams, _POSTINGS),
    ]
    parts += [(f"vectors-{vectors.name}", vectors, _VECTORS) for vectors in index.vectors]
    for name, owner, fields in parts:
        for field in fields:
            yield f"{name}-{field}", getattr(owner, field)


def _mapped(folder: Path, name: str, fields: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    # An empty array cannot be mapped; NumPy reads it plainly.
    return {field: _open(folder / f"{name}-{field}.npy") for field in fields}


def _open(path: Path) -> NDArray[Any]:
    try:
        # As a plain array: NumPy's memmap class costs a microsecond at every slice.
        found: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    except ValueError:
        found = np.load(path)
    return found


def _meta(encoders: Sequence[Encoder]) -> dict[str, Any]:
    models = [[encoder.name, encoder.version, encoder.dimensions] for encoder in encoders]
    return {"format": FORMAT, "models": models}


def _pairs(words: dict[str, list[Any]]) -> dict[str, tuple[str, int]]:
    return {word: (str(form), int(count)) for word, (form, count) in words.items()}


def _current(directory: Path) -> str | None:
    try:
        return (directory / _POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def _sweep(directory: Path, *, keep: set[str | None]) -> None:
    """Remove versions nobody points to any more; open maps of them stay readable until closed."""
    for path in directory.iterdir():
        if path.name.startswith("v-") and path.name not in keep and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
