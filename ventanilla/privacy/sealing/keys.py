"""Keys by scope and holder: made, wrapped by the one above, fetched into a short-lived ring."""

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.errors import DomainError

from . import cipher
from .masters import master
from .ring import RING_SECONDS, Gone, Held, ring
from .router import KEY_STORE
from .rows import DataKey, LookupKey, ScopeKey

NETWORK = "network"


class KeyDestroyed(DomainError):
    """The words cannot be read any more; `details["at"]` says since when."""

    message = _("This was deleted for good.")


class KeyMissing(KeyDestroyed):
    """The key store never heard of the key: it is not the one under which this was sealed."""

    message = _("This cannot be read: its key is missing.")


# Scope keys of this process: few, and never destroyed while data keys hang on them.
_scopes: dict[int, AESGCM] = {}
_current: dict[str, tuple[float, ScopeKey]] = {}
_lookups: dict[str, bytes] = {}
# Keys that were made ahead, by scope; those of a process that dies open nothing and do no harm.
_spare: dict[str, list[UUID]] = {}


def forget_everything() -> None:
    """Drop every key from memory, as a new process would start."""
    ring.clear()
    _scopes.clear()
    _current.clear()
    _lookups.clear()
    _spare.clear()
    master.cache_clear()


# Scope keys


def scope_place(scope: str, version: int) -> bytes:
    return cipher.place(["scope-key", scope, str(version)])


def open_scope(row: ScopeKey) -> AESGCM:
    """The key of a hub, country or the network, ready for use."""
    if row.pk not in _scopes:
        at = scope_place(row.scope, row.version)
        _scopes[row.pk] = cipher.cipher(master().unwrap(bytes(row.wrapped), at=at, master_id=row.master_id))
    return _scopes[row.pk]


def current_scope_key(scope: str) -> ScopeKey:
    """The key under which this scope wraps new data keys; made when there is none."""
    until, row = _current.get(scope, (0.0, None))
    if row is None or until < time.monotonic():
        row = _newest(scope) or _first(scope)
        _current[scope] = (time.monotonic() + RING_SECONDS, row)
    return row


def _newest(scope: str) -> ScopeKey | None:
    return ScopeKey.objects.filter(scope=scope, retired_at=None).order_by("-version").first()


def _first(scope: str) -> ScopeKey:
    try:
        with transaction.atomic(using=KEY_STORE):
            return add_scope_key(scope, version=1, at=timezone.now())
    except IntegrityError:
        # Another process was quicker: its key is the one.
        return ScopeKey.objects.get(scope=scope, version=1)


def add_scope_key(scope: str, *, version: int, at: datetime) -> ScopeKey:
    """A new random key for a scope, wrapped by the master key."""
    wrapped = master().wrap(cipher.fresh_key(), at=scope_place(scope, version))
    return ScopeKey.objects.create(
        scope=scope, version=version, master_id=master().id, wrapped=wrapped, created_at=at
    )


# Data keys


def data_place(key_id: UUID) -> bytes:
    return cipher.place(["data-key", key_id.hex])


def new_key(*, scope: str) -> UUID:
    """Make a data key of a scope ("hub:cr-hub-upala", "country:cr", "network"); returns its id.

    It is stored at once, whatever becomes of the caller's transaction: a key that opens nothing does no harm.
    """
    if spare := _spare.get(scope):
        with suppress(IndexError):  # another thread was quicker
            return spare.pop()
    row, opened = _made(scope)
    row.save(force_insert=True)
    ring.put(row.pk, opened)
    return row.pk


def lay_in(*, scope: str, least: int, count: int) -> None:
    """Make `count` keys ahead, in one commit, when fewer than `least` are left for `new_key` in this process.

    For work that must not wait for the key store's disk while it keeps others waiting.
    """
    if len(_spare.get(scope, ())) >= least:
        return
    made = [_made(scope) for _number in range(count)]
    DataKey.objects.bulk_create([row for row, _opened in made])
    _spare.setdefault(scope, []).extend(row.pk for row, _opened in made)


def _made(scope: str) -> tuple[DataKey, AESGCM]:
    key_id, key, holder = uuid4(), cipher.fresh_key(), current_scope_key(scope)
    wrapped = cipher.seal(open_scope(holder), key, at=data_place(key_id))
    row = DataKey(id=key_id, scope_key=holder, wrapped=wrapped, created_at=timezone.now())
    return row, cipher.cipher(key)


def key(key_id: UUID) -> AESGCM:
    """The data key, from the ring or the key store. Raises KeyDestroyed, or KeyMissing."""
    held = ring.get(key_id) or _fetch([key_id])[key_id]
    if not isinstance(held, Gone):
        return held
    raise KeyDestroyed(at=held.at) if held.at else KeyMissing


def gone(key_id: UUID) -> Gone | None:
    """When the key was destroyed, if it was; None while it opens what it sealed."""
    held = ring.get(key_id) or _fetch([key_id])[key_id]
    return held if isinstance(held, Gone) else None


def open_keys(rows: Iterable[Any]) -> None:
    """Fetch the keys of many rows (by their `sealed_under`) in one query, those in the ring excepted."""
    _fetch({row.sealed_under for row in rows if ring.get(row.sealed_under) is None})


def _fetch(wanted: Iterable[UUID]) -> dict[UUID, Held]:
    found: dict[UUID, Held] = {key_id: Gone(None) for key_id in wanted}
    if found:
        rows = DataKey.objects.filter(pk__in=list(found)).select_related("scope_key").order_by("pk")
        found |= {row.pk: _opened(row) for row in rows}
    for key_id, held in found.items():
        ring.put(key_id, held)
    return found


def _opened(row: DataKey) -> Held:
    if row.wrapped is None:
        return Gone(row.destroyed_at)
    return cipher.cipher(cipher.unseal(open_scope(row.scope_key), bytes(row.wrapped), at=data_place(row.pk)))


# Keys of digests


def lookup_key(name: str) -> bytes:
    """The key of digests, made when first needed."""
    if name not in _lookups:
        row = LookupKey.objects.select_related("scope_key").filter(pk=name).first() or _add_lookup(name)
        raw = cipher.unseal(open_scope(row.scope_key), bytes(row.wrapped), at=lookup_place(name))
        _lookups[name] = raw
    return _lookups[name]


def lookup_place(name: str) -> bytes:
    return cipher.place(["lookup-key", name])


def _add_lookup(name: str) -> LookupKey:
    holder = current_scope_key(NETWORK)
    wrapped = cipher.seal(open_scope(holder), cipher.fresh_key(), at=lookup_place(name))
    LookupKey.objects.bulk_create(
        [LookupKey(name=name, scope_key=holder, wrapped=wrapped)], ignore_conflicts=True
    )
    return LookupKey.objects.select_related("scope_key").get(pk=name)
