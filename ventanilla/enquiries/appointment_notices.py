"""What leaves the house about an appointment: an entry for a calendar, a reminder. No topic, no name."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from icalendar import Calendar, Event

from ventanilla.channels.contract import Content
from ventanilla.channels.models import Channel, Correspondence, Template, lane
from ventanilla.hubs.models import Hub
from ventanilla.privacy import exports
from ventanilla.privacy.models import Sensitivity

from . import actions, windows
from .models import Appointment, Identity

logger = logging.getLogger(__name__)

# The hours, by the hub's clock, at which a telephone may ring.
EARLIEST, LATEST = 9, 20
# The name under which a provider has to approve the reminder, for channels with a window.
# {{1}} is the day, {{2}} the time, {{3}} the place.
TEMPLATE = "appointment_reminder"

exports.kinds["appointment"] = exports.ExportKind(
    gettext_lazy("An appointment for a calendar"),
    Sensitivity.LOW,
    gettext_lazy("When and where, for the person to take along; it names nobody and no topic."),
    ("console:appointment_file",),
)


def calendar_entry(appointment: Appointment, *, language: str, at: datetime) -> bytes:
    """The appointment as iCalendar; sent again after a change, it replaces the entry."""
    hub = appointment.hub
    event = Event()
    with override(language):
        event.add("summary", _("Appointment"))
    event.add("uid", f"{appointment.pk}@ventanilla")
    event.add("dtstamp", at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("sequence", appointment.sequence)
    event.add("status", "CANCELLED" if appointment.state == Appointment.State.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("location", place_of(hub, language=language))
    calendar = Calendar()
    calendar.add("prodid", "-//Ventanilla//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def calendar_file(appointment: Appointment, *, language: str, at: datetime) -> exports.ExportedFile:
    """The entry as a file whose name says nothing."""
    content = calendar_entry(appointment, language=language, at=at)
    return exports.ExportedFile("appointment.ics", content, "text/calendar")


def place_of(hub: Hub, *, language: str) -> str:
    """The hub's name, address and town on one line."""
    return ", ".join(part for part in (hub.name(language), hub.address, hub.city) if part)


# The day before


def remind_all(*, at: datetime) -> int:
    """Remind everybody who wants it and whose appointment is tomorrow, once; returns how many were.

    Asked often: each hub's people are reminded between nine and eight by the hub's own clock.
    """
    rows = Appointment.objects.booked().filter(
        wants_reminder=True, reminded_at=None, starts_at__gt=at, starts_at__lt=at + timedelta(days=2),
        enquiry__words_erased_at=None, enquiry__person__erased_at=None, enquiry__person__restricted_at=None,
        enquiry__person__unsafe_since=None, enquiry__channel__isnull=False,
    )  # fmt: skip
    whole = ("hub__country", "enquiry__hub", "enquiry__person", "enquiry__channel__hub")
    found = rows.select_related(*whole).prefetch_related("hub__hours", "hub__holidays")
    return sum(_try(row, at=at) for row in found.order_by("starts_at", "pk") if _is_time(row, at))


def _is_time(row: Appointment, at: datetime) -> bool:
    """Whether it is tomorrow, the hub attends on that day, and nobody is woken."""
    local = at.astimezone(ZoneInfo(row.hub.country.timezone))
    day = row.local_start().date()
    is_open = row.hub.state == Hub.State.OPEN and bool(row.hub.day_hours(day))
    return is_open and day == local.date() + timedelta(days=1) and EARLIEST <= local.hour < LATEST


def _try(row: Appointment, *, at: datetime) -> bool:
    # One reminder that fails must not keep the others from their people.
    try:
        return remind(row, at=at)
    except Exception:
        logger.exception("No reminder", extra={"record": str(row.pk)})
        return False


@transaction.atomic
def remind(row: Appointment, *, at: datetime) -> bool:
    """Queue the reminder over the person's channel; says whether it was its turn."""
    enquiry = row.enquiry
    if enquiry is None or _identity(row) is None:
        return False
    if not Appointment.objects.booked().filter(pk=row.pk, reminded_at=None).update(reminded_at=at):
        return False
    content = reminder(row, at=at)
    if content.template:
        windows.note_agreement(enquiry, at=at)
    actions.say_automatically(enquiry=enquiry, content=content, at=at)
    return True


def _identity(row: Appointment) -> Identity | None:
    enquiry = row.enquiry
    if enquiry is None or enquiry.channel is None or enquiry.channel.speaks.is_staffed:
        return None
    return Identity.objects.filter(person=enquiry.person, channel=enquiry.channel).order_by("pk").last()


def reminder(row: Appointment, *, at: datetime) -> Content:
    """The words, in the person's language; a template approved for it where the window is closed."""
    language = (row.enquiry.language if row.enquiry else "") or "es"
    start = row.local_start()
    with override(language):
        day, hour = date_format(start.date(), "DATE_FORMAT"), time_format(start.time(), "TIME_FORMAT")
        values = (day, hour, place_of(row.hub, language=language))
        text = _(
            "Reminder: you have an appointment tomorrow, %(day)s, at %(hour)s. Place: %(place)s. "
            "If you cannot come, tell us here."
        ) % {"day": day, "hour": hour, "place": values[2]}
    template = _template(row, language, at=at)
    if template is None:
        return Content(text=text, language=language, is_automatic=True)
    filled = template.fill(list(values))
    return Content(
        text=filled, language=language, template=template.name, variables=values, is_automatic=True
    )


def _template(row: Appointment, language: str, *, at: datetime) -> Template | None:
    identity = _identity(row)
    if identity is None or _window_is_open(identity.channel, identity.address, at=at):
        return None
    rows = Template.objects.filter(channel=identity.channel, name=TEMPLATE, is_approved=True)
    return rows.filter(language=language).first()


def _window_is_open(channel: Channel, address: str, *, at: datetime) -> bool:
    window = channel.speaks.window(channel, is_automatic=True)
    if window is None:
        return True
    person = Correspondence.objects.filter(channel=channel, lane=lane(channel, address)).first()
    return person is not None and person.last_inbound_at is not None and person.last_inbound_at + window > at
