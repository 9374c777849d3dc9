"""Keep linear algebra on one core: a question is small, and a web server has other people waiting."""

import ctypes
from pathlib import Path

import numpy as np

_SETTERS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")


def one_thread() -> None:
    """Tell the OpenBLAS inside NumPy's wheel to use one thread.

    The environment variable for this is only read when NumPy is first imported, which may be long before.
    On two busy cores four spinning threads made one question take 40 times as long.
    """
    for path in Path(np.__file__).parents[1].glob("numpy.libs/*openblas*"):
        library = ctypes.CDLL(str(path))
        for name in _SETTERS:
            if hasattr(library, name):
                getattr(library, name)(1)
                return
