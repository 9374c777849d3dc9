"""Large tables of which a question reads a few rows, kept in a nameless file instead of memory."""

import os
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray


class Spilled:
    """The rows of an array, read from disk when asked for by number or by an array of numbers.

    Mapping the file would not do: the kernel maps sixteen pages around each one touched, and soon all are.
    """

    def __init__(self, array: NDArray[Any]) -> None:
        self._type = array.dtype
        self._shape = array.shape[1:]
        self._width = array.dtype.itemsize * int(np.prod(self._shape, dtype=int))
        with TemporaryFile() as stream:
            array.tofile(stream)
            stream.flush()
            self._file = os.dup(stream.fileno())
        finalize(self, os.close, self._file)

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, np.ndarray):
            data = b"".join(self._row(row) for row in rows.tolist())
            return np.frombuffer(data, dtype=self._type).reshape(len(rows), *self._shape)
        return np.frombuffer(self._row(rows), dtype=self._type)[0].item()

    def _row(self, row: int) -> bytes:
        return os.pread(self._file, self._width, row * self._width)
