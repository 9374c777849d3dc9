"""Promised calls at the desk: who sees whose number, one click for who was reached, no number in a list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries import promises
from ventanilla.enquiries.models import CallAttempt, Callback, Enquiry
from ventanilla.privacy.models import AccessEntry

from .case_rows import a_case

NUMBER, WARNING = "sentinel 8888 7777", "sentinel su marido mira el teléfono"
LIST = "/console/cases/callbacks/"


@pytest.fixture
def enquiry(cast):
    return a_case()


@pytest.fixture
def callback(cast, enquiry):
    at = timezone.now()
    return promises.promise_callback(
        enquiry=enquiry, number=NUMBER, safety=WARNING, due_from=at - timedelta(minutes=5),
        due_until=at + timedelta(hours=1), by=cast.user("luis"), at=at,
    )  # fmt: skip


def page_of(callback):
    return f"{LIST}{callback.pk}/"


def test_a_call_is_promised_from_the_case_by_the_hubs_clock(cast, enquiry):
    address = f"/console/cases/{enquiry.pk}/callbacks/"
    enquiry.person.safe_contact = NUMBER
    enquiry.person.save()
    assert NUMBER in cast.luis.get(address).content.decode()
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    sent = {"number": NUMBER, "day": f"{tomorrow}", "start": "10:00", "end": "11:30", "may_answer": "anybody"}
    answer = cast.luis.post(address, sent)
    assert answer.headers["Location"] == f"/console/cases/{enquiry.pk}/"
    row = Callback.objects.get()
    # Ten in Upala is four in the afternoon in UTC.
    assert (row.number, row.due_from.hour, row.due_until.hour) == (NUMBER, 16, 17)
    assert Enquiry.objects.get(pk=enquiry.pk).promise_due_at == row.due_until


def test_a_time_that_has_passed_is_refused_in_place(cast, enquiry):
    sent = {"number": NUMBER, "day": "2020-01-01", "start": "10:00", "end": "11:00", "may_answer": "anybody"}
    answer = cast.luis.post(f"/console/cases/{enquiry.pk}/callbacks/", sent)
    assert answer.status_code == 422
    assert NUMBER in answer.content.decode()
    assert not Callback.objects.exists()


def test_the_list_shows_what_is_due_and_no_number(cast, callback):
    page = cast.luis.get(LIST).content.decode()
    assert callback.enquiry.code in page
    assert "sentinel" not in page
    assert callback.enquiry.code not in cast.vera.get(LIST).content.decode()
    assert AccessEntry.objects.filter(action="list", kind="callback", by=cast.user("luis")).exists()


def test_the_number_and_the_warning_stand_on_the_page_of_the_call_which_is_logged(cast, callback):
    page = cast.paula.get(page_of(callback)).content.decode()
    assert page.index(WARNING) < page.index(NUMBER)
    assert "sentinel" not in page[page.index("<title>") : page.index("</title>")]
    entry = AccessEntry.objects.filter(action="read", ref=str(callback.enquiry_id)).latest("number")
    assert entry.by == cast.user("paula")
    for name in ("vera", "daniel", "oscar", "fabiola", "bruno"):
        assert getattr(cast, name).get(page_of(callback)).status_code == 404


def test_one_click_says_reached(cast, callback):
    cast.luis.post(f"{page_of(callback)}attempt/", {"result": "reached"})
    assert Callback.objects.get().state == Callback.State.REACHED
    assert callback.enquiry.code not in cast.luis.get(LIST).content.decode()


def test_giving_up_is_suggested_after_three_tries(cast, callback):
    told = "It was tried and the person was not reached", "Se intentó y no se encontró"
    for _time in range(3):
        page = cast.luis.get(page_of(callback)).content.decode()
        assert not any(words in page for words in told)
        cast.luis.post(f"{page_of(callback)}attempt/", {"result": "no-answer"})
    assert any(words in cast.luis.get(page_of(callback)).content.decode() for words in told)
    cast.luis.post(f"{page_of(callback)}end/", {"how": "not-reached"})
    assert Callback.objects.get().state == Callback.State.NOT_REACHED


def test_asked_to_be_called_later_needs_a_time(cast, callback):
    address = f"{page_of(callback)}attempt/"
    assert cast.luis.post(address, {"result": "later"}).status_code == 422
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    sent = {"result": "later", "day": f"{tomorrow}", "start": "10:00", "end": "11:00"}
    assert cast.luis.post(address, sent).status_code == 302
    assert CallAttempt.objects.get().result == "later"
    assert Callback.objects.get().due_from.hour == 16


def test_a_result_that_is_none_is_not_there(cast, callback):
    assert cast.luis.post(f"{page_of(callback)}attempt/", {"result": "x"}).status_code == 404
    assert cast.luis.post(f"{page_of(callback)}end/", {"how": "x"}).status_code == 404


def test_a_neighbour_calls_nobody_and_ends_nothing(cast, callback):
    for name in ("vera", "bruno", "daniel"):
        client = getattr(cast, name)
        assert client.post(f"{page_of(callback)}attempt/", {"result": "reached"}).status_code == 404
        assert client.post(f"{page_of(callback)}end/", {"how": "cancelled"}).status_code == 404
    assert Callback.objects.get().is_waiting


def test_through_the_glass_one_calls_and_ends_nothing(cast, callback):
    reason = {"reason": "Está en Limón ahora mismo y corre peligro."}
    cast.vera.post(f"/console/cases/{callback.enquiry_id}/break-glass/", reason)
    assert NUMBER in cast.vera.get(page_of(callback)).content.decode()
    assert cast.vera.post(f"{page_of(callback)}end/", {"how": "cancelled"}).status_code == 404
    cast.vera.post(f"{page_of(callback)}attempt/", {"result": "no-answer"})
    assert CallAttempt.objects.get().by == cast.user("vera")


def test_the_page_of_the_case_leads_to_the_call(cast, callback):
    assert page_of(callback) in cast.luis.get(f"/console/cases/{callback.enquiry_id}/").content.decode()
