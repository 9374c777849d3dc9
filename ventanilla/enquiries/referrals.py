"""Handing a case to another service, by the inter-agency referral form, and hearing what came of it.

Nothing leaves without a consent that names the receiver and every part, and an agreement in force; who
manages cases can override that where somebody's life or safety is at stake, and the focal point sees it.

Clocks: 24 hours, 72 hours, two weeks, the three priorities of the standard inter-agency referral form
(https://www.scribd.com/document/650952970/4-inter-agency-referral-form).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, compliance
from ventanilla.privacy import consent as consents
from ventanilla.privacy.models.consent import About, Part
from ventanilla.privacy.sealing import destroy_key, digest, new_key

from . import actions, referral_texts
from .models import (
    PART_OF,
    Agreement,
    Enquiry,
    Receiver,
    Referral,
    ReferralQuerySet,
    ReferralStep,
    Shared,
)
from .receivers import agreement_of

CLOCKS: Mapping[str, timedelta] = {
    Referral.Urgency.URGENT: timedelta(hours=24),
    Referral.Urgency.HIGH: timedelta(hours=72),
    Referral.Urgency.NORMAL: timedelta(weeks=2),
}
LONGEST_LINK = timedelta(days=30)
SHORTEST_REASON = 20
# The columns of the form that an adviser fills in.
FORM = ("receiver", "need", "urgency", "arrangements", "fields", "reason", "needs", "family", "health")
# Principle 5 of IOM's Data Protection Manual: transfer to third parties.
TRANSFER = 5
_DISCARDED = "discarded"


class NobodyToRefer(DomainError):
    message = _("Who asked here has been deleted: there is nobody to hand over.")


class LeftAlone(DomainError):
    message = _("The person wants to be left alone: nothing of theirs is handed on.")


class NotForThisHub(DomainError):
    message = _("This receiver takes no cases of this hub.")


class NothingTicked(DomainError):
    message = _("Mark what the receiver gets to see, and write it down: it would see nothing.")


class SentAlready(DomainError):
    message = _("This was sent already. Take it back and begin anew to change it.")


class NotOpen(DomainError):
    """It was not sent yet, or is done, declined or taken back."""

    message = _("This referral is not open.")


class GateClosed(DomainError):
    """There is no consent, or no agreement, that covers it; `gate()` tells what is missing."""

    message = _("Nothing may leave yet: the consent of the person or the agreement does not cover it.")


class MayNotOverride(DomainError):
    message = _("Only who manages the cases of the hub may send this without consent or agreement.")


class OverrideNeedsReason(DomainError):
    message = _("Write in a sentence whose life or safety is at stake: the focal point will read it.")


class NothingToTell(DomainError):
    message = _("There is no answer yet of which the person does not know.")


class NoQuestion(DomainError):
    message = _("The receiver has not asked anything that waits for an answer.")


# The form


@transaction.atomic
def draft(*, enquiry: Enquiry, by: User, at: datetime, **form: Any) -> Referral:
    """Begin a referral; `form` holds the columns of FORM. Nobody outside sees anything of it yet.

    Raises EnquiryClosed, WordsErased, NobodyToRefer and NotForThisHub.
    """
    _refuse_where_nobody_is_referred(enquiry)
    row = Referral(
        enquiry=enquiry, sealed_under=new_key(scope=enquiry.key_scope), drafted_by=by, drafted_at=at
    )
    return _fill(row, form, by=by, at=at)


@transaction.atomic
def redraft(*, referral: Referral, by: User, at: datetime, **form: Any) -> Referral:
    """Change it before it is sent. Raises SentAlready and NotForThisHub."""
    row = _locked(referral)
    if not row.is_draft:
        raise SentAlready
    return _fill(row, form, by=by, at=at)


def _fill(row: Referral, form: Mapping[str, Any], *, by: User, at: datetime) -> Referral:
    for name in FORM:
        if name in form:
            setattr(row, name, form[name])
    if not Receiver.objects.for_hub(row.enquiry.hub).filter(pk=row.receiver_id).exists():
        raise NotForThisHub
    row.fields = [code for code in Shared.values if code in row.fields]
    row.save()
    log(row, "write", by=by, at=at)
    return row


@transaction.atomic
def discard(*, referral: Referral, by: User, at: datetime) -> None:
    """Throw a draft away, words and all. Raises SentAlready."""
    row = _locked(referral)
    if not row.is_draft:
        raise SentAlready
    destroy_key(row.sealed_under, reason=_DISCARDED, by=by, at=at, holder="referral")
    log(row, "erase", by=by, at=at)
    row.delete()


def _refuse_where_nobody_is_referred(enquiry: Enquiry) -> None:
    if enquiry.words_erased_at:
        raise actions.WordsErased
    if not enquiry.is_open:
        raise actions.EnquiryClosed
    if enquiry.person is None or enquiry.person.erased_at:
        raise NobodyToRefer


# The gate


@dataclass(frozen=True, slots=True)
class Gate:
    """What keeps a referral from leaving. `parts` are those that no consent covers, all that go out or none;
    `not_agreed` the fields that the agreement in force does not name.
    """

    parts: tuple[Part, ...]
    agreement: Agreement | None
    not_agreed: tuple[Shared, ...]

    @property
    def is_open(self) -> bool:
        return not self.parts and self.agreement is not None and not self.not_agreed


def gate(referral: Referral, *, at: datetime) -> Gate:
    """Whether one consent in force covers receiver and parts, and an agreement in force all fields."""
    enquiry, fields = referral.enquiry, [Shared(code) for code in referral.fields]
    parts = tuple(dict.fromkeys(PART_OF[code] for code in fields))
    is_covered = enquiry.person_id is not None and consents.is_allowed(
        person=enquiry.person_id, receiver=referral.receiver.name, parts=parts, about=About.REFER, at=at
    )
    agreement = agreement_of(referral.receiver, on=enquiry.hub.country.today(at))
    agreed = set(agreement.fields) if agreement else set()
    not_agreed = tuple(code for code in fields if code not in agreed) if agreement else ()
    return Gate(() if is_covered else parts, agreement, not_agreed)


# Sending


@transaction.atomic
def send(*, referral: Referral, by: User, at: datetime, why: str = "") -> str:
    """Hand it over; returns the secret of the one-time link, which nobody can look up again.

    `why` overrides a closed gate: whose life or safety is at stake, by who manages the cases of the hub. It
    stands in the access log and among the exceptions that the focal point of the country looks at. Raises
    SentAlready, NobodyToRefer, LeftAlone, NothingTicked, GateClosed, MayNotOverride and OverrideNeedsReason.
    """
    row = _locked(referral)
    if not row.is_draft:
        raise SentAlready
    _refuse_where_nobody_is_referred(row.enquiry)
    if row.enquiry.person and row.enquiry.person.restricted_at:
        raise LeftAlone
    row.shared = referral_texts.content(row)
    if not row.shared:
        raise NothingTicked
    found = gate(row, at=at)
    if not found.is_open:
        _override(row, found, why=why, by=by, at=at)
    row.agreement, row.state = found.agreement, Referral.State.SENT
    row.sent_at, row.due_at = at, at + CLOCKS[row.urgency]
    secret = _give_link(row, at=at)
    row.save()
    note_step(row, ReferralStep.What.SENT, by=by, at=at)
    stand_with_others(row.enquiry, by=by, at=at)
    log(row, "refer", by=by, at=at, reason=why.strip())
    return secret


def _override(row: Referral, found: Gate, *, why: str, by: User, at: datetime) -> None:
    if not why.strip():
        raise GateClosed
    if not reach(by, Right.MANAGE_CASES).covers(row.enquiry.country, hub=row.enquiry.hub.ref):
        raise MayNotOverride
    if len(why.strip()) < SHORTEST_REASON:
        raise OverrideNeedsReason
    today = row.enquiry.hub.country.today(at)
    row.exception = compliance.authorise_exception(
        country=row.enquiry.country, principle=TRANSFER, what=_departure(row, found), why=why.strip(),
        expires_on=today, by=by, at=at, today=today,
    )  # fmt: skip
    row.save(update_fields=["exception"])
    note_step(row, ReferralStep.What.OVERRIDDEN, by=by, at=at)


def _departure(row: Referral, found: Gate) -> str:
    """What is done differently, for the register of exceptions: codes and names of organisations only."""
    details = {"code": row.enquiry.code, "receiver": row.receiver.name}
    if found.parts and (found.agreement is None or found.not_agreed):
        said = _("Case %(code)s was handed to %(receiver)s without a consent and an agreement.")
    elif found.parts:
        said = _("Case %(code)s was handed to %(receiver)s without a consent that covers it.")
    else:
        said = _("Case %(code)s was handed to %(receiver)s without an agreement that covers it.")
    return str(said) % details


def _give_link(row: Referral, *, at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    row.token_digest = link_digest(secret)
    row.link_ends_at = at + min(2 * CLOCKS[row.urgency], LONGEST_LINK)
    return secret


def link_digest(secret: str) -> str:
    """What is kept of the secret of a link."""
    return digest("referral-link", secret)


@transaction.atomic
def renew_link(*, referral: Referral, by: User, at: datetime) -> str:
    """A new link; the former one ends. Returns its secret. Raises NotOpen."""
    row = _open(referral)
    secret = _give_link(row, at=at)
    row.save(update_fields=["token_digest", "link_ends_at"])
    note_step(row, ReferralStep.What.LINK, by=by, at=at)
    log(row, "refer", by=by, at=at)
    return secret


@transaction.atomic
def revoke_link(*, referral: Referral, by: User, at: datetime) -> None:
    """End the link, for instance when it reached somebody else; the referral goes on. Raises NotOpen."""
    row = _open(referral)
    row.token_digest = row.link_ends_at = None
    row.save(update_fields=["token_digest", "link_ends_at"])
    note_step(row, ReferralStep.What.REVOKED, by=by, at=at)
    log(row, "write", by=by, at=at)


@transaction.atomic
def take_back(*, referral: Referral, by: User | None, at: datetime) -> None:
    """End it from our side: the link shows that it was taken back, and nothing else. Raises NotOpen.

    `by` is empty where the person withdrew the consent on which it rested.
    """
    row = _open(referral)
    row.state, row.settled_at, row.asked_at = Referral.State.TAKEN_BACK, at, None
    row.save(update_fields=["state", "settled_at", "asked_at"])
    what = ReferralStep.What.TAKEN_BACK if by else ReferralStep.What.WITHDRAWN
    note_step(row, what, by=by, at=at)
    come_back(row.enquiry, reopens=False, by=by, at=at)
    log(row, "write", by=by, at=at)


@transaction.atomic
def reply(*, referral: Referral, words: str, by: User, at: datetime) -> None:
    """Answer what the receiver asked; it reads the answer behind its link. Raises NotOpen, NoQuestion and
    NothingWritten.
    """
    row = _open(referral)
    if row.asked_at is None:
        raise NoQuestion
    if not words.strip():
        raise actions.NothingWritten
    row.asked_at = None
    row.save(update_fields=["asked_at"])
    note_step(row, ReferralStep.What.REPLIED, words=words, by=by, at=at)
    log(row, "write", by=by, at=at)


# Closing the loop with the person


@transaction.atomic
def tell(*, referral: Referral, body: str, by: User, at: datetime) -> None:
    """Write to the person what was answered. Raises NothingToTell and what `actions.reply` raises."""
    row = _to_tell(referral)
    actions.reply(enquiry=row.enquiry, author=by, body=body, at=at)
    _told(row, ReferralStep.What.TOLD, by=by, at=at)


@transaction.atomic
def note_unreached(*, referral: Referral, by: User, at: datetime) -> None:
    """Nobody could tell the person. Raises NothingToTell."""
    _told(_to_tell(referral), ReferralStep.What.UNREACHED, by=by, at=at)


def _to_tell(referral: Referral) -> Referral:
    row = _locked(referral)
    if not row.is_to_tell:
        raise NothingToTell
    return row


def _told(row: Referral, what: "ReferralStep.What", *, by: User, at: datetime) -> None:
    row.told_at = at
    row.save(update_fields=["told_at"])
    note_step(row, what, by=by, at=at)
    log(row, "write", by=by, at=at)


# What each change leaves behind


def note_step(
    row: Referral, what: "ReferralStep.What", *, by: User | None, at: datetime, words: str = ""
) -> None:
    """Remember what happened, for the case, and without its words for clocks and figures."""
    step = ReferralStep(referral=row, sealed_under=row.sealed_under, what=what, by=by, at=at)
    step.words = words.strip()
    step.save(force_insert=True)
    actions.note_change(row.enquiry, "referral", what, by=by, at=at)


def stand_with_others(enquiry: Enquiry, *, by: User | None, at: datetime) -> None:
    """The case is with another service: nobody waits for us."""
    set_state(enquiry, Enquiry.State.REFERRED, waiting_since=None, by=by, at=at)


def come_back(enquiry: Enquiry, *, reopens: bool, by: User | None, at: datetime) -> None:
    """The last referral is over: the case is ours again, and the person waits to hear of it.

    `reopens`: whether a case that was closed meanwhile is taken up again.
    """
    is_with_others = enquiry.state == Enquiry.State.REFERRED or (reopens and not enquiry.is_open)
    if not is_with_others or enquiry.words_erased_at or enquiry.referrals.filter(state__in=Referral.OPEN):
        return
    set_state(enquiry, Enquiry.State.WAITING, waiting_since=enquiry.waiting_since or at, by=by, at=at)


def set_state(
    enquiry: Enquiry,
    state: "Enquiry.State",
    *,
    waiting_since: datetime | None,
    by: User | None,
    at: datetime,
) -> None:
    if enquiry.state != state:
        actions.note_change(enquiry, "state", state, by=by, at=at)
    enquiry.state, enquiry.waiting_since = state, waiting_since
    enquiry.closed_at = enquiry.snoozed_until = None
    enquiry.save(update_fields=["state", "waiting_since", "closed_at", "snoozed_until"])


def _locked(referral: Referral) -> Referral:
    rows = Referral.objects.select_for_update(of=("self",))
    return rows.select_related("enquiry__hub__country", "enquiry__person", "receiver").get(pk=referral.pk)


def _open(referral: Referral) -> Referral:
    row = _locked(referral)
    if not row.is_open:
        raise NotOpen
    return row


def open_row(referral: Referral) -> Referral:
    """The row for a change, locked until the transaction ends. Raises NotOpen."""
    return _open(referral)


def log(row: Referral, action: str, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Note in the access log who read or changed it; `by` is empty for a receiver behind its link."""
    access_log.record(
        by=by, action=action, kind="referral", ref=row.pk, country=row.enquiry.country,
        hub=row.enquiry.hub.ref, at=at, reason=reason,
    )  # fmt: skip


# Reads


# How the list of the desk is narrowed, the first being what opens.
VIEWS: Mapping[str, str | Promise] = {
    "waiting": _("Waiting for an answer"),
    "overdue": _("Overdue"),
    "asked": _("The receiver asks something"),
    "tell": _("The person has to be told"),
    "all": _("All"),
}


def listed(user: Any, view: str, *, at: datetime) -> ReferralQuerySet:
    """Referrals of this person's hubs under one of VIEWS, what is due first; drafts are left out."""
    rows = Referral.objects.looked_after_by(user).exclude(state=Referral.State.DRAFT)
    if view == "waiting":
        rows = rows.unanswered()
    elif view == "overdue":
        rows = rows.overdue(at=at)
    elif view == "asked":
        rows = rows.exclude(asked_at=None)
    elif view == "tell":
        rows = rows.to_tell()
    else:
        return rows.order_by("-sent_at", "pk")
    return rows.order_by("due_at", "pk")


def counts(user: Any, *, at: datetime) -> dict[str, int]:
    """How many stand under each of VIEWS."""
    return {view: listed(user, view, at=at).count() for view in VIEWS}


@dataclass(frozen=True, slots=True)
class OfCase:
    """The referrals of one case, the newest first; `may_begin` says whether one more can be made."""

    rows: tuple[tuple[Referral, bool], ...]
    may_begin: bool


def of(enquiry: Enquiry, user: Any, *, at: datetime) -> OfCase:
    """Pairs of a referral and whether it is overdue; nothing for who sees the case through the glass."""
    rows = Referral.objects.looked_after_by(user).filter(enquiry=enquiry)
    shown = rows.select_related("receiver", "enquiry__hub__country").order_by("-drafted_at", "pk")
    is_ours = Enquiry.objects.looked_after_by(user).filter(pk=enquiry.pk).exists()
    is_there = enquiry.person is not None and enquiry.person.erased_at is None
    may_begin = is_ours and is_there and enquiry.is_open and not enquiry.words_erased_at
    return OfCase(tuple((row, row.is_overdue(at=at)) for row in shown), may_begin)
