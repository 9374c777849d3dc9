"""The thirteen principles of IOM's Data Protection Manual, exceptions from them, and complaints."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .access_log import record
from .codes import new_code
from .models import Complaint, ProtectionException
from .sealing import new_key


class LongestIsAYear(DomainError):
    """An exception without an end within a year."""

    message = _("An exception ends within a year; authorise it again then, if it must be.")


class OutcomeNeeded(DomainError):
    message = _("Write down what was found and done, and what was answered.")


@dataclass(frozen=True, slots=True)
class Principle:
    """`shown_by` names what in this software keeps it; the console adds figures and links."""

    number: int
    name: str | Promise
    shown_by: str | Promise


PRINCIPLES = (
    Principle(
        1,
        _("Lawful and fair collection"),
        _("Every field of a form has a purpose; nobody must say who they are."),
    ),
    Principle(
        2,
        _("Specified and legitimate purpose"),
        _("The register of purposes; fields without one fail a test."),
    ),
    Principle(
        3,
        _("Data quality"),
        _("Corrections by the person or the adviser; duplicates are joined by hand, never by themselves."),
    ),
    Principle(4, _("Consent"), _("Records of consent: text, language, how, when, withdrawn when.")),
    Principle(
        5,
        _("Transfer to third parties"),
        _("Nothing is handed on without a consent that covers it; exports have a class and leave a trace."),
    ),
    Principle(
        6,
        _("Confidentiality"),
        _("Rights by role and place, need-to-know notes, access in emergencies with a reason and a review."),
    ),
    Principle(
        7,
        _("Access and transparency"),
        _("People read, correct, take with them and erase what the hub holds, by their return code."),
    ),
    Principle(
        8,
        _("Data security"),
        _("Sealed texts and files, keys outside the database, a second factor, the access log."),
    ),
    Principle(
        9,
        _("Retention of personal data"),
        _("Periods by class of record; what has run out is erased every day, with a certificate."),
    ),
    Principle(
        10,
        _("Application of the principles"),
        _("The principles are constraints and tests of this software, not advice."),
    ),
    Principle(
        11,
        _("Ownership of personal data"),
        _("The hub's country owns its data; another country or the network office reads no words of people."),
    ),
    Principle(
        12,
        _("Oversight, compliance and internal remedies"),
        _("This desk: incidents, complaints, requests of authorities, the access log."),
    ),
    Principle(
        13, _("Exceptions"), _("The register of exceptions, each with who authorised it and until when.")
    ),
)


@transaction.atomic
def authorise_exception(
    *,
    country: str,
    principle: int,
    what: str,
    why: str,
    expires_on: date,
    by: User,
    at: datetime,
    today: date | None = None,
) -> ProtectionException:
    """Depart from a principle for a time, by the focal point. Raises LongestIsAYear.

    `today` is the day where it holds, which in the evening there is not that of our clock (UTC).
    """
    if not 0 <= (expires_on - (today or at.date())).days <= 366:
        raise LongestIsAYear
    row = ProtectionException.objects.create(
        country=country, principle=principle, what=what, why=why, expires_on=expires_on, authorised_by=by,
        authorised_at=at, sealed_under=_key(country),
    )  # fmt: skip
    _log(row, "exception", by=by, at=at)
    return row


@transaction.atomic
def end_exception(*, exception: ProtectionException, by: User, at: datetime) -> None:
    """Say that it is over."""
    row = ProtectionException.objects.select_for_update().get(pk=exception.pk)
    row.ended_at = row.ended_at or at
    row.save()
    _log(row, "exception", by=by, at=at)


@transaction.atomic
def log_complaint(
    *, country: str, received_from: str, about: str, received_at: datetime, by: User, at: datetime
) -> Complaint:
    """Note a complaint; anybody of the staff does."""
    row = Complaint.objects.create(
        code=new_code("C"), country=country, received_from=received_from, about=about,
        received_at=received_at, logged_by=by, sealed_under=_key(country),
    )  # fmt: skip
    _log(row, "complaint", by=by, at=at)
    return row


@transaction.atomic
def close_complaint(*, complaint: Complaint, outcome: str, by: User, at: datetime) -> None:
    """Raises OutcomeNeeded."""
    if not outcome.strip():
        raise OutcomeNeeded
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    row.outcome, row.closed_at = outcome, at
    row.save()
    _log(row, "complaint", by=by, at=at)


def _key(country: str) -> Any:
    return new_key(scope=f"country:{country}" if country else "network")


def _log(row: ProtectionException | Complaint, kind: str, *, by: User, at: datetime) -> None:
    record(by=by, action="write", kind=kind, ref=row.pk, country=row.country, hub="", at=at)
