"""What people ask about their own data: read, take along, correct, leave alone, erase.

Each leaves a receipt, a number that the person can keep. What software can do is done at once; what needs a
person waits on a clock. Refusing takes a reason, and names the way to complain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .access_log import record
from .codes import new_receipt, plain_receipt
from .holders import ExportedRecord, Held, Subject, find, holders_of
from .models import PersonRequest
from .retention import ASKED, Expiring, Postponed, farewells, postponers
from .sealing import destroy_key, new_key

Kind, Outcome, Through = PersonRequest.Kind, PersonRequest.Outcome, PersonRequest.Through

FILE = Path(__file__).with_name("answer_days.yaml")
PROMISED_DAYS = 15
LONGEST_WISH = 2_000
SAME_READING = timedelta(hours=1)
# What may stand in the way of a request; anything else is done.
REFUSALS: Mapping[str, str | Promise] = {
    "hold": _("it is kept for a time because of a legal matter"),
    "others": _("it would tell about somebody else"),
    "danger": _("it would put somebody in danger"),
    "not-theirs": _("it could not be established that it is theirs"),
    "not-wrong": _("what is written is what was said at the time"),
}


class AnsweredAlready(DomainError):
    message = _("This request has been answered already.")


class ReasonNeeded(DomainError):
    """A refusal without a reason of the list, or an answer without words."""

    message = _("Say what was done, or why not, in words that the person understands.")


class NothingToCorrect(DomainError):
    message = _("Write what is wrong and what it should say.")


class Kept(DomainError):
    """Something must not be erased now. `request` is the refused request with its receipt."""

    message = _("This cannot be erased now: it is kept for a time because of a legal matter.")

    def __init__(self, request: PersonRequest) -> None:
        super().__init__()
        self.request = request


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """`days` is what the law of the country says, as far as known; the promise holds where it is shorter."""

    days: int | None
    law: str
    source: str
    note: str
    is_verified: bool

    @property
    def days_to_answer(self) -> int:
        return min(self.days or PROMISED_DAYS, PROMISED_DAYS)


@cache
def answer_rules() -> Mapping[str, AnswerRule]:
    """What is known of each country's law."""
    rows: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        code: AnswerRule(row["days"], row["law"], row["source"], row["note"], row["verified"])
        for code, row in rows.items()
    }


def answer_rule(country: str) -> AnswerRule:
    """The rule of a country; for one without, the promise."""
    return answer_rules().get(country) or AnswerRule(None, "", "", "", False)


# Asking


@transaction.atomic
def read_own(*, person: UUID, by: User | None, at: datetime) -> tuple[PersonRequest, Held]:
    """The outline of what is held, and a receipt, the same within an hour. Raises NotHeld."""
    subject = Subject.of_person(person)
    held, through = find(subject), Through.STAFF if by else Through.CODE
    recent = PersonRequest.objects.filter(
        person=person, kind=Kind.READ, through=through, received_at__gt=at - SAME_READING
    )
    return recent.first() or _done(subject, held, Kind.READ, by=by, at=at), held


@transaction.atomic
def export_own(*, person: UUID, by: User | None, at: datetime) -> tuple[PersonRequest, list[ExportedRecord]]:
    """Everything that is held, in the language in use, and the receipt. Raises NotHeld."""
    subject = Subject.of_person(person)
    held = find(subject)
    records = [
        row for holder in holders_of(subject) for row in holder.export(subject, for_staff=by is not None)
    ]
    return _done(subject, held, Kind.EXPORT, by=by, at=at), records


@transaction.atomic
def correct_own(*, person: UUID, values: Mapping[str, str], by: User | None, at: datetime) -> PersonRequest:
    """Write what the person says into the fields of that name. Raises NotHeld and NothingToCorrect."""
    subject = Subject.of_person(person)
    held = find(subject)
    if not values or not sum(holder.correct(subject, values, at=at) for holder in holders_of(subject)):
        raise NothingToCorrect
    return _done(subject, held, Kind.CORRECT, by=by, at=at)


@transaction.atomic
def restrict_own(*, person: UUID, is_restricted: bool, by: User | None, at: datetime) -> PersonRequest:
    """Have everything left alone, or worked with again. Raises NotHeld."""
    subject = Subject.of_person(person)
    held = find(subject)
    for holder in holders_of(subject):
        holder.restrict(subject, is_restricted=is_restricted, at=at)
    return _done(subject, held, Kind.RESTRICT if is_restricted else Kind.RELEASE, by=by, at=at)


def erase_own(*, person: UUID, by: User | None, at: datetime) -> PersonRequest:
    """Destroy the keys of everything that is held, at once. Raises NotHeld, and Kept where it has to wait."""
    subject = Subject.of_person(person)
    held = find(subject)
    if _is_kept(person, held, at=at):
        raise Kept(_refused_for_hold(subject, held, by=by, at=at))
    with transaction.atomic():
        row = _done(subject, held, Kind.ERASE, by=by, at=at)
        certificates = [
            str(one)
            for holder in holders_of(subject)
            for one in holder.erase(subject, reason=ASKED, by=by, at=at)
        ]
        PersonRequest.objects.filter(pk=row.pk).update(certificates=certificates, person=None)
        row.certificates = certificates
    return row


def _is_kept(person: UUID, held: Held, *, at: datetime) -> bool:
    """Whether a hold or something like an open referral stands against erasing."""
    row = Expiring("identifiers", person, held.label, held.country, held.hub, at, person)
    # An open request of the person keeps their data from running out, not from being erased at their wish.
    others = [look for name, look in postponers.items() if name != "requests"]
    return any(look([row], at) for look in others)


@postponers.add("requests")
def kept_by_requests(rows: list[Expiring], at: datetime) -> Mapping[UUID, Postponed]:
    """What a person has asked about and not been answered is not erased meanwhile."""
    people = {row.person for row in rows if row.person}
    asking = PersonRequest.objects.open().filter(person__in=people)
    due = {request.person: request.due_at for request in asking.order_by("-due_at", "pk")}
    why = _("the person asked something about their data and waits for the answer")
    return {row.ref: Postponed(why, due[row.person].date()) for row in rows if row.person in due}


@transaction.atomic
def _refused_for_hold(subject: Subject, held: Held, *, by: User | None, at: datetime) -> PersonRequest:
    row = _new(subject, held, Kind.ERASE, by=by, at=at)
    row.outcome, row.refused_for, row.answered_at, row.answered_by = Outcome.REFUSED, "hold", at, by
    row.save(force_insert=True)
    _log(row, "refuse", by=by, at=at)
    return row


@transaction.atomic
def ask_for(*, person: UUID, kind: str, wish: str, by: User | None, at: datetime) -> PersonRequest:
    """What only a person can do, in the asker's words; the clock runs. Raises NotHeld, NothingToCorrect."""
    if not wish.strip():
        raise NothingToCorrect
    subject = Subject.of_person(person)
    row = _new(subject, find(subject), kind, by=by, at=at)
    row.wish = wish.strip()[:LONGEST_WISH]
    row.save(force_insert=True)
    _log(row, "ask", by=by, at=at)
    return row


# Answering


@transaction.atomic
def answer_request(*, request: PersonRequest, answer: str, by: User, at: datetime) -> None:
    """Say what was done. Raises AnsweredAlready and ReasonNeeded."""
    _answer(request, answer, outcome=Outcome.DONE, refused_for="", by=by, at=at)


@transaction.atomic
def refuse_request(*, request: PersonRequest, refused_for: str, answer: str, by: User, at: datetime) -> None:
    """Say why not. Raises AnsweredAlready and ReasonNeeded."""
    if refused_for not in REFUSALS:
        raise ReasonNeeded
    _answer(request, answer, outcome=Outcome.REFUSED, refused_for=refused_for, by=by, at=at)


def _answer(
    request: PersonRequest, answer: str, *, outcome: str, refused_for: str, by: User, at: datetime
) -> None:
    if not answer.strip():
        raise ReasonNeeded
    row = PersonRequest.objects.select_for_update().get(pk=request.pk)
    if row.answered_at:
        raise AnsweredAlready
    row.answer, row.outcome, row.refused_for = answer.strip(), outcome, refused_for
    row.answered_at, row.answered_by = at, by
    row.save()
    _log(row, "answer" if outcome == Outcome.DONE else "refuse", by=by, at=at)


# Receipts


def receipt(typed: str) -> PersonRequest | None:
    """The request that a receipt is of, from what somebody typed."""
    code = plain_receipt(typed)
    return PersonRequest.objects.filter(code=code).first() if code else None


@farewells.add("requests")
def cut_requests(person: UUID, reason: str, at: datetime) -> None:
    """When somebody's identifiers are gone, their requests stay as receipts, without words or person."""
    rows = PersonRequest.objects.filter(person=person)
    for key in rows.values_list("sealed_under", flat=True):
        destroy_key(key, reason=reason, by=None, at=at, holder="request")
    rows.update(person=None)


def _new(subject: Subject, held: Held, kind: str, *, by: User | None, at: datetime) -> PersonRequest:
    scope = f"hub:{held.hub}" if held.hub else f"country:{held.country}" if held.country else "network"
    return PersonRequest(
        sealed_under=new_key(scope=scope), code=new_receipt(), label=held.label, country=held.country,
        person=subject.person, hub=held.hub, kind=kind, taken_by=by,
        through=Through.STAFF if by else Through.CODE, received_at=at,
        due_at=at + timedelta(days=answer_rule(held.country).days_to_answer),
    )  # fmt: skip


def _done(subject: Subject, held: Held, kind: str, *, by: User | None, at: datetime) -> PersonRequest:
    row = _new(subject, held, kind, by=by, at=at)
    row.outcome, row.answered_at, row.answered_by = Outcome.DONE, at, by
    row.save(force_insert=True)
    _log(row, "export" if kind == Kind.EXPORT else str(kind), by=by, at=at)
    return row


def _log(row: PersonRequest, action: str, *, by: User | None, at: datetime) -> None:
    record(by=by, action=action, kind="own-data", ref=row.pk, country=row.country, hub=row.hub, at=at)
