"""What of privacy's own records runs out: words of incidents, complaints, requests, reasons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from .models import (
    AccessChain,
    AccessEntry,
    Break,
    Complaint,
    ExportRequest,
    Hold,
    Incident,
    LegalRequest,
    PersonRequest,
    ProtectionException,
)
from .retention import PLANNED, Expiring, expirers, without_certificate
from .sealing import destroy_key


def _moment(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time.min, UTC)


@dataclass(frozen=True, slots=True)
class WordsOf:
    """The words of one kind of row: its key is destroyed so long after an event; the row stays."""

    record_class: str
    model: Any
    over: Callable[[datetime], Q]
    since: Callable[[Any], date | datetime]
    label: Callable[[Any], str]

    def waiting(self, *, before: datetime) -> Iterator[Expiring]:
        for row in without_certificate(self.model.objects.filter(self.over(before))).order_by("pk"):
            yield Expiring(
                self.record_class, row.pk, self.label(row), row.country, getattr(row, "hub", ""),
                _moment(self.since(row)),
            )  # fmt: skip

    def expire(self, row: Expiring, *, at: datetime) -> bool:
        key = self.model.objects.values_list("sealed_under", flat=True).get(pk=row.ref)
        destroy_key(key, reason=PLANNED, by=None, at=at, holder=self.record_class)
        return True


class AccessReasons:
    """Reasons written in the access log, sealed under a key of a country and a year."""

    def waiting(self, *, before: datetime) -> Iterator[Expiring]:
        # A chain goes on with its key until the year changes.
        in_use = AccessChain.objects.filter(reasons_year__gte=before.year).filter(reasons_key__isnull=False)
        keys = without_certificate(AccessEntry.objects.exclude(reason_digest=""))
        rows = keys.order_by().values("sealed_under", "country").annotate(last=Max("at"))
        old = rows.filter(last__lt=before).exclude(sealed_under__in=in_use.values("reasons_key"))
        for row in old.order_by("sealed_under"):
            label = f"{row['country'] or '*'} {row['last'].year}"
            yield Expiring("access-reasons", row["sealed_under"], label, row["country"], "", row["last"])

    def expire(self, row: Expiring, *, at: datetime) -> bool:
        destroy_key(row.ref, reason=PLANNED, by=None, at=at, holder="access-reasons")
        return True


def _short(pk: UUID) -> str:
    """A label for rows that have no code of their own."""
    return str(pk)[:8]


def _after(field: str) -> Callable[[datetime], Q]:
    return lambda before: Q(**{f"{field}__lt": before})


expirers["access-reasons"] = AccessReasons()
for one in (
    WordsOf("breaks", Break, _after("reviewed_at"), lambda row: row.reviewed_at, lambda row: _short(row.pk)),
    WordsOf("incidents", Incident, _after("closed_at"), lambda row: row.closed_at, lambda row: row.code),
    WordsOf(
        "legal-requests",
        LegalRequest,
        _after("reviewed_at"),
        lambda row: row.reviewed_at,
        lambda row: row.code,
    ),
    WordsOf("complaints", Complaint, _after("closed_at"), lambda row: row.closed_at, lambda row: row.code),
    WordsOf(
        "exceptions",
        ProtectionException,
        lambda before: Q(expires_on__lt=before.date()),
        lambda row: row.expires_on,
        lambda row: _short(row.pk),
    ),
    WordsOf(
        "exports", ExportRequest, _after("asked_at"), lambda row: row.asked_at, lambda row: _short(row.pk)
    ),
    WordsOf(
        "requests",
        PersonRequest,
        _after("answered_at"),
        lambda row: row.answered_at,
        lambda row: row.code,
    ),
    WordsOf(
        "holds",
        Hold,
        lambda before: Q(ended_at__lt=before) | Q(until__lt=before.date()),
        lambda row: row.ended_at or row.until,
        lambda row: row.label,
    ),
):
    expirers[one.record_class] = one
