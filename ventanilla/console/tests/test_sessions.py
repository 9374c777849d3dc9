"""People see where they are signed in and end it, and nothing tells more about their browser than a word."""

import pytest
from django.test import Client
from django.urls import reverse

from ventanilla.accounts.models import StaffSession
from ventanilla.accounts.testing import session_in

from .people import PASSWORD, first_step

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def browser(name, **more):
    client = Client(**more)
    first_step(client, f"{name}@example.org")
    return client


def test_the_list_holds_a_coarse_word_and_no_more(cast, people):
    people("elena")
    client = browser("elena", HTTP_USER_AGENT=PHONE, REMOTE_ADDR="203.0.113.9")
    page = client.get("/console/security/").text
    assert "Firefox, Android" in page
    stored = str(StaffSession.objects.values())
    assert "140" not in stored
    assert "203.0.113.9" not in stored
    assert "203.0.113.9" not in str(dict(client.session))
    assert "140" not in str(client.session.get("user_agent", ""))


def test_one_session_is_ended_and_the_others_go_on(cast, people):
    people("elena")
    here, there = browser("elena"), browser("elena")
    here.post(reverse("console_end_session", args=[session_in(there).pk]))
    assert there.get("/console/").status_code == 302
    assert here.get("/console/").status_code == 200


def test_all_others_are_ended_at_once(cast, people):
    people("elena")
    here, there, third = browser("elena"), browser("elena"), browser("elena")
    here.post(reverse("console_end_other_sessions"))
    assert [client.get("/console/").status_code for client in (here, there, third)] == [200, 302, 302]


def test_nobody_ends_a_session_of_somebody_else(cast, people):
    people("elena")
    there = browser("elena")
    cast.oscar.post(reverse("console_end_session", args=[session_in(there).pk]))
    assert there.get("/console/").status_code == 200
    assert str(session_in(there).pk) not in cast.oscar.get("/console/security/").text


def test_a_changed_password_ends_the_others(cast, people):
    people("elena")
    here, there = browser("elena"), browser("elena")
    new = "grulla lenta canta verde"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), form).url == "/console/security/"
    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 302
    assert first_step(Client(), "elena@example.org").status_code == 200
    assert first_step(Client(), "elena@example.org", password=new).status_code == 302


def test_a_password_is_not_changed_without_the_present_one(cast, people):
    people("elena")
    here = browser("elena")
    form = {"oldpassword": "wrong", "password1": "grulla lenta canta", "password2": "grulla lenta canta"}
    assert here.post(reverse("account_change_password"), form).status_code == 200
    assert cast.user("elena").check_password(PASSWORD)


def test_guessing_at_the_present_password_gets_slower(cast, people):
    people("elena")
    here = browser("elena")
    new = "grulla lenta canta verde"
    for old in ("a", "b", "c", "d", "e", PASSWORD):
        form = {"oldpassword": old, "password1": new, "password2": new}
        answer = here.post(reverse("account_change_password"), form)
    assert "minut" in answer.text
    assert cast.user("elena").check_password(PASSWORD)


def test_somebody_who_left_is_out_at_the_next_request(cast, people):
    elena = people("elena")
    here = browser("elena")
    elena.is_active = False
    elena.save()
    assert here.get("/console/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/console/security/", "/console/security/password/", "/console/second-factor/"]
)
def test_strangers_are_led_to_the_sign_in(client, address):
    assert client.get(address).url == f"/console/login/?next={address}"


def test_the_frames_own_account_page_changes_neither_address_nor_password(cast):
    page = cast.elena.get("/console/account/").text
    assert 'name="password' not in page
    assert 'name="email-email"' not in page
    assert reverse("mfa_index") in page
