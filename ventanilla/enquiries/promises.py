"""The ledger of promised calls: to whom, when, how safely; each try, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.retention import farewells
from ventanilla.privacy.sealing import open_keys

from . import actions
from .models import CallAttempt, Callback, CallbackQuerySet, Enquiry, Person

# After so many tries in vain, giving up is suggested; a person decides.
TRIES = 3
State, Result = Callback.State, CallAttempt.Result


class NobodyToCall(DomainError):
    message = _("Who asked here has been deleted: there is nobody to call.")


class NoNumber(DomainError):
    message = _("Write down the number to call.")


class WindowIsOver(DomainError):
    message = _("This time has passed. Promise a time that is still to come.")


class WindowRunsBackwards(DomainError):
    message = _("The call must end after it begins: look at the two times.")


class AlreadyPromised(DomainError):
    message = _("A call is promised already. Keep or end that promise first.")


class CallbackSettled(DomainError):
    message = _("This promise was settled meanwhile, perhaps by a colleague.")


class WhenLater(DomainError):
    message = _("Write down when the person wants to be called.")


@transaction.atomic
def promise_callback(
    *,
    enquiry: Enquiry,
    number: str,
    due_from: datetime,
    due_until: datetime,
    by: User,
    at: datetime,
    ask_for: str = "",
    safety: str = "",
    may_answer: str = Callback.MayAnswer.ONLY_THEM,
    may_leave_message: bool = False,
) -> Callback:
    """Promise a call within a window; the case is then served by that time.

    Raises NobodyToCall, NoNumber, WindowIsOver, WindowRunsBackwards and AlreadyPromised.
    """
    person = _somebody(enquiry)
    if not number.strip():
        raise NoNumber
    _refuse_window(due_from, due_until, at=at)
    # Two who promise at once are told apart here, before the constraint of the database would.
    Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if Callback.objects.waiting().filter(enquiry=enquiry).exists():
        raise AlreadyPromised
    callback = Callback(
        enquiry=enquiry, sealed_under=person.sealed_under, due_from=due_from, due_until=due_until,
        may_answer=may_answer, may_leave_message=may_leave_message, made_at=at, made_by=by,
    )  # fmt: skip
    callback.number, callback.ask_for, callback.safety = number.strip(), ask_for.strip(), safety.strip()
    callback.save(force_insert=True)
    _serve_by(enquiry, due_until)
    _note(callback, "promised", by=by, at=at)
    return callback


def _somebody(enquiry: Enquiry) -> Person:
    person = Person.objects.filter(enquiries=enquiry, erased_at=None).first()
    if person is None:
        raise NobodyToCall
    return person


def _refuse_window(due_from: datetime, due_until: datetime, *, at: datetime) -> None:
    if due_until <= due_from:
        raise WindowRunsBackwards
    if due_until <= at:
        raise WindowIsOver


@transaction.atomic
def note_attempt(
    *,
    callback: Callback,
    result: str,
    by: User,
    at: datetime,
    later_from: datetime | None = None,
    later_until: datetime | None = None,
) -> CallAttempt:
    """Write down one try. Reached: the promise is kept; later: it moves to another window.

    Raises CallbackSettled, WhenLater, WindowIsOver and WindowRunsBackwards.
    """
    _still_waiting(callback)
    if result == Result.LATER:
        _move(callback, later_from, later_until, at=at)
    attempt = CallAttempt.objects.create(callback=callback, result=result, at=at, by=by)
    if result == Result.REACHED:
        _settle(callback, State.REACHED, at=at)
        if callback.enquiry.is_open:
            actions.note_answered(callback.enquiry, by=by, at=at)
    _note(callback, result, by=by, at=at)
    return attempt


@transaction.atomic
def give_up(*, callback: Callback, by: User, at: datetime) -> None:
    """End a promise that could not be kept. Raises CallbackSettled."""
    _still_waiting(callback)
    _settle(callback, State.NOT_REACHED, at=at)
    _note(callback, State.NOT_REACHED, by=by, at=at)


@transaction.atomic
def cancel(*, callback: Callback, by: User, at: datetime) -> None:
    """The person does not need the call any more. Raises CallbackSettled."""
    _still_waiting(callback)
    _settle(callback, State.CANCELLED, at=at)
    _note(callback, State.CANCELLED, by=by, at=at)


def _still_waiting(callback: Callback) -> None:
    rows = Callback.objects.select_for_update().waiting()
    if not rows.filter(pk=callback.pk).exists():
        raise CallbackSettled


def _move(callback: Callback, start: datetime | None, end: datetime | None, *, at: datetime) -> None:
    if start is None or end is None:
        raise WhenLater
    _refuse_window(start, end, at=at)
    callback.due_from, callback.due_until = start, end
    callback.save(update_fields=["due_from", "due_until"])
    _serve_by(callback.enquiry, end)


def _settle(callback: Callback, state: "Callback.State", *, at: datetime) -> None:
    callback.state, callback.settled_at = state, at
    callback.save(update_fields=["state", "settled_at"])
    _serve_by(callback.enquiry, None)


def _serve_by(enquiry: Enquiry, due: datetime | None) -> None:
    enquiry.promise_due_at = due
    enquiry.save(update_fields=["promise_due_at"])


def _note(callback: Callback, value: str, *, by: User, at: datetime) -> None:
    actions.note_change(callback.enquiry, "callback", value, by=by, at=at)
    actions.log(callback.enquiry, "write", by=by, at=at)


@farewells.add("callbacks")
def forget_promises(person: UUID, reason: str, at: datetime) -> None:
    """Nobody calls a person of whom nothing is known any more."""
    rows = Callback.objects.waiting().filter(enquiry__person=person)
    Enquiry.objects.filter(callbacks__in=list(rows)).update(promise_due_at=None)
    rows.update(state=State.CANCELLED, settled_at=at)


# Reads


@dataclass(slots=True)
class Ledger:
    """What is promised, by the clock of each hub: missed, due now, later today, another day."""

    overdue: list[Callback] = field(default_factory=list)
    now: list[Callback] = field(default_factory=list)
    today: list[Callback] = field(default_factory=list)
    later: list[Callback] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.overdue) + len(self.now) + len(self.today) + len(self.later)


def ledger(user: Any, *, at: datetime, hub: str = "") -> Ledger:
    """Promised calls of the hubs of this person, the soonest first; numbers stay sealed."""
    rows = with_tries(Callback.objects.looked_after_by(user).waiting())
    if hub:
        rows = rows.filter(enquiry__hub__ref=hub)
    found = Ledger()
    for row in rows.order_by("due_until", "pk"):
        _place(found, row, at=at).append(row)
    return found


def with_tries(rows: CallbackQuerySet) -> CallbackQuerySet:
    """With the case, its hub, and `tries`: how often somebody tried."""
    whole = rows.select_related("enquiry__hub__country", "enquiry__person", "made_by")
    return whole.annotate(tries=Count("attempts"))


def _place(found: Ledger, row: Callback, *, at: datetime) -> list[Callback]:
    if row.is_overdue(at):
        return found.overdue
    if row.is_due(at):
        return found.now
    today = at.astimezone(ZoneInfo(row.enquiry.hub.country.timezone)).date()
    return found.today if row.first_day() == today else found.later


def overdue_count(user: Any, *, at: datetime) -> int:
    """How many promises to people of this person's hubs were missed."""
    return Callback.objects.looked_after_by(user).waiting().filter(due_until__lt=at).count()


def of_case(enquiry: Enquiry) -> list[Callback]:
    """Promises of one case, the last first, for its page; numbers stay sealed."""
    return list(with_tries(Callback.objects.filter(enquiry=enquiry)).order_by("-made_at", "pk"))


def suggests_giving_up(callback: Callback, attempts: Iterable[CallAttempt]) -> bool:
    """Whether there were so many tries in vain, or nobody of this name at the number."""
    results = [attempt.result for attempt in attempts]
    vain = [result for result in results if result in (Result.NO_ANSWER, Result.WRONG_NUMBER)]
    return callback.is_waiting and (len(vain) >= TRIES or Result.WRONG_NUMBER in results[-1:])


def attempts_of(callback: Callback) -> list[CallAttempt]:
    """The tries so far, the first one first."""
    return list(callback.attempts.select_related("by").order_by("at", "pk"))


def safe_contact(enquiry: Enquiry) -> str:
    """How the person said that they can be reached; empty where they did not, or nothing is left of them."""
    person = enquiry.person
    if person is None or person.erased_at:
        return ""
    open_keys([person])
    return person.safe_contact
