"""New keys in place of old ones, while everybody goes on reading and writing.

Each step wraps a few keys anew and is complete in itself: begin an interrupted rotation simply again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from . import cipher, keys
from .masters import master
from .ring import RING_SECONDS
from .router import KEY_STORE
from .rows import DataKey, LookupKey, ScopeKey

AT_ONCE = 500
# A process may go on wrapping new keys under the former scope key for as long as it remembers it.
GRACE = timedelta(seconds=2 * RING_SECONDS)

Step = Callable[[], None]


def under_former_master() -> QuerySet[ScopeKey]:
    """Scope keys that a former master key still wraps."""
    return ScopeKey.objects.exclude(master_id=master().id)


def rotate_master(*, step: Step = lambda: None) -> int:
    """Wrap every scope key by the master key of today; returns how many. Raises UnknownMaster."""
    done = 0
    for pk in list(under_former_master().order_by("pk").values_list("pk", flat=True)):
        row = ScopeKey.objects.get(pk=pk)
        at = keys.scope_place(row.scope, row.version)
        raw = master().unwrap(bytes(row.wrapped), at=at, master_id=row.master_id)
        ScopeKey.objects.filter(pk=pk, master_id=row.master_id).update(
            wrapped=master().wrap(raw, at=at), master_id=master().id
        )
        done += 1
        step()
    return done


def rotate_scope(scope: str, *, at: datetime, step: Step = lambda: None) -> int:
    """Give a scope a new key and wrap its data keys anew; returns how many.

    One that was begun within the grace, and interrupted, is gone on with instead of making another key.
    """
    drop_retired(scope=scope, at=at)
    newest = _newest(scope)
    if newest is None:
        return 0
    if not _former(newest).exists():
        with transaction.atomic(using=KEY_STORE):
            former = newest
            newest = keys.add_scope_key(scope, version=former.version + 1, at=at)
            ScopeKey.objects.filter(pk=former.pk).update(retired_at=at)
    return sum(_wrap_anew(row, newest, step) for row in _former(newest).order_by("version"))


def _newest(scope: str) -> ScopeKey | None:
    return ScopeKey.objects.filter(scope=scope).order_by("-version").first()


def _former(newest: ScopeKey) -> QuerySet[ScopeKey]:
    return ScopeKey.objects.filter(scope=newest.scope, version__lt=newest.version)


def _wrap_anew(former: ScopeKey, newest: ScopeKey, step: Step) -> int:
    opens, wraps, done = keys.open_scope(former), keys.open_scope(newest), 0
    for row in LookupKey.objects.filter(scope_key=former).order_by("pk"):
        at = keys.lookup_place(row.pk)
        row.wrapped = cipher.seal(wraps, cipher.unseal(opens, bytes(row.wrapped), at=at), at=at)
        row.scope_key = newest
        row.save()
    while batch := list(_left(former)):
        for data in batch:
            at = keys.data_place(data.pk)
            data.wrapped = cipher.seal(wraps, cipher.unseal(opens, bytes(data.wrapped or b""), at=at), at=at)
            # One that was destroyed meanwhile stays destroyed.
            DataKey.objects.filter(pk=data.pk, destroyed_at=None).update(
                wrapped=data.wrapped, scope_key=newest
            )
            done += 1
            step()
    return done


def _left(former: ScopeKey) -> QuerySet[DataKey]:
    return DataKey.objects.filter(scope_key=former, destroyed_at=None).order_by("pk")[:AT_ONCE]


def retired(*, at: datetime) -> QuerySet[ScopeKey]:
    """Former scope keys that no process can still be using."""
    return ScopeKey.objects.filter(retired_at__lt=at - GRACE)


def drop_retired(*, at: datetime, scope: str = "") -> int:
    """Forget former scope keys, of one scope or of all; returns how many.

    What a slow process, or an interrupted rotation, left under one is wrapped anew first.
    """
    rows = retired(at=at).filter(scope=scope) if scope else retired(at=at)
    for row in (dropped := list(rows.order_by("pk"))):
        newest = ScopeKey.objects.filter(scope=row.scope).latest("version")
        _wrap_anew(row, newest, lambda: None)
        # Destroyed keys hang on a scope key by their id alone.
        DataKey.objects.filter(scope_key=row, wrapped=None).update(scope_key=newest)
        row.delete()
    return len(dropped)
