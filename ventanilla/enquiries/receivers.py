"""Who takes cases over and what was agreed with them: kept by who leads a hub, or by the country."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ventanilla.accounts.models import User
from ventanilla.directory.models import Location, Organization, Schedule
from ventanilla.hubs.models import Country, Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.lib.text import in_language
from ventanilla.privacy import access_log

from .models import Agreement, Receiver, Shared

# What may be written about a receiver.
COLUMNS = ("name", "organization", "address", "hours", "languages", "email", "telephone")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class NotYourReceiver(DomainError):
    message = _("Only who leads the hub or the country keeps this receiver.")


class NameTaken(DomainError):
    message = _("There is a receiver of this name. Add its town, so that people know which one is meant.")


class NothingAgreed(DomainError):
    message = _("Mark what may be shared, and write down where the agreement is kept.")


class EndsBeforeItBegins(DomainError):
    message = _("The agreement ends before it begins.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a receiver is and when it is open, in words of one language; empty where nobody knows."""

    address: str
    hours: str


@transaction.atomic
def add_receiver(*, country: Country, hub: Hub | None, by: User, at: datetime, **values: Any) -> Receiver:
    """Note somebody who takes cases over; `values` are some of COLUMNS.

    Raises NotYourReceiver and NameTaken.
    """
    row = Receiver(country=country, hub=hub)
    return _write(row, values, by=by, at=at)


@transaction.atomic
def change_receiver(*, receiver: Receiver, by: User, at: datetime, **values: Any) -> Receiver:
    """Consents name it: under a new name they are asked anew. Raises NotYourReceiver and NameTaken."""
    return _write(receiver, values, by=by, at=at)


def _write(row: Receiver, values: dict[str, Any], *, by: User, at: datetime) -> Receiver:
    _refuse_others(row, by)
    for name in COLUMNS:
        if name in values:
            setattr(row, name, values[name])
    row.name = " ".join(row.name.split())
    if Receiver.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise NameTaken
    row.save()
    _log(row, by=by, at=at)
    return row


@transaction.atomic
def close_receiver(*, receiver: Receiver, is_closed: bool, by: User, at: datetime) -> None:
    """Offer it no longer, or again. What was sent goes on. Raises NotYourReceiver."""
    _refuse_others(receiver, by)
    Receiver.objects.filter(pk=receiver.pk).update(closed_at=at if is_closed else None)
    _log(receiver, by=by, at=at)


@transaction.atomic
def agree(
    *,
    receiver: Receiver,
    fields: Iterable[str],
    valid_from: date,
    valid_until: date,
    document: str,
    by: User,
    at: datetime,
) -> Agreement:
    """Note an agreement; the former ones stay as they are, and the newest in force counts.

    Raises NotYourReceiver, NothingAgreed and EndsBeforeItBegins.
    """
    _refuse_others(receiver, by)
    chosen = [code for code in Shared.values if code in set(fields)]
    if not (chosen and document.strip()):
        raise NothingAgreed
    if valid_until < valid_from:
        raise EndsBeforeItBegins
    row = Agreement.objects.create(
        receiver=receiver, fields=chosen, valid_from=valid_from, valid_until=valid_until,
        document=document.strip(), noted_by=by, noted_at=at,
    )  # fmt: skip
    _log(receiver, by=by, at=at)
    return row


@transaction.atomic
def end_agreement(*, agreement: Agreement, by: User, at: datetime) -> None:
    """From now on nothing rests on it; what was sent before stays there. Raises NotYourReceiver."""
    _refuse_others(agreement.receiver, by)
    Agreement.objects.filter(pk=agreement.pk, ended_at=None).update(ended_at=at, ended_by=by)
    _log(agreement.receiver, by=by, at=at)


def agreement_of(receiver: Receiver, *, on: date) -> Agreement | None:
    """The newest agreement in force."""
    return receiver.agreements.filter(pk__in=Agreement.objects.in_force(on=on)).order_by(
        "-valid_from", "-noted_at", "pk"
    ).first()  # fmt: skip


def _refuse_others(receiver: Receiver, by: User) -> None:
    hub = receiver.hub.ref if receiver.hub else ""
    if not reach(by, Right.HUB).covers(receiver.country_id, hub=hub):
        raise NotYourReceiver


def _log(receiver: Receiver, *, by: User, at: datetime) -> None:
    access_log.record(
        by=by, action="write", kind="receiver", ref=receiver.pk, country=receiver.country_id,
        hub=receiver.hub.ref if receiver.hub else "", at=at,
    )  # fmt: skip


# Where it is


def place_of(receiver: Receiver, *, language: str) -> Place:
    """What was written about the receiver, else what the directory knows; never a confidential address."""
    found = receiver.organization
    return Place(
        receiver.address or (_address(found, language) if found else ""),
        receiver.hours or (_hours(found, language) if found else ""),
    )


def _address(organization: Organization, language: str) -> str:
    places = organization.locations.exclude(location_type=Location.Type.VIRTUAL)
    place = places.order_by("location_type", "pk").first()
    if place is None:
        return ""
    if place.is_confidential:
        return str(in_language(place.area, language) or "")
    return ", ".join(part for part in (place.address, place.city) if part)


def _hours(organization: Organization, language: str) -> str:
    spells = organization.schedules.exclude(opens_at=None).order_by("opens_at", "byday", "pk")
    with override(language):
        return "; ".join(_spell(row) for row in spells)


def _spell(row: Schedule) -> str:
    days = (_DAYS.index(day) for day in row.byday.split(",") if day in _DAYS)
    named = ", ".join(str(WEEKDAYS[day]) for day in days)
    return f"{named} {row.opens_at:%H:%M}–{row.closes_at:%H:%M}" if row.closes_at else named
