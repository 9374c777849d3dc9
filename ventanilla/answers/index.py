"""The index that this process answers from: loaded once, swapped when a newer one is on the disk."""

import threading
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from .encoders import encoders
from .engine import Index, IndexMissing, IndexOutdated, is_usable

_lock = threading.Lock()
_loaded: tuple[float, Index] | None = None


def current() -> Index:
    """The newest index on the disk; an empty one where there is none yet."""
    global _loaded
    stamp = _stamp()
    if _loaded is None or _loaded[0] != stamp:
        with _lock:
            if _loaded is None or _loaded[0] != stamp:
                _loaded = (stamp, _load())
    return _loaded[1]


def is_ready() -> bool:
    """Whether there is an index on this machine's disk that the models in use can read."""
    return _is_usable(settings.INDEX_ROOT, _stamp())


@lru_cache(maxsize=1)
def _is_usable(folder: Path, stamp: float) -> bool:
    return bool(stamp) and is_usable(folder, encoders())


def _stamp() -> float:
    try:
        return (settings.INDEX_ROOT / "current").stat().st_mtime_ns
    except OSError:
        return 0


def _load() -> Index:
    try:
        index = Index.load(settings.INDEX_ROOT, encoders=encoders())
        index.ask("refugio")  # brings the models into memory now, not while the first person waits
        return index
    except (IndexMissing, IndexOutdated):
        return Index.build([], encoders=())
