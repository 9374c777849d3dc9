"""Asking somebody who speaks the person's language: a colleague of any hub, or a service by hand.

Until they accept, they see the hub, the language, the time, the way and the case code. Accepting lets them
read what was said in that one case, and nothing else of it, until it is done or cancelled or the case closes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Hub, Membership
from ventanilla.hubs.rights import RIGHTS, Right
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.sealing import open_keys

from . import actions
from .models import (
    Enquiry,
    InterpreterRequest,
    InterpreterService,
    Message,
    StaffLanguage,
)
from .queries import Said, readable

# Further ahead nobody promises to interpret.
FURTHEST = timedelta(days=90)
State = InterpreterRequest.State


class CannotInterpret(DomainError):
    message = _("This colleague or service is not there for this language any more. Choose again.")


class NotATimeAhead(DomainError):
    message = _("Choose a time that is still to come, within three months.")


class AskedAlready(DomainError):
    message = _("They have been asked already for this case.")


class RequestEnded(DomainError):
    message = _("This request has ended or was answered meanwhile.")


# Who speaks what


@transaction.atomic
def speak(*, user: User, languages: Iterable[str]) -> None:
    """Somebody of the staff says which languages they speak; none is an answer too."""
    chosen = set(languages)
    StaffLanguage.objects.filter(user=user).exclude(language__in=chosen).delete()
    for language in sorted(chosen):
        StaffLanguage.objects.get_or_create(user=user, language=language)


def languages_of(user: User) -> list[str]:
    """What somebody of the staff says they speak."""
    return list(
        StaffLanguage.objects.filter(user=user).order_by("language").values_list("language", flat=True)
    )


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who could interpret: colleagues with the hubs where they work, the own hub first, and services."""

    colleagues: Sequence[tuple[User, str]]
    services: Sequence[InterpreterService]

    def __bool__(self) -> bool:
        return bool(self.colleagues or self.services)


def speakers(*, enquiry: Enquiry, language: str, but: User) -> Speakers:
    """Who speaks a language, works with cases somewhere and is not away."""
    roles = [role for role, rights in RIGHTS.items() if Right.CASES in rights]
    people = User.objects.filter(
        languages__language=language, memberships__role__in=roles, is_active=True, absence=None
    ).exclude(pk=but.pk)
    found = people.distinct().prefetch_related("memberships__hub").order_by("first_name", "pk")
    own: list[tuple[User, str]] = []
    others: list[tuple[User, str]] = []
    for user in found:
        hubs = {one.hub for one in user.memberships.all() if one.hub}
        pair = (user, ", ".join(sorted(str(hub) for hub in hubs)))
        (own if enquiry.hub in hubs else others).append(pair)
    return Speakers([*own, *others], _services(enquiry.hub, language))


def _services(hub: Hub, language: str) -> list[InterpreterService]:
    rows = InterpreterService.objects.for_hub(hub).order_by("name", "pk")
    return [row for row in rows if language in row.languages]


# Asking and answering


@transaction.atomic
def ask(
    *,
    enquiry: Enquiry,
    language: str,
    mode: str,
    needed_at: datetime | None,
    by: User,
    at: datetime,
    interpreter: User | None = None,
    service: InterpreterService | None = None,
) -> InterpreterRequest:
    """Ask a colleague or note that a service was asked; no time means now.

    Raises EnquiryClosed, CannotInterpret, NotATimeAhead and AskedAlready.
    """
    if not enquiry.is_open or enquiry.words_erased_at:
        raise actions.EnquiryClosed
    if needed_at is not None and not at < needed_at <= at + FURTHEST:
        raise NotATimeAhead
    _refuse_who_cannot(enquiry, language, interpreter, service, by=by)
    # Two who ask at once wait here for each other.
    Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    running = InterpreterRequest.objects.running().filter(enquiry=enquiry)
    if running.filter(interpreter=interpreter, service=service, language=language).exists():
        raise AskedAlready
    row = InterpreterRequest.objects.create(
        enquiry=enquiry, language=language, mode=mode, needed_at=needed_at or at, is_now=needed_at is None,
        interpreter=interpreter, service=service, asked_by=by, asked_at=at, changed_at=at,
    )  # fmt: skip
    _note(row, by=by, at=at)
    return row


def _refuse_who_cannot(
    enquiry: Enquiry,
    language: str,
    interpreter: User | None,
    service: InterpreterService | None,
    *,
    by: User,
) -> None:
    there = speakers(enquiry=enquiry, language=language, but=by)
    colleagues = [user for user, _hubs in there.colleagues]
    is_there = interpreter in colleagues if interpreter else service in there.services
    if (interpreter is None) == (service is None) or not is_there:
        raise CannotInterpret


@transaction.atomic
def answer(*, request: InterpreterRequest, accepts: bool, by: User, at: datetime) -> None:
    """A colleague who was asked says yes or no; of a service the desk notes it. Raises RequestEnded."""
    _become(request, State.ACCEPTED if accepts else State.DECLINED, was=(State.ASKED,), by=by, at=at)


@transaction.atomic
def note(*, request: InterpreterRequest, body: str, by: User, at: datetime) -> None:
    """What was said aloud, for who looks after the case. Raises NothingWritten, RequestEnded, WordsErased."""
    rows = InterpreterRequest.objects.select_for_update(of=("self",)).read_by(by)
    if rows.filter(pk=request.pk).first() is None:
        raise RequestEnded
    actions.add_note(enquiry=request.enquiry, author=by, body=body, at=at)


@transaction.atomic
def finish(*, request: InterpreterRequest, by: User, at: datetime, body: str = "") -> None:
    """It was interpreted: reading ends; what was written last is kept. Raises RequestEnded, WordsErased."""
    if body.strip():
        note(request=request, body=body, by=by, at=at)
    _become(request, State.DONE, was=(State.ACCEPTED,), by=by, at=at)


@transaction.atomic
def cancel(*, request: InterpreterRequest, by: User, at: datetime) -> None:
    """Nobody is needed any more: reading ends. Raises RequestEnded."""
    _become(request, State.CANCELLED, was=InterpreterRequest.RUNNING, by=by, at=at)


def _become(
    request: InterpreterRequest,
    state: "InterpreterRequest.State",
    *,
    was: Sequence[str],
    by: User,
    at: datetime,
) -> None:
    rows = InterpreterRequest.objects.select_for_update(of=("self",)).running()
    if rows.filter(pk=request.pk, state__in=was).first() is None:
        raise RequestEnded
    request.state, request.changed_at = state, at
    request.save(update_fields=["state", "changed_at"])
    _note(request, by=by, at=at)


def _note(row: InterpreterRequest, *, by: User, at: datetime) -> None:
    actions.note_change(row.enquiry, "interpreter", row.state, by=by, at=at)
    shares = row.state == State.ACCEPTED and row.interpreter_id is not None
    actions.log(row.enquiry, "share" if shares else "write", by=by, at=at)


def forget_hub(enquiry: Enquiry, hub: str, *, at: datetime) -> None:
    """Whoever interprets from a hub with which the person shares nothing any more does not go on."""
    staff = Membership.objects.filter(hub__ref=hub).exclude(hub=enquiry.hub_id).values("user")
    running = InterpreterRequest.objects.filter(enquiry=enquiry, state__in=InterpreterRequest.RUNNING)
    running.filter(interpreter__in=staff).update(state=State.CANCELLED, changed_at=at)


# Reads


def with_case(rows: Any) -> Any:
    """With the case and its hub, and who was asked."""
    return rows.select_related("enquiry__hub__country", "interpreter", "service")


def asked_of(user: User) -> list[InterpreterRequest]:
    """What waits for an answer of this person or was accepted by them, the soonest first."""
    return list(with_case(InterpreterRequest.objects.asked_of(user)).order_by("needed_at", "pk"))


def unanswered(user: Any) -> int:
    """How many requests wait for an answer of this person."""
    return InterpreterRequest.objects.asked_of(user).filter(state=State.ASKED).count()


def of_case(enquiry: Enquiry) -> list[InterpreterRequest]:
    """Requests of one case, the last first."""
    rows = InterpreterRequest.objects.filter(enquiry=enquiry).select_related("interpreter", "service")
    return list(rows.order_by("-asked_at", "pk"))


def conversation(enquiry: Enquiry) -> list[Said]:
    """What the person and the hub said, for who interprets: no note, no file, no name of a colleague."""
    rows = list(Message.objects.filter(enquiry=enquiry).order_by("at", "pk"))
    open_keys(rows)
    return [Said(row.at, row.direction, row, readable(row, "body")) for row in rows]


def noted(enquiry: Enquiry, user: User) -> list[Said]:
    """What this interpreter has written down here; nobody else's notes."""
    rows = list(enquiry.notes.filter(author=user, is_protected=False).order_by("at", "pk"))
    open_keys(rows)
    return [Said(row.at, "note", row, readable(row, "body")) for row in rows]
