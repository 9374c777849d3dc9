"""From texts to vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from .build import NETWORK
from .file import Floats, ModelFile
from .pieces import Pieces


class Network:
    """The loaded model; several threads may ask it at once."""

    def __init__(self, model: ModelFile, built: Path) -> None:
        """Words from the model's own file, all else from the folder that `build` filled."""
        self._spellings = model.spellings
        self._words = model.rows("emb.word", width=model.shape.width)
        self._places = model.floats("emb.pos").reshape(-1, model.shape.width)
        self._places += model.floats("emb.type")[: model.shape.width]
        self._begin, self._end = model.begin, model.end
        self._pieces = Pieces.open(built, unknown=model.unknown)
        self._session = onnxruntime.InferenceSession(
            built / NETWORK, _one_thread(), providers=["CPUExecutionProvider"]
        )

    def rows(self, texts: Sequence[str]) -> Floats:
        """One row of length one for each text; of a very long one the beginning counts."""
        found = np.empty((len(texts), self._places.shape[1]), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            row[:] = self._session.run(None, {"words": self._read(text)[None]})[0][0]
            row /= max(float(np.linalg.norm(row)), 1e-6)
        return found

    def _read(self, text: str) -> Floats:
        inside = self._pieces.of(text.translate(self._spellings))
        ids = [self._begin, *inside[: len(self._places) - 2], self._end]
        return self._words[ids] + self._places[: len(ids)]


def _one_thread() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # A web server has other people waiting on the other cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Texts are of all lengths: memory laid out for one is of no use to the next.
    options.enable_mem_pattern = options.enable_cpu_mem_arena = False
    # More would join each sum with the norm after it, which takes three times as long as one after the other.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return options
