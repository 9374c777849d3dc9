"""Legal holds: what must not be erased for a time, with a reason that is shown and a day to look again."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .access_log import record
from .models import Hold
from .retention import Expiring, Postponed, farewells, postponers
from .sealing import new_key

LONGEST = timedelta(days=366)
SHORTEST_REASON = 20


class HoldNeedsReason(DomainError):
    message = _("Write in a sentence why this must not be erased: the focal point will read it.")


class HoldTooLong(DomainError):
    """The end lies in the past or more than a year ahead, or the review after the end."""

    message = _("A hold ends within a year, and somebody looks at it again before that.")


@transaction.atomic
def place_hold(
    *,
    ref: UUID,
    person: UUID | None,
    label: str,
    country: str,
    hub: str,
    basis: str,
    reason: str,
    until: date,
    review_on: date,
    by: User,
    at: datetime,
) -> Hold:
    """Keep a record, and its person, from being erased. Raises HoldNeedsReason and HoldTooLong."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise HoldNeedsReason
    if not at.date() <= review_on <= until <= (at + LONGEST).date():
        raise HoldTooLong
    row = Hold(
        sealed_under=new_key(scope=f"hub:{hub}" if hub else f"country:{country}"), ref=ref, person=person,
        label=label, country=country, hub=hub, basis=basis, by=by, at=at, until=until, review_on=review_on,
    )  # fmt: skip
    row.reason = reason.strip()
    row.save(force_insert=True)
    _log(row, by=by, at=at)
    return row


@transaction.atomic
def end_hold(*, hold: Hold, by: User, at: datetime) -> None:
    """Let it go: what has run out meanwhile is erased at the next run."""
    Hold.objects.filter(pk=hold.pk, ended_at=None).update(ended_at=at, ended_by=by)
    _log(hold, by=by, at=at)


def holding(*, refs: Iterable[UUID], people: Iterable[UUID], on: date) -> list[Hold]:
    """The holds in force on any of these records or people."""
    rows = Hold.objects.in_force(on=on)
    return list(rows.filter(Q(ref__in=set(refs)) | Q(person__in=set(people))).order_by("until", "pk"))


@postponers.add("holds")
def kept_by_holds(rows: list[Expiring], at: datetime) -> Mapping[UUID, Postponed]:
    """What a hold keeps: the record itself, and everything of its person."""
    people = {row.person for row in rows if row.person}
    found = holding(refs=[row.ref for row in rows], people=people, on=at.date())
    by_ref = {hold.ref: hold for hold in found}
    by_person = {hold.person: hold for hold in found if hold.person}
    kept = ((row.ref, by_ref.get(row.ref) or by_person.get(row.person or row.ref)) for row in rows)
    return {ref: Postponed(why=hold.get_basis_display(), until=hold.until) for ref, hold in kept if hold}


@farewells.add("holds")
def cut_holds(person: UUID, reason: str, at: datetime) -> None:
    """Former holds stay for review; whom they were about is forgotten with the person."""
    Hold.objects.filter(person=person).update(person=None)


def _log(row: Hold, *, by: User, at: datetime) -> None:
    record(by=by, action="hold", kind="enquiry", ref=row.ref, country=row.country, hub=row.hub, at=at)
