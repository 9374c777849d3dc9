"""What a receiver answers, behind its link or on the telephone (then `by` says who of the staff noted it).

The secret of a link is the only thing it needs. Whoever has none, an old one or a wrong one is told the same.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .actions import NothingWritten
from .models import Referral, ReferralStep
from .referrals import LONGEST_LINK, come_back, link_digest, log, note_step, open_row

LONGEST_WAIT = timedelta(days=366)


class LinkEnded(DomainError):
    message = _("This link has ended. Ask the hub for a new one.")


class AnsweredAlready(DomainError):
    message = _("This was answered already.")


class DayNeeded(DomainError):
    """No day, one that has passed, or one more than a year ahead."""

    message = _("Choose a day within a year.")


class ReasonNeeded(DomainError):
    message = _("Choose why.")


class OutcomeNeeded(DomainError):
    message = _("Choose what came of it.")


def behind(secret: str, *, at: datetime) -> Referral:
    """The referral to which a link leads. Raises LinkEnded."""
    rows = Referral.objects.select_related("enquiry__hub__country", "enquiry__person", "receiver")
    row = rows.filter(token_digest=link_digest(secret), forgotten_at=None).first()
    if row is None or not row.has_live_link(at=at) or _is_left_alone(row):
        raise LinkEnded
    return row


def _is_left_alone(row: Referral) -> bool:
    person = row.enquiry.person
    return person is None or person.restricted_at is not None


@transaction.atomic
def note_opening(*, referral: Referral, at: datetime) -> None:
    """The receiver reads it: each time stands in the access log, the first time in the case."""
    is_first = Referral.objects.filter(pk=referral.pk, opened_at=None).update(opened_at=at)
    if is_first:
        note_step(referral, ReferralStep.What.OPENED, by=None, at=at)
    log(referral, "read", by=None, at=at)


@transaction.atomic
def accept(*, referral: Referral, at: datetime, by: User | None = None) -> None:
    """They will attend to the person. Their link lives on to say what came of it, without what was shared.

    Raises NotOpen and AnsweredAlready.
    """
    row = _waiting(referral)
    if row.has_live_link(at=at):
        row.link_ends_at = at + LONGEST_LINK
    _answer(row, Referral.State.ACCEPTED, ReferralStep.What.ACCEPTED, by=by, at=at)


@transaction.atomic
def put_on_waiting_list(
    *, referral: Referral, until: date | None, at: datetime, by: User | None = None
) -> None:
    """Not now; `until` is the day by which they say more. Raises NotOpen, AnsweredAlready and DayNeeded."""
    row = _waiting(referral)
    today = row.enquiry.hub.country.today(at)
    if until is None or not today <= until <= today + LONGEST_WAIT:
        raise DayNeeded
    row.waiting_until = until
    _answer(row, Referral.State.WAITING, ReferralStep.What.WAITING, by=by, at=at)


@transaction.atomic
def decline(*, referral: Referral, refusal: str, words: str, at: datetime, by: User | None = None) -> None:
    """They cannot, or cannot any more. Raises NotOpen and ReasonNeeded."""
    row = open_row(referral)
    if refusal not in Referral.Refusal.values:
        raise ReasonNeeded
    row.refusal = refusal
    _answer(row, Referral.State.DECLINED, ReferralStep.What.DECLINED, words=words, by=by, at=at)


@transaction.atomic
def finish(*, referral: Referral, outcome: str, words: str, at: datetime, by: User | None = None) -> None:
    """It is done, one way or another. Raises NotOpen and OutcomeNeeded."""
    row = open_row(referral)
    if outcome not in Referral.Outcome.values:
        raise OutcomeNeeded
    row.outcome = outcome
    _answer(row, Referral.State.DONE, ReferralStep.What.DONE, words=words, by=by, at=at)


@transaction.atomic
def ask(*, referral: Referral, words: str, at: datetime, by: User | None = None) -> None:
    """They need to know something first. Raises NotOpen, AnsweredAlready and NothingWritten."""
    row = _waiting(referral)
    if not words.strip():
        raise NothingWritten
    row.asked_at = row.asked_at or at
    row.save(update_fields=["asked_at"])
    note_step(row, ReferralStep.What.ASKED, words=words, by=by, at=at)
    log(row, "ask", by=by, at=at)


def _waiting(referral: Referral) -> Referral:
    row = open_row(referral)
    if not row.waits_for_answer:
        raise AnsweredAlready
    return row


def _answer(
    row: Referral,
    state: "Referral.State",
    what: "ReferralStep.What",
    *,
    by: User | None,
    at: datetime,
    words: str = "",
) -> None:
    row.state, row.told_at = state, None
    if state in Referral.CLOSED:
        row.settled_at, row.asked_at = at, None
    row.save()
    note_step(row, what, words=words, by=by, at=at)
    if state in Referral.CLOSED:
        come_back(row.enquiry, reopens=True, by=by, at=at)
    log(row, "answer", by=by, at=at)
