"""A receiver behind its link: what it sees before and after opening, and what it can answer."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ventanilla.enquiries import referral_answers, referrals
from ventanilla.enquiries.models import Enquiry, Referral, ReferralStep, StateChange
from ventanilla.enquiries.tests.factories import a_hub, a_user, an_enquiry
from ventanilla.enquiries.tests.referral_rows import NEEDS, REASON, handed_over
from ventanilla.hubs.models import Role
from ventanilla.privacy.models import AccessEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    hub = a_hub()
    return a_user(Role.ADVISER, hub=hub), a_user(Role.COORDINATOR, hub=hub)


@pytest.fixture
def handed(staff):
    """The row and the address of the receiver."""
    enquiry = an_enquiry(language="es")
    enquiry.person.name = "sentinel Ana"
    enquiry.person.save()
    row, secret = handed_over(enquiry, staff[0], leader=staff[1])
    return row, f"/es/referral/{secret}/"


def press(address, deed, **more):
    return Client().post(address, {"deed": deed, **more})


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_link_alone_shows_and_touches_nothing(handed, django_assert_num_queries):
    row, address = handed
    before = Referral.objects.values().get(pk=row.pk)
    for page in (Client().get(address), Client().head(address)):
        assert page.status_code == 200
        assert row.enquiry.code not in words(page)
        assert row.receiver.name not in words(page)
        assert "sentinel" not in words(page)
    assert Referral.objects.values().get(pk=row.pk) == before
    assert not AccessEntry.objects.filter(action="read", kind="referral").exists()


def test_the_door_of_a_false_link_looks_the_same(handed):
    _row, address = handed
    false = f"/es/referral/{'x' * 43}/"
    real = words(Client().get(address)).replace(address[3:], "")
    assert words(Client().get(false)).replace(false[3:], "") == real


def test_opened_it_shows_what_was_ticked_and_no_more(handed):
    row, address = handed
    page = press(address, "open")
    assert REASON in words(page)
    assert NEEDS in words(page)
    assert row.enquiry.code in words(page)
    assert "sentinel Ana" not in words(page)
    row.refresh_from_db()
    assert row.opened_at is not None
    assert AccessEntry.objects.filter(action="read", kind="referral", by=None, ref=str(row.pk)).exists()


def test_it_is_kept_nowhere_and_tells_no_other_site(handed):
    for page in (Client().get(handed[1]), press(handed[1], "open")):
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert not page.cookies
        assert 'name="robots" content="noindex"' in words(page)
        assert "<script" not in words(page)


@pytest.mark.parametrize("language", ["en", "fr", "ht"])
def test_a_receiver_reads_it_in_its_own_language(handed, language):
    address = handed[1].replace("/es/", f"/{language}/")
    labels = {"en": "Case code", "fr": "Code du dossier", "ht": "Kòd dosye a"}
    assert labels[language] in words(press(address, "open"))


def test_accepting_hides_what_was_shared(handed):
    row, address = handed
    page = press(address, "accept")
    assert "sentinel" not in words(page)
    assert "sentinel" not in words(press(address, "open"))
    row.refresh_from_db()
    assert row.state == "accepted"
    assert StateChange.objects.filter(enquiry=row.enquiry, what="referral", value="accepted").exists()
    assert row.enquiry.state == "referred"


def test_after_accepting_the_link_lives_on_to_say_what_came_of_it(handed):
    row, address = handed
    press(address, "accept")
    Referral.objects.update(due_at=timezone.now() - timedelta(days=20))
    page = press(address, "finish", outcome="helped", words="ya tiene cuarto")
    assert page.status_code == 200
    row.refresh_from_db()
    enquiry = Enquiry.objects.get()
    assert (row.state, row.outcome, enquiry.state) == ("done", "helped", "waiting")
    assert ReferralStep.objects.get(what="done").words == "ya tiene cuarto"


def test_a_waiting_list_needs_a_day_to_come(handed):
    row, address = handed
    for day in ("", "ayer", "2020-01-01", "2099-01-01"):
        assert press(address, "wait", until=day).status_code == 422
    day = (timezone.now() + timedelta(days=9)).date()
    assert NEEDS in words(press(address, "wait", until=day.isoformat()))
    row.refresh_from_db()
    assert (row.state, row.waiting_until) == ("waiting", day)


def test_declining_needs_a_reason_from_the_list(handed):
    row, address = handed
    assert press(address, "decline", words="no").status_code == 422
    assert press(address, "decline", refusal="x").status_code == 422
    assert "sentinel" not in words(press(address, "decline", refusal="full", words="sin cupo"))
    row.refresh_from_db()
    assert (row.state, row.refusal) == ("declined", "full")


def test_a_question_goes_back_and_its_answer_is_read_there(handed, staff):
    row, address = handed
    press(address, "ask", words="¿Con quién viene?")
    row.refresh_from_db()
    assert row.asked_at is not None
    referrals.reply(referral=row, words="Con su hija.", by=staff[0], at=timezone.now())
    page = words(press(address, "open"))
    assert "¿Con quién viene?" in page
    assert "Con su hija." in page
    assert press(address, "ask", words="  ").status_code == 422


def test_what_was_answered_for_good_is_answered_once(handed):
    row, address = handed
    press(address, "decline", refusal="full")
    press(address, "accept")
    press(address, "finish", outcome="helped")
    row.refresh_from_db()
    assert row.state == "declined"
    assert ReferralStep.objects.filter(what__in=["accepted", "done"]).count() == 0


def test_an_old_link_leads_nowhere(handed, staff):
    row, address = handed
    Referral.objects.update(link_ends_at=timezone.now() - timedelta(seconds=1))
    assert press(address, "open").status_code == 404
    secret = referrals.renew_link(referral=row, by=staff[0], at=timezone.now())
    assert press(address, "open").status_code == 404
    assert press(f"/es/referral/{secret}/", "open").status_code == 200
    referrals.revoke_link(referral=row, by=staff[0], at=timezone.now())
    ended = press(f"/es/referral/{secret}/", "accept")
    assert ended.status_code == 404
    assert "sentinel" not in words(ended)
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_link_never_lives_longer_than_a_month(staff):
    row, _secret = handed_over(an_enquiry(), staff[0], leader=staff[1], urgency="normal")
    assert row.link_ends_at - row.sent_at == timedelta(days=28)
    referral_answers.accept(referral=row, at=timezone.now())
    row.refresh_from_db()
    assert row.link_ends_at - timezone.now() <= timedelta(days=30)


def test_taken_back_the_page_says_so_and_nothing_else(handed, staff):
    row, address = handed
    referrals.take_back(referral=row, by=staff[0], at=timezone.now())
    page = words(press(address, "open"))
    assert "sentinel" not in page
    assert row.enquiry.code not in page
    assert "El centro retiró este caso" in page


def test_whose_person_wants_to_be_left_alone_is_behind_no_link(handed):
    row, address = handed
    row.enquiry.person.restricted_at = timezone.now()
    row.enquiry.person.save()
    assert press(address, "open").status_code == 404


def test_addresses_are_tried_slowly(handed, settings):
    settings.SITE_RATE = 3
    tries = [press(f"/es/referral/{'y' * 43}/", "open").status_code for _number in range(4)]
    assert tries[-1] == 429
