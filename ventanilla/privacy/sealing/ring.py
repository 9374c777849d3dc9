"""The data keys that one request or task has opened: remembered shortly, by nobody else."""

from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from asgiref.local import Local
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.signals import request_finished, request_started
from django_tasks.signals import task_finished

# Seconds that an opened key may be used before the key store is asked again whether it still exists.
RING_SECONDS = 30.0


class Gone:
    """What stands in the ring for a key that cannot be had any more: destroyed, or not in the key store."""

    __slots__ = ("at",)

    def __init__(self, at: datetime | None) -> None:
        self.at = at


Held = AESGCM | Gone


class Ring:
    """Keys by id, kept apart for each thread and asynchronous context."""

    def __init__(self) -> None:
        self._local = Local()

    def _keys(self) -> dict[UUID, tuple[float, Held]]:
        keys: dict[UUID, tuple[float, Held]] | None = getattr(self._local, "keys", None)
        if keys is None:
            keys = self._local.keys = {}
        return keys

    def get(self, key_id: UUID) -> Held | None:
        """What is known of the key; None when the key store has to be asked."""
        found = self._keys().get(key_id)
        if found is None or found[0] < monotonic():
            return None
        return found[1]

    def put(self, key_id: UUID, held: Held) -> None:
        keys, now = self._keys(), monotonic()
        keys.pop(key_id, None)
        keys[key_id] = (now + RING_SECONDS, held)
        # Threads that run for days have no end at which all is dropped. The oldest stands first.
        while keys[oldest := next(iter(keys))][0] < now:
            del keys[oldest]

    def forget(self, key_id: UUID) -> None:
        self._keys().pop(key_id, None)

    def clear(self, **_signal: Any) -> None:
        # A new mapping: contexts that were begun by this one may still hold the former.
        self._local.keys = {}

    def __len__(self) -> int:
        return len(self._keys())


ring = Ring()
request_started.connect(ring.clear, dispatch_uid="sealing-ring-start")
request_finished.connect(ring.clear, dispatch_uid="sealing-ring-end")
task_finished.connect(ring.clear, dispatch_uid="sealing-ring-task")
