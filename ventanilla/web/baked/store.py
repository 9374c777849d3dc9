"""Baked pages on disk, one file each, with the ones being read kept in memory."""

import contextlib
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ventanilla.web.baked.page import BakedPage, Label, from_file, label_of, to_file
from ventanilla.web.baked.responses import Responses, prepare

MEMORY_BYTES = 64 * 1024 * 1024
# How long a page is served from memory before its file is looked at again, in seconds.
TRUST_SECONDS = 0.2
# Headers, messages and bookkeeping of one page in memory, roughly, in bytes.
OVERHEAD_BYTES = 4096

# A file that comes in the same tick of the file system's clock leaves the time of its folder as it was:
# a folder that changed within so many nanoseconds is looked at once more.
SETTLED_NS = 2_000_000_000

# Inode, time and length: a file replaced by rename differs in at least one of them.
Stamp = tuple[int, int, int]


@dataclass(slots=True)
class _Kept:
    responses: Responses
    stamp: Stamp
    trusted_until: float

    @property
    def weight(self) -> int:
        page = self.responses.page
        return len(page.body) + len(page.gzip) + len(page.brotli) + OVERHEAD_BYTES


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a folder held when its time of change was `changed`; again to be looked at until it is settled."""

    changed: int
    is_settled: bool
    labels: list[Label]


class BakedStore:
    """A folder of baked pages that any number of processes read while others write.

    What another process puts or removes is seen within `TRUST_SECONDS`. The folder is only a copy of what
    can be rendered again, so nothing is synced to the platter: a file damaged by a power cut reads as absent.
    """

    def __init__(
        self, root: Path, *, memory: int = MEMORY_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._root = root
        self._memory = memory
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._weight = 0
        # A watcher asks every second or so, and few folders change in between.
        self._labels: dict[str, _Listed] = {}
        self._lock = threading.Lock()

    def put(self, path: str, page: BakedPage) -> None:
        """Replace the page at `path` in one step. Raises ValueError for a path no request can have."""
        if not path.startswith("/") or any(sign in path for sign in "?#\0"):
            raise ValueError(f"Not the path of a page: {path!r}")
        file = self._file(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            unfinished.write_bytes(to_file(path, page))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
        self._forget(path)

    def remove(self, path: str) -> None:
        """Stop serving the page at `path`; no error when there is none."""
        self._file(path).unlink(missing_ok=True)
        self._forget(path)

    def clear(self) -> None:
        """Remove every page, for instance before another version of the software renders them anew."""
        for file in [file for folder in self._folders() for file in _files_in(folder)]:
            file.unlink(missing_ok=True)
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def paths(self) -> Iterator[str]:
        """The paths that have a page, in no particular order."""
        return (label.path for label in self._current_labels())

    def due(self, at: float) -> Iterator[str]:
        """The paths to render again or take away at this moment (POSIX seconds)."""
        return (label.path for label in self._current_labels() if label.is_due(at=at))

    def get(self, path: str) -> BakedPage | None:
        """The page at `path`, whether or not it is dead by now: the caller compares `dead_at`."""
        responses = self.responses(path)
        return responses.page if responses else None

    def responses(self, path: str) -> Responses | None:
        """The page at `path` as messages ready to send; a dictionary look-up as long as it is trusted."""
        kept = self._kept.get(path)
        if kept is not None and self._clock() < kept.trusted_until:
            return kept.responses
        with self._lock:
            return self._look(path)

    def _look(self, path: str) -> Responses | None:
        file, kept = self._file(path), self._kept.get(path)
        try:
            if kept is not None and kept.stamp == _stamp(file.stat()):
                kept.trusted_until = self._clock() + TRUST_SECONDS
                self._kept.move_to_end(path)
                return kept.responses
            fresh = self._load(file)
        except (OSError, ValueError):  # absent, damaged or unreadable: the application can render it
            self._drop(path)
            return None
        self._keep(path, fresh)
        return fresh.responses

    def _load(self, file: Path) -> _Kept:
        with file.open("rb") as opened:
            # Of the opened file, not of the name: the name may point to the next version by now.
            stamp = _stamp(os.fstat(opened.fileno()))
            page = from_file(opened.read())
        return _Kept(responses=prepare(page), stamp=stamp, trusted_until=self._clock() + TRUST_SECONDS)

    def _keep(self, path: str, fresh: _Kept) -> None:
        self._drop(path)
        self._kept[path] = fresh
        self._weight += fresh.weight
        while self._weight > self._memory:
            _, oldest = self._kept.popitem(last=False)
            self._weight -= oldest.weight

    def _drop(self, path: str) -> None:
        kept = self._kept.pop(path, None)
        if kept is not None:
            self._weight -= kept.weight

    def _forget(self, path: str) -> None:
        with self._lock:
            self._drop(path)

    def _file(self, path: str) -> Path:
        # A digest is a safe name on every file system, however long the path, and cannot leave the root.
        name = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
        return self._root / name[:2] / f"{name[2:]}.baked"

    def _folders(self) -> list[Path]:
        return sorted(self._root.glob("[0-9a-f][0-9a-f]"))

    def _current_labels(self) -> Iterator[Label]:
        now = time.time_ns()
        for folder in self._folders():
            with contextlib.suppress(FileNotFoundError):  # somebody removed the whole store
                # Before its files are read, so that what comes meanwhile is seen the next time.
                changed = folder.stat().st_mtime_ns
                known = self._labels.get(folder.name)
                if known is None or known.changed != changed or not known.is_settled:
                    known = _Listed(changed, now - changed > SETTLED_NS, _labels_in(folder))
                    self._labels[folder.name] = known
                yield from known.labels


def _files_in(folder: Path) -> list[Path]:
    return [entry for entry in folder.iterdir() if entry.suffix == ".baked"]


def _labels_in(folder: Path) -> list[Label]:
    labels = []
    for file in _files_in(folder):
        # Removed meanwhile, or damaged.
        with contextlib.suppress(OSError, ValueError), file.open("rb") as opened:
            labels.append(label_of(opened.readline()))
    return labels


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_mtime_ns, status.st_size
