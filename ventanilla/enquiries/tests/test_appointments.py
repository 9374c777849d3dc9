"""The appointment book: hours of the hub, one person a desk, no names, reminders without topics."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from ventanilla.channels import outbox
from ventanilla.channels.models import Correspondence, Outbound, Template
from ventanilla.enquiries import appointment_notices, appointments
from ventanilla.enquiries.models import Appointment, Enquiry
from ventanilla.hubs.models import Holiday, Hub, OpeningHours, Role
from ventanilla.privacy import consent
from ventanilla.privacy.models.consent import About

from .factories import a_channel, a_hub, a_user, an_enquiry, writes

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Costa_Rica")
# A Monday, eight in the morning in Costa Rica.
NOW = datetime(2026, 3, 2, 8, tzinfo=ZONE)
MONDAY, TUESDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 8)


@pytest.fixture
def hub():
    row = a_hub()
    for weekday in range(5):
        OpeningHours.objects.create(hub=row, weekday=weekday, opens=time(9), closes=time(11, 15))
    return row


@pytest.fixture
def carmen(hub):
    return a_user(Role.COORDINATOR, hub=hub)


@pytest.fixture
def book(hub, carmen):
    return appointments.set_up_book(hub=hub, minutes=60, desks=2, by=carmen, at=NOW)


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), ZONE)


def booked(hub, by, starts_at, **more):
    return appointments.book(hub=hub, starts_at=starts_at, by=by, at=NOW, **more)


def test_times_lie_within_the_hours_of_the_hub(hub, book):
    day = appointments.day_of(hub, TUESDAY, at=NOW)
    assert [(slot.starts_at.hour, slot.free) for slot in day.slots] == [(9, 2), (10, 2)]
    assert day.closed == ""


def test_a_desk_is_given_once(hub, carmen, book):
    first, second = (booked(hub, carmen, at(TUESDAY, 9)) for _time in range(2))
    assert {first.desk, second.desk} == {1, 2}
    with pytest.raises(appointments.TimeTaken):
        booked(hub, carmen, at(TUESDAY, 9))
    assert [slot.free for slot in appointments.day_of(hub, TUESDAY, at=NOW).slots] == [0, 2]


def test_the_database_itself_lets_nobody_have_a_desk_twice(hub, carmen, book):
    row = booked(hub, carmen, at(TUESDAY, 9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            code="OTHER", hub=hub, starts_at=row.starts_at, ends_at=row.ends_at, desk=row.desk, booked_at=NOW
        )


def test_longer_appointments_do_not_run_into_those_booked_before(hub, carmen, book):
    appointments.set_up_book(hub=hub, minutes=30, desks=1, by=carmen, at=NOW)
    booked(hub, carmen, at(TUESDAY, 9, 30))
    appointments.set_up_book(hub=hub, minutes=60, desks=1, by=carmen, at=NOW)
    with pytest.raises(appointments.TimeTaken):
        booked(hub, carmen, at(TUESDAY, 9))
    assert booked(hub, carmen, at(TUESDAY, 10)).desk == 1


@pytest.mark.parametrize(
    ("starts_at", "refusal"),
    [
        (at(TUESDAY, 9, 10), appointments.NoSuchTime),
        (at(TUESDAY, 11), appointments.NoSuchTime),
        (at(SUNDAY, 9), appointments.ClosedThatDay),
        (at(MONDAY - timedelta(days=3), 9), appointments.TimeHasPassed),
    ],
)
def test_what_cannot_be_is_refused_in_words(hub, carmen, book, starts_at, refusal):
    with pytest.raises(refusal) as refused:
        booked(hub, carmen, starts_at)
    assert str(refused.value)
    assert not Appointment.objects.exists()


def test_a_holiday_has_no_times_and_shows_whom_to_move(hub, carmen, book):
    row = booked(hub, carmen, at(TUESDAY, 9))
    Holiday.objects.create(hub=hub, on=TUESDAY)
    fresh = Hub.objects.get(pk=hub.pk)
    day = appointments.day_of(fresh, TUESDAY, at=NOW)
    assert (day.slots, day.displaced) == ((), (row,))
    assert day.closed == str(appointments.ClosedThatDay.message)
    assert appointments.next_open_day(fresh, MONDAY) == TUESDAY + timedelta(days=1)


def test_a_hub_without_a_book_or_that_is_suspended_gives_none(hub, carmen):
    with pytest.raises(appointments.NoBook):
        booked(hub, carmen, at(TUESDAY, 9))
    appointments.set_up_book(hub=hub, minutes=60, desks=1, by=carmen, at=NOW)
    hub.state = Hub.State.SUSPENDED
    with pytest.raises(appointments.HubNotAttending):
        booked(hub, carmen, at(TUESDAY, 9))


def test_a_hub_whose_hours_nobody_knows_says_so(hub, carmen, book):
    hub.hours.all().delete()
    with pytest.raises(appointments.NoHours):
        booked(Hub.objects.get(pk=hub.pk), carmen, at(TUESDAY, 9))


def test_only_the_coordinator_sets_the_book_up(hub):
    with pytest.raises(appointments.NotTheCoordinator):
        appointments.set_up_book(hub=hub, minutes=60, desks=1, by=a_user(hub=hub), at=NOW)


def test_moving_frees_the_time_and_keeps_the_code(hub, carmen, book):
    row = booked(hub, carmen, at(TUESDAY, 9))
    code = row.code
    appointments.rebook(appointment=row, starts_at=at(TUESDAY, 10), by=carmen, at=NOW)
    row.refresh_from_db()
    assert (row.code, row.starts_at, row.sequence) == (code, at(TUESDAY, 10), 1)
    assert [slot.free for slot in appointments.day_of(hub, TUESDAY, at=NOW).slots] == [2, 1]


def test_a_cancelled_time_is_free_and_the_appointment_stays_settled(hub, carmen, book):
    row = booked(hub, carmen, at(TUESDAY, 9))
    appointments.cancel(appointment=row, by=carmen, at=NOW)
    assert appointments.day_of(hub, TUESDAY, at=NOW).slots[0].free == 2
    for act in (appointments.cancel, appointments.rebook):
        more = {"starts_at": at(TUESDAY, 10)} if act is appointments.rebook else {}
        with pytest.raises(appointments.AppointmentSettled):
            act(appointment=row, by=carmen, at=NOW, **more)
    assert booked(hub, carmen, at(TUESDAY, 9)).desk == 1


def test_nobody_failed_to_come_before_it_began(hub, carmen, book):
    row = booked(hub, carmen, at(TUESDAY, 9))
    with pytest.raises(appointments.NotYetTime):
        appointments.note_outcome(appointment=row, came=False, by=carmen, at=NOW)
    appointments.note_outcome(appointment=row, came=False, by=carmen, at=at(TUESDAY, 10))
    assert Appointment.objects.get().state == Appointment.State.NO_SHOW


def test_a_case_of_another_hub_is_not_booked_here(hub, carmen, book):
    with pytest.raises(appointments.CaseOfAnotherHub):
        booked(hub, carmen, at(TUESDAY, 9), enquiry=an_enquiry(a_hub("cr-hub-limon")))


def test_another_hub_and_who_is_left_alone_are_not_seen(hub, carmen, book):
    enquiry = an_enquiry(hub)
    booked(hub, carmen, at(TUESDAY, 9), enquiry=enquiry)
    assert Appointment.objects.visible_to(carmen).count() == 1
    assert not Appointment.objects.visible_to(a_user(hub=a_hub("cr-hub-limon"))).exists()
    enquiry.person.restricted_at = NOW
    enquiry.person.save()
    assert not Appointment.objects.visible_to(carmen).exists()


# What leaves the house


def test_the_file_for_a_calendar_says_when_and_where_and_nothing_else(hub, carmen, book):
    hub.names, hub.address, hub.city = {"es": "Ventanilla de Upala"}, "Frente al parque", "Upala"
    hub.save()
    row = booked(hub, carmen, at(TUESDAY, 9), enquiry=an_enquiry(hub))
    made = appointment_notices.calendar_entry(row, language="es", at=NOW)
    [event] = Calendar.from_ical(made).walk("VEVENT")
    assert str(event["summary"]) == "Cita"
    assert str(event["location"]) == "Ventanilla de Upala, Frente al parque, Upala"
    assert event.decoded("dtstart") == at(TUESDAY, 9)
    assert set(event) == {
        "SUMMARY", "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "CLASS", "LOCATION",
    }  # fmt: skip
    assert row.enquiry.code.encode() not in made


@pytest.fixture
def to_remind(hub, carmen, book):
    """Somebody who wrote on a channel and comes on Tuesday."""
    writes(a_channel(hub, "web"), "a" * 64, "quiero pedir refugio sentinel", at=NOW)
    enquiry = Enquiry.objects.get()
    enquiry.language = "fr"
    enquiry.save()
    return booked(hub, carmen, at(TUESDAY, 9), enquiry=enquiry, wants_reminder=True)


def test_a_person_is_reminded_the_day_before_once_and_without_the_topic(to_remind):
    assert appointment_notices.remind_all(at=NOW) == 0
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 1
    assert appointment_notices.remind_all(at=at(MONDAY, 10)) == 0
    text = Outbound.objects.get().what().text
    assert "rendez-vous" in text
    assert "3 mars 2026" in text
    assert "sentinel" not in text
    assert "refugio" not in text


@pytest.mark.parametrize(
    "change",
    [
        {"wants_reminder": False},
        {"state": "cancelled"},
        {"starts_at": at(TUESDAY + timedelta(days=1), 9), "ends_at": at(TUESDAY + timedelta(days=1), 10)},
    ],
)
def test_nobody_is_reminded_of_what_is_not_tomorrow(to_remind, change):
    Appointment.objects.update(**change)
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 0
    assert not Outbound.objects.exists()


def test_nobody_is_sent_to_a_closed_door(to_remind, hub):
    Holiday.objects.create(hub=hub, on=TUESDAY)
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 0


def test_who_wants_to_be_left_alone_is_not_reminded(to_remind):
    person = to_remind.enquiry.person
    person.restricted_at = NOW
    person.save()
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 0


def test_an_appointment_without_a_case_reminds_nobody(hub, carmen, book):
    booked(hub, carmen, at(TUESDAY, 9), wants_reminder=True)
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 0


def test_past_the_window_of_a_provider_its_approved_template_goes_out(hub, carmen, book):
    line = a_channel(hub)
    writes(line, "50688887777", "hola", at=NOW - timedelta(days=3))
    Correspondence.objects.update(last_inbound_at=NOW - timedelta(days=3))
    Template.objects.create(
        channel=line, name="appointment_reminder", language="es", is_approved=True,
        body="Mañana {{1}} a las {{2}} en {{3}}.",
    )  # fmt: skip
    booked(hub, carmen, at(TUESDAY, 9), enquiry=Enquiry.objects.get(), wants_reminder=True)
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 1
    content = Outbound.objects.get().what()
    assert content.template == "appointment_reminder"
    assert content.variables[2] == appointment_notices.place_of(hub, language="es")
    assert Correspondence.objects.get().opted_in_at is None


def test_a_consent_noted_at_the_desk_lets_the_reminder_go_out_past_the_window(hub, carmen, book):
    line = a_channel(hub)
    writes(line, "50688887777", "hola", at=NOW - timedelta(days=3))
    Correspondence.objects.update(last_inbound_at=NOW - timedelta(days=3))
    Template.objects.create(
        channel=line, name="appointment_reminder", language="es", is_approved=True,
        body="Mañana {{1}} a las {{2}} en {{3}}.",
    )  # fmt: skip
    enquiry = Enquiry.objects.get()
    text = consent.text_for(about=About.CONTACT, country="cr", language="es", at=NOW)
    consent.give_consent(
        person=enquiry.person_id, country="cr", hub=hub.ref, about=About.CONTACT, text=text, mode="spoken",
        by=carmen, at=NOW,
    )  # fmt: skip
    booked(hub, carmen, at(TUESDAY, 9), enquiry=enquiry, wants_reminder=True)
    assert appointment_notices.remind_all(at=at(MONDAY, 9)) == 1
    sent, person = Outbound.objects.get(), Correspondence.objects.get()
    assert person.opted_in_at == NOW
    assert outbox.why_not(sent, person, at=at(MONDAY, 9)) is None
