"""The appointment book at the desk: set up by the coordinator, given by advisers, shut to neighbours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from ventanilla.enquiries import appointments
from ventanilla.enquiries.models import Appointment, AppointmentBook
from ventanilla.hubs.models import Holiday, Hub, OpeningHours

from .case_rows import a_case

BOOK = "/console/cases/appointments/"
ZONE = ZoneInfo("America/Costa_Rica")


@pytest.fixture
def hub(cast):
    row = Hub.objects.get(ref="cr-hub-upala")
    row.hours.all().delete()
    for weekday in range(7):
        OpeningHours.objects.create(hub=row, weekday=weekday, opens=time(9), closes=time(11))
    row.holidays.all().delete()
    return row


@pytest.fixture
def book(cast, hub):
    sent = {"hub": hub.ref, "minutes": 60, "desks": 1}
    assert cast.carmen.post(f"{BOOK}set-up/", sent).status_code == 302
    return AppointmentBook.objects.get()


def tomorrow():
    return timezone.now().astimezone(ZONE).date() + timedelta(days=1)


def at_nine():
    return datetime.combine(tomorrow(), time(9), ZONE)


def give(client, **more):
    return client.post(f"{BOOK}give/", {"hub": "cr-hub-upala", "starts_at": at_nine().isoformat()} | more)


def page_of(row):
    return f"{BOOK}{row.pk}/"


def test_only_who_coordinates_opens_the_book(cast, hub):
    for name in ("luis", "vera", "daniel"):
        assert getattr(cast, name).post(f"{BOOK}set-up/", {"hub": hub.ref, "minutes": 30}).status_code == 404
    assert cast.carmen.post(f"{BOOK}set-up/", {"hub": hub.ref, "minutes": 1, "desks": 1}).status_code == 422
    assert not AppointmentBook.objects.exists()
    page = cast.luis.get(BOOK).content.decode()
    assert str(appointments.NoBook.message) in page or "no da citas" in page


def test_an_appointment_without_a_case_is_a_code_and_a_time(cast, book):
    assert cast.luis.get(f"{BOOK}give/?hub=cr-hub-upala&day={tomorrow()}").status_code == 200
    answer = give(cast.luis)
    row = Appointment.objects.get()
    assert answer.headers["Location"] == page_of(row)
    assert (row.starts_at, row.enquiry) == (at_nine(), None)
    page = cast.luis.get(page_of(row)).content.decode()
    assert row.code in page
    assert "<svg" in page
    assert row.code in cast.luis.get(f"{BOOK}?hub=cr-hub-upala&day={tomorrow()}").content.decode()


def test_a_time_that_was_taken_meanwhile_is_refused_in_words(cast, book):
    give(cast.luis)
    answer = give(cast.paula)
    assert answer.status_code == 422
    assert Appointment.objects.count() == 1


def test_a_closed_day_says_so_and_names_the_next(cast, book, hub):
    Holiday.objects.create(hub=hub, on=tomorrow())
    page = cast.luis.get(f"{BOOK}give/?hub={hub.ref}&day={tomorrow()}").content.decode()
    assert str(appointments.ClosedThatDay.message) in page or "está cerrad" in page
    assert f"day={tomorrow() + timedelta(days=1):%Y-%m-%d}" in page
    assert give(cast.luis).status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("starts_at", ["", "x", "2026-01-01T10:00", "2026-01-01"])
def test_nonsense_is_no_time(cast, book, starts_at):
    assert give(cast.luis, starts_at=starts_at).status_code == 422


def test_an_appointment_of_a_case_leads_back_to_it(cast, book):
    enquiry = a_case()
    cast.luis.post(f"/console/cases/{enquiry.pk}/appointments/", {"starts_at": at_nine().isoformat()})
    row = Appointment.objects.get()
    assert row.enquiry == enquiry
    assert enquiry.code in cast.luis.get(page_of(row)).content.decode()
    assert page_of(row) in cast.luis.get(f"/console/cases/{enquiry.pk}/").content.decode()
    assert cast.vera.get(f"/console/cases/{enquiry.pk}/appointments/").status_code == 404


def test_the_file_is_a_calendar_that_names_nobody(cast, book):
    enquiry = a_case()
    cast.luis.post(f"/console/cases/{enquiry.pk}/appointments/", {"starts_at": at_nine().isoformat()})
    row = Appointment.objects.get()
    answer = cast.luis.get(f"{page_of(row)}file/")
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == at_nine()
    assert enquiry.code.encode() not in answer.content
    assert b"sentinel" not in answer.content


def test_it_is_moved_cancelled_and_settled_once(cast, book):
    give(cast.luis)
    row = Appointment.objects.get()
    ten = at_nine() + timedelta(hours=1)
    cast.luis.post(f"{page_of(row)}move/", {"starts_at": ten.isoformat()})
    assert Appointment.objects.get().starts_at == ten
    cast.luis.post(f"{page_of(row)}settle/", {"how": "no-show"})
    assert Appointment.objects.get().is_booked
    cast.luis.post(f"{page_of(row)}settle/", {"how": "cancelled"})
    cast.luis.post(f"{page_of(row)}settle/", {"how": "came"})
    assert Appointment.objects.get().state == Appointment.State.CANCELLED
    assert cast.luis.post(f"{page_of(row)}settle/", {"how": "x"}).status_code == 404


def test_another_hub_has_another_book(cast, book):
    give(cast.luis)
    row = Appointment.objects.get()
    for name in ("vera", "bruno", "daniel", "oscar", "fabiola"):
        client = getattr(cast, name)
        assert client.get(page_of(row)).status_code == 404
        assert client.get(f"{page_of(row)}file/").status_code == 404
        assert client.post(f"{page_of(row)}settle/", {"how": "cancelled"}).status_code == 404
        assert give(client).status_code == 404
    assert row.code not in cast.vera.get(f"{BOOK}?hub=cr-hub-upala&day={tomorrow()}").content.decode()
    assert Appointment.objects.get().is_booked


def test_a_day_that_is_none_shows_today(cast, book):
    assert cast.luis.get(f"{BOOK}?day=x&hub=y").status_code == 200
    assert cast.luis.get(f"{BOOK}?day={date(1, 1, 2)}").status_code == 200
