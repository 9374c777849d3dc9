"""Promised calls: sealed with the person, served by their time, kept or given up by people."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ventanilla.enquiries import actions, promises
from ventanilla.enquiries.erasing import erase_identifiers
from ventanilla.enquiries.holder import EnquiriesHolder
from ventanilla.enquiries.models import CallAttempt, Callback, Enquiry
from ventanilla.privacy.holders import Subject
from ventanilla.privacy.models import AccessEntry

from .factories import a_hub, a_user, an_enquiry

pytestmark = pytest.mark.django_db

NUMBER = "+506 8888 7777 sentinel"
# Nine in the morning in Costa Rica.
NOW = datetime(2026, 3, 2, 15, tzinfo=ZoneInfo("UTC"))
Result = CallAttempt.Result


@pytest.fixture
def enquiry():
    return an_enquiry()


@pytest.fixture
def luis(enquiry):
    return a_user(hub=enquiry.hub)


def promised(enquiry, by, *, hours=(1, 2), **more):
    start, end = (NOW + timedelta(hours=hour) for hour in hours)
    return promises.promise_callback(
        enquiry=enquiry, number=NUMBER, due_from=start, due_until=end, by=by, at=NOW, **more
    )


def tried(callback, by, result, *, after=timedelta(hours=1), **more):
    return promises.note_attempt(callback=callback, result=result, by=by, at=NOW + after, **more)


def test_a_promise_moves_its_case_up_the_queue(enquiry, luis):
    earlier = an_enquiry()
    promised(enquiry, luis)
    assert list(Enquiry.objects.in_queue_order()) == [enquiry, earlier]
    assert Enquiry.objects.get(pk=enquiry.pk).promise_due_at == NOW + timedelta(hours=2)
    assert AccessEntry.objects.filter(ref=str(enquiry.pk), by=luis, action="write").exists()


def test_reaching_the_person_keeps_the_promise_and_stops_their_clock(enquiry, luis):
    tried(promised(enquiry, luis), luis, Result.REACHED)
    enquiry.refresh_from_db()
    assert (enquiry.promise_due_at, enquiry.waiting_since) == (None, None)
    assert enquiry.state == Enquiry.State.ANSWERED
    assert enquiry.first_answer_at == NOW + timedelta(hours=1)
    assert Callback.objects.get().state == Callback.State.REACHED


def test_nobody_answering_leaves_the_promise_open(enquiry, luis):
    callback = promised(enquiry, luis)
    tried(callback, luis, Result.NO_ANSWER)
    enquiry.refresh_from_db()
    assert enquiry.promise_due_at is not None
    assert Callback.objects.waiting().count() == 1


def test_giving_up_is_suggested_after_three_tries_in_vain_or_a_wrong_number(enquiry, luis):
    callback = promised(enquiry, luis)
    for number in (1, 2):
        tried(callback, luis, Result.NO_ANSWER, after=timedelta(minutes=number))
        assert not promises.suggests_giving_up(callback, promises.attempts_of(callback))
    tried(callback, luis, Result.NO_ANSWER)
    assert promises.suggests_giving_up(callback, promises.attempts_of(callback))
    other = promised(an_enquiry(), luis)
    tried(other, luis, Result.WRONG_NUMBER)
    assert promises.suggests_giving_up(other, promises.attempts_of(other))


def test_asking_to_be_called_later_moves_the_promise(enquiry, luis):
    callback, tomorrow = promised(enquiry, luis), NOW + timedelta(days=1)
    with pytest.raises(promises.WhenLater):
        tried(callback, luis, Result.LATER)
    tried(callback, luis, Result.LATER, later_from=tomorrow, later_until=tomorrow + timedelta(hours=1))
    enquiry.refresh_from_db()
    assert enquiry.promise_due_at == tomorrow + timedelta(hours=1)
    assert Callback.objects.get().is_waiting


@pytest.mark.parametrize(("end", "state"), [("give_up", "not-reached"), ("cancel", "cancelled")])
def test_a_promise_that_was_ended_is_ended_once(enquiry, luis, end, state):
    callback = promised(enquiry, luis)
    getattr(promises, end)(callback=callback, by=luis, at=NOW)
    assert Callback.objects.get().state == state
    assert Enquiry.objects.get(pk=enquiry.pk).promise_due_at is None
    for act in (promises.give_up, promises.cancel):
        with pytest.raises(promises.CallbackSettled):
            act(callback=Callback.objects.get(), by=luis, at=NOW)
    with pytest.raises(promises.CallbackSettled):
        tried(Callback.objects.get(), luis, Result.REACHED)


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [((-2, -1), promises.WindowIsOver), ((2, 1), promises.WindowRunsBackwards)],
)
def test_no_call_is_promised_for_a_time_that_cannot_be(enquiry, luis, hours, refusal):
    with pytest.raises(refusal):
        promised(enquiry, luis, hours=hours)
    assert not Callback.objects.exists()


def test_one_call_is_promised_at_a_time(enquiry, luis):
    promised(enquiry, luis)
    with pytest.raises(promises.AlreadyPromised):
        promised(enquiry, luis, hours=(3, 4))


def test_a_promise_outlives_the_closing_of_its_case(enquiry, luis):
    promised(enquiry, luis)
    actions.close(enquiry=enquiry, by=luis, at=NOW)
    assert promises.ledger(luis, at=NOW).total == 1


def test_the_ledger_tells_missed_due_today_and_later_by_the_hubs_clock(luis, enquiry):
    moments = {"overdue": (-2, -1), "now": (-1, 1), "today": (2, 3), "later": (20, 21)}
    for hours in moments.values():
        callback = promised(an_enquiry(), luis, hours=(30, 40))
        start, end = (NOW + timedelta(hours=hour) for hour in hours)
        Callback.objects.filter(pk=callback.pk).update(due_from=start, due_until=end)
    found = promises.ledger(luis, at=NOW)
    assert [len(rows) for rows in (found.overdue, found.now, found.today, found.later)] == [1, 1, 1, 1]
    assert promises.overdue_count(luis, at=NOW) == 1
    # Eight hours later it is evening in Costa Rica and already tomorrow in UTC.
    evening = promises.ledger(luis, at=NOW + timedelta(hours=10))
    assert len(evening.later) == 1


def test_another_hub_sees_no_promise(enquiry, luis):
    promised(enquiry, luis)
    vera = a_user(hub=a_hub("cr-hub-limon"))
    assert promises.ledger(vera, at=NOW).total == 0
    assert not Callback.objects.visible_to(vera).exists()


def test_the_number_goes_with_the_person(enquiry, luis, django_capture_on_commit_callbacks):
    callback = promised(enquiry, luis, ask_for="sentinel Ana", safety="sentinel su marido")
    assert callback.sealed_under == enquiry.person.sealed_under
    with django_capture_on_commit_callbacks(execute=True):
        erase_identifiers(enquiry.person, reason="request", by=luis, at=NOW)
    row = Callback.objects.get()
    assert row.is_erased
    assert row.state == Callback.State.CANCELLED
    assert Enquiry.objects.get(pk=enquiry.pk).promise_due_at is None
    with pytest.raises(promises.NobodyToCall):
        promised(enquiry, luis)


def test_a_person_reads_what_was_promised_to_them(enquiry, luis):
    promised(enquiry, luis, safety="solo después de las cinco")
    records = EnquiriesHolder().export(Subject.of_person(enquiry.person_id), for_staff=False)
    said = [value for record in records for inner in record.records for _label, value in inner.values]
    assert NUMBER in said
    assert "solo después de las cinco" in said
