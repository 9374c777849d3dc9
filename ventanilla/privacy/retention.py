"""Deleting by itself, but never what is still needed.

Each class of records has a period (`retention.yaml`); a country or a hub may have another one. Apps plug in
what can run out (`expirers`) and what keeps it (`postponers`). Every record is erased in a transaction of
its own and is then no longer found, so a run that was killed is simply run again.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import yaml
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry
from ventanilla.lib.text import in_language

from .access_log import record
from .models import DestructionCertificate, Period, RetentionRun
from .sealing.destruction import finish_destructions

logger = logging.getLogger(__name__)

FILE = Path(__file__).with_name("retention.yaml")
SHORTEST_REASON = 20
LONGEST_DAYS = 3650
# A run that did not say anything for so long is dead: another takes over.
LEASE = timedelta(minutes=10)
# Words of certificates, from which the sentence in place of an erased text is made.
PLANNED, ASKED, WITHDRAWN = "retention", "request", "withdrawal"


class WhyLonger(DomainError):
    """A period longer than the schedule's without a reason."""

    message = _("Write in a sentence why this has to be kept longer than the schedule says.")


class NotInThisPlace(DomainError):
    """The schedule does not let this place have another period."""

    message = _("The period of this class cannot be changed there.")


class NotThatLong(DomainError):
    message = _("A period lasts between one day and ten years.")


@dataclass(frozen=True, slots=True)
class RecordClass:
    """A class of records of the schedule. `days` is None where it ends `with_` another, or never."""

    code: str
    days: int | None
    with_: str
    scope: str
    action: str
    sensitivity: str
    source: str
    names: Mapping[str, str]
    after: Mapping[str, str]
    reasons: Mapping[str, str]
    what: Mapping[str, str]

    def name(self, language: str) -> str:
        return in_language(self.names, language) or self.code


@cache
def schedule() -> Mapping[str, RecordClass]:
    """Every class by its code, in the order of the schedule."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        code: RecordClass(
            code, row["days"], row.get("with", ""), row["scope"], row["action"], row["sensitivity"],
            row["source"], row["names"], row["after"], row["reason"], row["what"],
        )
        for code, row in rows.items()
    }  # fmt: skip


# Periods


class Periods:
    """The periods in force, read once: the hub's, else the country's, else the schedule's."""

    def __init__(self) -> None:
        rows = Period.objects.in_force().values_list("record_class", "country", "hub", "days")
        self._set = {(code, country, hub): days for code, country, hub, days in rows}

    def days(self, code: str, *, country: str = "", hub: str = "") -> int:
        for place in ((country, hub), (country, "")):
            if (found := self._set.get((code, *place))) is not None:
                return found
        default = schedule()[code].days
        if default is None:
            raise KeyError(code)
        return default

    def shortest(self, code: str) -> int:
        """The shortest period of this class anywhere."""
        default = schedule()[code].days
        found = [days for (name, _country, _hub), days in self._set.items() if name == code]
        return min([*found, *([default] if default is not None else [])])


@transaction.atomic
def set_period(
    *, record_class: str, country: str, hub: str, days: int, reason: str, by: User, at: datetime
) -> Period:
    """Give a country or hub another period; the former one ends. It holds for old records too.

    Raises NotInThisPlace, NotThatLong and WhyLonger.
    """
    found = schedule()[record_class]
    if found.days is None or found.scope == "nobody" or (hub and found.scope != "hub"):
        raise NotInThisPlace
    if not 1 <= days <= LONGEST_DAYS:
        raise NotThatLong
    if days > found.days and len(reason.strip()) < SHORTEST_REASON:
        raise WhyLonger
    Period.objects.in_force().filter(record_class=record_class, country=country, hub=hub).update(ended_at=at)
    row = Period.objects.create(
        record_class=record_class, country=country, hub=hub, days=days, reason=reason.strip(), set_by=by,
        set_at=at,
    )  # fmt: skip
    record(by=by, action="write", kind="retention", ref=row.pk, country=country, hub=hub, at=at)
    return row


@transaction.atomic
def end_period(*, period: Period, by: User, at: datetime) -> None:
    """Go back to the schedule's period."""
    Period.objects.in_force().filter(pk=period.pk).update(ended_at=at)
    record(
        by=by, action="write", kind="retention", ref=period.pk, country=period.country, hub=period.hub, at=at
    )


# What runs out


@dataclass(frozen=True, slots=True)
class Expiring:
    """A record that runs out: its id, a label without words of anybody, where it is, since when it counts."""

    record_class: str
    ref: UUID
    label: str
    country: str
    hub: str
    since: datetime
    person: UUID | None = None

    def due_at(self, periods: Periods) -> datetime:
        return self.since + timedelta(
            days=periods.days(self.record_class, country=self.country, hub=self.hub)
        )


class Expirer(Protocol):
    """One class of records of one app that can run out."""

    def waiting(self, *, before: datetime) -> Iterable[Expiring]:
        """Everything not erased yet whose time counts from before that moment, the oldest first."""

    def expire(self, row: Expiring, *, at: datetime) -> bool:
        """Erase it, unless it changed meanwhile; says whether it did. In the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Why something that has run out is kept, and until when; `until` is None while an end is not known."""

    why: str | Promise
    until: date | None = None


expirers: Registry[Expirer] = Registry()
# Each looks at the rows it is given and says which are still needed; empty holds nothing back.
postponers: Registry[Callable[[list[Expiring], datetime], Mapping[UUID, Postponed]]] = Registry()
# Told, in the transaction, when the identifiers of a person are gone, with the word of the certificates.
farewells: Registry[Callable[[UUID, str, datetime], None]] = Registry()


def say_farewell(person: UUID, *, reason: str, at: datetime) -> None:
    """Let everybody who keeps something by this person's id forget it."""
    for forget in farewells.values():
        forget(person, reason, at)


def without_certificate(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows whose key nobody has destroyed."""
    return rows.exclude(Exists(DestructionCertificate.objects.filter(key=OuterRef("sealed_under"))))


def running_out(*, by: datetime, code: str = "", periods: Periods | None = None) -> Iterator[Expiring]:
    """What has run out by a moment, class by class."""
    periods = periods or Periods()
    for name, expirer in expirers.items():
        if code and name != code:
            continue
        before = by - timedelta(days=periods.shortest(name))
        yield from (row for row in expirer.waiting(before=before) if row.due_at(periods) <= by)


def kept_back(rows: list[Expiring], *, at: datetime) -> dict[UUID, Postponed]:
    """Which of these are still needed, and why."""
    found: dict[UUID, Postponed] = {}
    for look in postponers.values():
        found = {**look(rows, at), **found}
    return found


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A line of the list of what will be erased, or is not erased and why."""

    row: Expiring
    due_at: datetime
    postponed: Postponed | None


def upcoming(*, at: datetime, days: int = 7) -> list[Upcoming]:
    """What runs out within so many days, and what has run out and is kept back; the soonest first."""
    periods = Periods()
    rows = list(running_out(by=at + timedelta(days=days), periods=periods))
    kept = kept_back(rows, at=at)
    found = [Upcoming(row, row.due_at(periods), kept.get(row.ref)) for row in rows]
    return sorted(found, key=lambda line: (line.due_at, line.row.ref))


# Running


@dataclass(slots=True)
class Report:
    """What a run did, by class; `failed` counts records that could not be erased and wait."""

    erased: dict[str, int] = field(default_factory=dict)
    postponed: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return sum(self.erased.values())


def run(
    *, at: datetime, is_rehearsal: bool = False, progress: Callable[[Report], None] | None = None
) -> Report:
    """Erase everything that has run out and is not kept back; killed at any point, it is simply run again.

    A rehearsal only counts. `progress` is called after each record.
    """
    report, periods = Report(), Periods()
    if not is_rehearsal:
        finish_destructions()
    for code in expirers:
        rows = list(running_out(by=at, code=code, periods=periods))
        kept = kept_back(rows, at=at)
        report.postponed += len(kept)
        for row in rows:
            if row.ref not in kept:
                _expire(row, report, at=at, is_rehearsal=is_rehearsal)
                if progress:
                    progress(report)
    return report


def _expire(row: Expiring, report: Report, *, at: datetime, is_rehearsal: bool) -> None:
    try:
        with transaction.atomic():
            is_done = is_rehearsal or expirers[row.record_class].expire(row, at=at)
    except DatabaseError:
        # One record that cannot be erased today must not keep the others alive.
        logger.exception("Record not erased", extra={"record": str(row.ref), "class": row.record_class})
        report.failed += 1
        return
    if is_done:
        report.erased[row.record_class] = report.erased.get(row.record_class, 0) + 1


def run_of_the_day(*, now: Callable[[], datetime]) -> RetentionRun | None:
    """Run once a day (UTC), on one machine; None where it is done, or somebody else is at it."""
    row = _claimed(now())
    if row is None:
        return None
    before = row.total

    def still_here(report: Report) -> None:
        if report.total % 50 == 0:
            RetentionRun.objects.filter(pk=row.pk).update(lease_until=now() + LEASE)

    report = run(at=now(), progress=still_here)
    row.erased = {
        code: row.erased.get(code, 0) + report.erased.get(code, 0) for code in {**row.erased, **report.erased}
    }
    row.postponed, row.failed, row.finished_at = report.postponed, report.failed, now()
    row.save()
    logger.info("Retention", extra={"erased": row.total - before, "postponed": row.postponed})
    return row


def _claimed(at: datetime) -> RetentionRun | None:
    day = at.date()
    RetentionRun.objects.bulk_create(
        [RetentionRun(day=day, started_at=at, lease_until=at)], ignore_conflicts=True
    )
    free = RetentionRun.objects.filter(pk=day, finished_at=None, lease_until__lte=at)
    return RetentionRun.objects.get(pk=day) if free.update(lease_until=at + LEASE) else None


# In place of what was erased


def tombstones(keys: Iterable[UUID]) -> dict[UUID, str]:
    """By key: the sentence that stands where the words were; only keys that were destroyed."""
    rows = DestructionCertificate.objects.filter(key__in=set(keys)).values_list("key", "reason", "asked_at")
    return {
        key: str(_SENTENCES.get(reason, _SENTENCES[""])) % {"day": date_format(at, "DATE_FORMAT")}
        for key, reason, at in rows
    }


_SENTENCES: Mapping[str, str | Promise] = {
    PLANNED: _("The text was deleted on %(day)s as planned."),
    ASKED: _("The text was deleted on %(day)s because the person asked for it."),
    WITHDRAWN: _("The text was deleted on %(day)s because the person withdrew their consent."),
    "": _("The text was deleted on %(day)s."),
}


def tombstone(key: UUID) -> str:
    """The sentence in place of what this key sealed; empty while the key is there."""
    return tombstones([key]).get(key, "")
