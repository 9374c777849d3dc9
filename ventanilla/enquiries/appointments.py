"""The appointment book of a hub: times within its opening hours, one person a desk at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log

from . import codes
from .models import Appointment, AppointmentBook, Enquiry

# How far ahead the next open day is looked for.
FURTHEST = timedelta(days=60)
State = Appointment.State


class NoBook(DomainError):
    message = _("This hub gives no appointments. Its coordinator can open an appointment book.")


class NotTheCoordinator(DomainError):
    message = _("Only who coordinates the hub changes its appointment book.")


class HubNotAttending(DomainError):
    message = _("This hub is not attending at present: no appointments are given.")


class NoHours(DomainError):
    message = _("The opening hours of this hub are not known yet. Enter them in its record first.")


class ClosedThatDay(DomainError):
    message = _("The hub is closed on that day. Choose another one.")


class NoSuchTime(DomainError):
    message = _("There is no appointment at that time. Choose one from the list.")


class TimeHasPassed(DomainError):
    message = _("This time has passed. Choose one that is still to come.")


class TimeTaken(DomainError):
    message = _("Somebody else has just been given this time. Choose another one.")


class CaseOfAnotherHub(DomainError):
    message = _("This case belongs to another hub: book where it is looked after.")


class AppointmentSettled(DomainError):
    message = _("This appointment is not open any more: it was cancelled, or somebody noted what came of it.")


class NotYetTime(DomainError):
    message = _("The appointment has not begun: nobody knows yet whether the person comes.")


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that the book gives. `free` counts desks; `starts_at` is the hub's local time."""

    starts_at: datetime
    ends_at: datetime
    free: int
    appointments: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a book. `closed` says in words why no time is given; `displaced` stand outside its hours."""

    on: date
    slots: tuple[Slot, ...]
    closed: str = ""
    displaced: tuple[Appointment, ...] = ()


# Reads


def book_of(hub: Hub) -> AppointmentBook | None:
    return AppointmentBook.objects.filter(hub=hub).first()


def day_of(hub: Hub, on: date, *, at: datetime) -> Day:
    """What the book of a hub says about one day: two queries beside the hub's hours."""
    prefetch_related_objects([hub], "hours", "holidays")
    taken = list(_taken(hub, on))
    book = book_of(hub)
    try:
        spans = _spans(hub, book, on)
    except DomainError as refusal:
        return Day(on, (), str(refusal), tuple(taken))
    slots = tuple(_slot(span, taken, desks=book.desks if book else 0, at=at) for span in spans)
    placed = {one.pk for slot in slots for one in slot.appointments}
    return Day(on, slots, "", tuple(one for one in taken if one.pk not in placed))


def _taken(hub: Hub, on: date) -> Iterable[Appointment]:
    start = datetime.combine(on, time.min, _zone(hub))
    rows = Appointment.objects.taking_a_desk().filter(hub=hub, starts_at__gte=start)
    ends = start + timedelta(days=1)
    return rows.filter(starts_at__lt=ends).select_related("enquiry").order_by("starts_at", "desk", "pk")


def _zone(hub: Hub) -> ZoneInfo:
    return ZoneInfo(hub.country.timezone)


def _spans(hub: Hub, book: AppointmentBook | None, on: date) -> list[tuple[datetime, datetime]]:
    """Beginnings and ends of the times of a day. Raises NoBook, HubNotAttending, NoHours, ClosedThatDay."""
    if book is None:
        raise NoBook
    if hub.state != Hub.State.OPEN:
        raise HubNotAttending
    length, zone, spans = timedelta(minutes=book.minutes), _zone(hub), []
    for opens, closes in hub.day_hours(on):
        start, end = (datetime.combine(on, moment, zone) for moment in (opens, closes))
        while start + length <= end:
            spans.append((start, start + length))
            start += length
    if not spans:
        raise ClosedThatDay if hub.hours.exists() else NoHours
    return spans


def _slot(span: tuple[datetime, datetime], taken: Iterable[Appointment], *, desks: int, at: datetime) -> Slot:
    start, end = span
    during = [one for one in taken if one.starts_at < end and one.ends_at > start]
    free = set(range(1, desks + 1)) - {one.desk for one in during} if start > at else ()
    # One that was booked when appointments were longer or shorter is shown where it begins.
    here = tuple(one for one in during if start <= one.starts_at)
    return Slot(start, end, len(free), here)


def next_open_day(hub: Hub, after: date) -> date | None:
    """The next day on which the hub has hours; None where there is none for two months."""
    prefetch_related_objects([hub], "hours", "holidays")
    for offset in range(1, FURTHEST.days + 1):
        day = after + timedelta(days=offset)
        if hub.day_hours(day):
            return day
    return None


def of_case(enquiry: Enquiry) -> list[Appointment]:
    """Appointments of one case, the last one first."""
    rows = Appointment.objects.filter(enquiry=enquiry).select_related("hub__country")
    return list(rows.order_by("-starts_at", "pk"))


def may_set_up(user: Any, hub: Hub) -> bool:
    """Whether this person decides how the hub gives appointments."""
    return reach(user, Right.MANAGE_CASES).covers(hub.country_id, hub=hub.ref)


# Changes


@transaction.atomic
def set_up_book(*, hub: Hub, minutes: int, desks: int, by: User, at: datetime) -> AppointmentBook:
    """Open the book of a hub, or change it; what was booked stays. Raises NotTheCoordinator."""
    if not may_set_up(by, hub):
        raise NotTheCoordinator
    values = {"minutes": minutes, "desks": desks}
    book, _is_new = AppointmentBook.objects.update_or_create(hub=hub, defaults=values)
    access_log.record(
        by=by, action="write", kind="appointment-book", ref=hub.ref[:64], country=hub.country_id,
        hub=hub.ref, at=at,
    )  # fmt: skip
    return book


@transaction.atomic
def book(
    *,
    hub: Hub,
    starts_at: datetime,
    by: User,
    at: datetime,
    enquiry: Enquiry | None = None,
    wants_reminder: bool = False,
) -> Appointment:
    """Give somebody a time, for a case or, without one, for who has the code.

    Raises CaseOfAnotherHub, NoBook, HubNotAttending, NoHours, ClosedThatDay, NoSuchTime, TimeHasPassed and
    TimeTaken.
    """
    if enquiry is not None and enquiry.hub_id != hub.pk:
        raise CaseOfAnotherHub
    start, end, desk = _free_place(hub, starts_at, at=at)
    appointment = Appointment(
        hub=hub, enquiry=enquiry, starts_at=start, ends_at=end, desk=desk, booked_at=at, booked_by=by,
        wants_reminder=wants_reminder and enquiry is not None,
    )  # fmt: skip
    _save_under_a_free_code(appointment)
    log(appointment, by=by, at=at)
    return appointment


@transaction.atomic
def rebook(*, appointment: Appointment, starts_at: datetime, by: User, at: datetime) -> None:
    """Give another time; the code stays, and calendars understand that it moved.

    Raises AppointmentSettled and what `book` raises.
    """
    _still_booked(appointment)
    start, end, desk = _free_place(appointment.hub, starts_at, at=at, but=appointment)
    appointment.starts_at, appointment.ends_at, appointment.desk = start, end, desk
    appointment.sequence += 1
    appointment.reminded_at = None
    appointment.save(update_fields=["starts_at", "ends_at", "desk", "sequence", "reminded_at"])
    log(appointment, by=by, at=at)


@transaction.atomic
def cancel(*, appointment: Appointment, by: User, at: datetime) -> None:
    """The time is free again. Raises AppointmentSettled."""
    _still_booked(appointment)
    _become(appointment, State.CANCELLED, by=by, at=at)


@transaction.atomic
def note_outcome(*, appointment: Appointment, came: bool, by: User, at: datetime) -> None:
    """Whether the person came. Raises AppointmentSettled, and NotYetTime for a no-show before it began."""
    _still_booked(appointment)
    if not came and at < appointment.starts_at:
        raise NotYetTime
    _become(appointment, State.CAME if came else State.NO_SHOW, by=by, at=at)


def _still_booked(appointment: Appointment) -> None:
    rows = Appointment.objects.select_for_update().booked()
    if not rows.filter(pk=appointment.pk).exists():
        raise AppointmentSettled


def _become(appointment: Appointment, state: "Appointment.State", *, by: User, at: datetime) -> None:
    appointment.state = state
    appointment.sequence += 1
    appointment.save(update_fields=["state", "sequence"])
    log(appointment, by=by, at=at)


def _free_place(
    hub: Hub, starts_at: datetime, *, at: datetime, but: Appointment | None = None
) -> tuple[datetime, datetime, int]:
    """A free desk at a time of the book, which is ours until the transaction ends."""
    # Everybody who books in this hub waits here for each other; SQLite has one writer at a time anyway.
    book = AppointmentBook.objects.select_for_update().filter(hub=hub).first()
    local = starts_at.astimezone(_zone(hub))
    spans = [span for span in _spans(hub, book, local.date()) if span[0] == local]
    if not spans or book is None:
        raise NoSuchTime
    if starts_at <= at:
        raise TimeHasPassed
    [(start, end)] = spans
    overlapping = Appointment.objects.taking_a_desk().filter(hub=hub, starts_at__lt=end, ends_at__gt=start)
    if but is not None:
        overlapping = overlapping.exclude(pk=but.pk)
    busy = set(overlapping.values_list("desk", flat=True))
    free = [desk for desk in range(1, book.desks + 1) if desk not in busy]
    if not free:
        raise TimeTaken
    return start, end, free[0]


def _save_under_a_free_code(appointment: Appointment) -> None:
    for _try in range(20):
        appointment.code = codes.new_case_code(appointment.hub.ref).replace("-", "-C", 1)
        if Appointment.objects.filter(code=appointment.code).exists():
            continue
        try:
            with transaction.atomic():
                appointment.save(force_insert=True)
        except IntegrityError:
            # The desk was given away in between, past the lock above: by a hand on the database.
            raise TimeTaken from None
        return
    raise IntegrityError("No free code was found in twenty tries.")


def log(appointment: Appointment, action: str = "write", *, by: User, at: datetime) -> None:
    """Note in the access log that somebody of the staff read or changed an appointment."""
    access_log.record(
        by=by, action=action, kind="appointment", ref=appointment.pk, country=appointment.hub.country_id,
        hub=appointment.hub.ref, at=at,
    )  # fmt: skip
