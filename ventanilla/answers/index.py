"""The index that this process answers from: loaded once, swapped when a newer one is on the disk."""

import threading

from django.conf import settings

from .engine import Index, IndexMissing, IndexOutdated

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


def exists() -> bool:
    """Whether there is an index on this machine's disk."""
    return _stamp() != 0


def _stamp() -> float:
    try:
        return (settings.INDEX_ROOT / "current").stat().st_mtime_ns
    except OSError:
        return 0


def _load() -> Index:
    try:
        index = Index.load(settings.INDEX_ROOT)
        index.ask("refugio")  # brings the models into memory now, not while the first person waits
        return index
    except (IndexMissing, IndexOutdated):
        return Index.build([])
