"""Nobody touches the screen: it locks on the server, and what was written is not lost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ventanilla.accounts.models import StaffSession
from ventanilla.accounts.testing import session_in
from ventanilla.verification.models import Fact

from .people import PASSWORD, first_step, new_code

pytestmark = pytest.mark.django_db
LOCKED = 423


@pytest.fixture
def later(time_machine):
    """Let some minutes pass."""

    def pass_by(minutes):
        time_machine.move_to(timezone.now() + timedelta(minutes=minutes))

    return pass_by


@pytest.fixture
def elena(cast, people):
    people("elena")
    client = Client()
    first_step(client, "elena@example.org")
    return client


def test_after_five_quiet_minutes_every_address_answers_with_the_lock(elena, hotline, later):
    assert elena.get("/console/").status_code == 200
    later(4)
    assert elena.get("/console/").status_code == 200
    later(5)
    for address in ("/console/", f"/console/facts/{hotline.ref}/", "/console/security/", "/console/pages/"):
        answer = elena.get(address)
        assert answer.status_code == LOCKED
        assert hotline.ref not in re.sub(r'action="[^"]*"', "", answer.text)
    assert elena.post(f"/console/facts/{hotline.ref}/confirm/", {}).status_code == LOCKED


def test_scripts_are_told_in_one_word(elena, later):
    later(6)
    answer = elena.get("/console/", headers={"sec-fetch-mode": "cors"})
    assert (answer.status_code, answer.json()) == (LOCKED, {"locked": True})


def test_what_the_page_asks_by_itself_does_not_keep_it_open(elena, later):
    for _ in range(3):
        later(2)
        elena.post("/console/editing-sessions/release/1/", headers={"sec-fetch-mode": "cors"})
        elena.get("/console/lock/state/", headers={"sec-fetch-mode": "cors"})
        elena.get("/console/", headers={"sec-fetch-mode": "navigate"})
    assert elena.get("/console/").status_code == LOCKED


def test_somebody_who_types_keeps_it_open(elena, later):
    for _ in range(3):
        later(3)
        assert elena.post("/console/lock/active/", headers={"sec-fetch-mode": "cors"}).status_code == 200
    assert elena.get("/console/").status_code == 200


def unlocking(page, **more):
    """The fields of the form on a lock's page, as a browser without scripts would send them."""
    html = page.text.split('id="unlock"')[1].split("</form>")[0]
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    }
    fields |= {
        name: unescape(value)
        for name, value in re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', html, re.S)
    }
    return fields | more


def test_the_password_opens_it_where_it_was(elena, later):
    later(6)
    page = elena.get("/console/facts/?kind=hotline")
    wrong = elena.post("/console/facts/?kind=hotline", unlocking(page, **{"_unlock-password": "wrong"}))
    assert wrong.status_code == LOCKED
    assert PASSWORD not in wrong.text
    right = elena.post("/console/facts/?kind=hotline", unlocking(wrong, **{"_unlock-password": PASSWORD}))
    assert right.url == "/console/facts/?kind=hotline"
    assert elena.get(right.url).status_code == 200


def test_a_form_sent_while_locked_goes_out_after_unlocking_and_is_stored_nowhere(
    cast, people, hotline, later
):
    daniel = people("daniel")
    client = Client()
    first_step(client, "daniel@example.org")
    later(6)
    address = reverse("console:hide", args=[hotline.ref])
    words = 'La línea ya no contesta.\r\nDicen: "<cerrado>" & más'
    page = client.post(address, {"text": words})
    assert page.status_code == LOCKED
    assert Fact.objects.get(pk=hotline.pk).hidden_on is None
    kept = str(dict(client.session)) + str(StaffSession.objects.values())
    assert "contesta" not in kept
    sent = unlocking(page, **{"_unlock-password": PASSWORD})
    assert sent["text"] == words
    assert client.post(address, sent).status_code == 302
    fact = Fact.objects.get(pk=hotline.pk)
    assert fact.checks.get().by == daniel
    assert "contesta" in fact.hidden_reason


def test_a_wrong_password_keeps_the_words_of_the_form(elena, hotline, later):
    later(6)
    address = reverse("console:hide", args=[hotline.ref])
    page = elena.post(address, {"text": "ya no contesta"})
    again = elena.post(address, unlocking(page, **{"_unlock-password": "wrong"}))
    assert unlocking(again)["text"] == "ya no contesta"


def test_files_that_cannot_wait_are_told(elena, hotline, later):
    later(6)
    answer = elena.post(
        reverse("console:hide", args=[hotline.ref]),
        {"text": "x", "file": SimpleUploadedFile("a.txt", b"a")},
    )
    assert "adjúntelos" in answer.text


def test_a_form_of_the_lock_that_was_opened_in_another_tab_goes_through(elena, later):
    later(6)
    page = elena.get("/console/facts/")
    elena.post("/console/lock/open/", {"_unlock-password": PASSWORD}, headers={"sec-fetch-mode": "cors"})
    assert elena.post("/console/facts/", unlocking(page, **{"_unlock-password": PASSWORD})).url == (
        "/console/facts/"
    )


def test_a_page_that_somebody_goes_to_keeps_it_open(elena, later):
    for _ in range(3):
        later(3)
        elena.get("/console/", headers={"sec-fetch-mode": "navigate", "sec-fetch-user": "?1"})
    assert elena.get("/console/").status_code == 200


def test_scripts_open_it_in_place_and_get_a_token_that_is_still_good(elena, later):
    later(6)
    fetch = {"headers": {"sec-fetch-mode": "cors"}}
    assert elena.get("/console/lock/state/", **fetch).json()["locked"] is True
    wrong = elena.post("/console/lock/open/", {"_unlock-password": "wrong"}, **fetch)
    assert (wrong.status_code, wrong.json()["locked"]) == (403, True)
    assert elena.get("/console/").status_code == LOCKED
    right = elena.post("/console/lock/open/", {"_unlock-password": PASSWORD}, **fetch)
    assert right.json()["locked"] is False
    assert right.json()["csrf"]
    assert elena.get("/console/").status_code == 200


def test_it_can_be_locked_at_once(elena):
    assert elena.get("/console/lock/").status_code == 200
    elena.post("/console/lock/")
    assert elena.get("/console/").status_code == LOCKED


def test_guessing_at_the_lock_gets_slower(elena):
    elena.post("/console/lock/")
    for _ in range(5):
        elena.post("/console/lock/open/", {"_unlock-password": "wrong"})
    waits = elena.post("/console/lock/open/", {"_unlock-password": PASSWORD})
    assert waits.status_code == 403
    assert "minut" in waits.json()["wrong"][0]


def test_whoever_has_no_password_opens_it_with_the_app(cast, people):
    luis = people("luis", with_app=True)
    client = Client()
    first_step(client, "luis@example.org")
    client.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    luis.set_unusable_password()
    type(luis).objects.filter(pk=luis.pk).update(password=luis.password)
    assert client.get("/console/").status_code == 302, "a changed password ends sessions"
    from ventanilla.accounts.testing import sign_in

    luis.refresh_from_db()
    sign_in(client, luis)
    client.post("/console/lock/")
    page = client.get("/console/")
    assert 'name="_unlock-code"' in page.text
    assert 'name="_unlock-password"' not in page.text
    spent = client.post("/console/", unlocking(page, **{"_unlock-code": new_code("luis@example.org")}))
    assert spent.status_code == LOCKED, "the code was used for signing in"


def test_a_lock_does_not_open_another_session(elena):
    other = Client()
    first_step(other, "elena@example.org")
    elena.post("/console/lock/")
    assert other.get("/console/").status_code == 200
    assert session_in(elena).locked_at is not None


def test_without_minutes_it_never_locks_by_itself(elena, later, settings):
    settings.LOCK_MINUTES = 0
    later(60)
    assert elena.get("/console/").status_code == 200


def test_signing_out_is_possible_while_locked(elena):
    elena.post("/console/lock/")
    assert elena.post("/console/logout/").url == "/console/login/"
    assert not StaffSession.objects.exists()


@pytest.mark.parametrize("address", ["/console/lock/state/", "/console/lock/"])
def test_the_locks_addresses_tell_strangers_nothing(client, address):
    assert client.get(address).status_code == 401
    assert client.post("/console/lock/open/", {"_unlock-password": "x"}).status_code == 401


def test_forms_of_other_sites_do_not_open_it(cast, people):
    people("elena")
    client = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/console/login/").text)[1]
    first_step(client, "elena@example.org", csrfmiddlewaretoken=token)
    assert client.get("/console/").status_code == 200
    assert client.post("/console/lock/open/", {"_unlock-password": PASSWORD}).status_code == 403
