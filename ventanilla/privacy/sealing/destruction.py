"""Erasing for good: a key is overwritten, and a certificate says that it was."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ventanilla.accounts.models import User

from .digests import digest, is_digest_of
from .ring import ring
from .router import KEY_STORE
from .rows import DataKey, DestructionCertificate

PURPOSE = "certificate"
# The process that asked for a destruction is given so long to do it itself.
PATIENCE = timedelta(minutes=1)
AT_ONCE = 500


def destroy_key(
    key_id: UUID,
    *,
    reason: str,
    by: User | None,
    at: datetime,
    holder: str = "",
    counts: Mapping[str, int] | None = None,
) -> DestructionCertificate:
    """Destroy a data key for good, once the surrounding transaction is committed.

    What it sealed can never be read again, here or in any backup. `reason` is a fixed word, `holder` what the
    key belonged to ("person", "enquiry"), `counts` how many rows of which kind it sealed. Done again, it
    changes nothing and returns the first certificate.
    """
    certificate = DestructionCertificate(
        key=key_id, reason=reason, holder=holder, counts=dict(counts or {}), by=by, asked_at=at
    )
    first, _is_new = DestructionCertificate.objects.get_or_create(
        key=key_id,
        defaults={
            "reason": reason,
            "holder": holder,
            "counts": certificate.counts,
            "by": by,
            "asked_at": at,
            "mac": digest(PURPOSE, _said(certificate)),
        },
    )
    ring.forget(key_id)
    # Should the key store be away now, it is done later: see `finish_destructions`.
    transaction.on_commit(partial(finish_destruction, first.pk), robust=True)
    return first


def finish_destruction(certificate_id: UUID) -> None:
    """Overwrite the key that a certificate names, and say in the certificate that it is gone."""
    _overwrite(certificate_id)
    _leave_no_trace()


def finish_destructions() -> int:
    """Destroy what was asked for and is there all the same; returns how many.

    A process may have died in between, or an older copy of the key store was put back.
    """
    waiting = [*unfinished(at=timezone.now()).order_by("asked_at", "pk"), *undone()]
    for certificate in waiting:
        _overwrite(certificate.pk)
    if waiting:
        _leave_no_trace()
    return len(waiting)


def unfinished(*, at: datetime) -> QuerySet[DestructionCertificate]:
    """Certificates whose key should be gone by now and is not."""
    return DestructionCertificate.objects.filter(done_at=None, asked_at__lt=at - PATIENCE)


def undone() -> Iterator[DestructionCertificate]:
    """Certificates of keys that are there all the same, as after an older copy of the key store."""
    done = DestructionCertificate.objects.exclude(done_at=None).order_by("key")
    last: UUID | None = None
    while batch := list(done.filter(key__gt=last)[:AT_ONCE] if last else done[:AT_ONCE]):
        there = DataKey.objects.filter(pk__in=[one.key for one in batch], destroyed_at=None)
        keys = set(there.values_list("pk", flat=True))
        yield from (one for one in batch if one.key in keys)
        last = batch[-1].key


def verify(certificate: DestructionCertificate) -> bool:
    """Whether this installation issued the certificate as it stands, and the key is gone if it says so."""
    if not is_digest_of(certificate.mac, PURPOSE, _said(certificate)):
        return False
    is_there = DataKey.objects.filter(pk=certificate.key, destroyed_at=None).exists()
    return certificate.done_at is None or not is_there


def _said(certificate: DestructionCertificate) -> str:
    times = [
        moment and moment.astimezone(UTC).isoformat()
        for moment in (certificate.asked_at, certificate.done_at)
    ]
    parts = [certificate.key.hex, certificate.reason, certificate.holder, certificate.counts, *times]
    return json.dumps(parts, sort_keys=True)


def _overwrite(certificate_id: UUID) -> None:
    certificate = DestructionCertificate.objects.get(pk=certificate_id)
    now = timezone.now()
    ring.forget(certificate.key)
    DataKey.objects.filter(pk=certificate.key, destroyed_at=None).update(wrapped=None, destroyed_at=now)
    if certificate.done_at is None:
        certificate.done_at = now
        certificate.mac = digest(PURPOSE, _said(certificate))
        certificate.save(update_fields=["done_at", "mac"])


def _leave_no_trace() -> None:
    """The journal of SQLite holds former pages until it is written back and cut."""
    connection = connections[KEY_STORE]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
