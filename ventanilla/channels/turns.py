"""Standing in line to write, where the database takes one writer at a time (SQLite).

SQLite lets whoever comes while it is locked try again after a pause that grows, so that the quick overtake
the patient, for seconds under load. Those that write most wait for a lock on a file beside the database
instead, which wakes the next one at once. Everybody else still waits as SQLite has it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def turn() -> Iterator[None]:
    """Hold the turn to write; for the shortest work only, and before its transaction begins.

    Inside a transaction it does nothing: who has the database must never wait for the turn.
    """
    place = _place()
    if place is None or connection.in_atomic_block:
        yield
        return
    with place.open("a") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield


def _place() -> Path | None:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not Path(name).is_absolute():
        return None
    return Path(f"{name}.turn")
