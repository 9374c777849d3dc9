"""Signing in by e-mail, in the language of the browser, telling strangers nothing."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from ventanilla.accounts.models import Attempts, StaffSession
from ventanilla.privacy.models import AccessEntry

from .people import PASSWORD, first_step, link_in, new_code, secret_of_app

pytestmark = pytest.mark.django_db


def test_the_form_is_all_in_the_language_of_the_browser(client):
    html = client.get("/console/login/", headers={"accept-language": "es"}).text
    assert "Contraseña" in html
    assert ">Password" not in html
    assert "Password" in client.get("/console/login/", headers={"accept-language": "en"}).text


def without_tokens(html):
    return re.sub(r"[A-Za-z0-9]{64}", "token", html)


def test_a_wrong_password_says_no_more_than_that(cast):
    cast.user("luis")
    told = [
        without_tokens(first_step(Client(), name, password="wrong").text)
        for name in ("nobody@example.org", "luis@example.org")
    ]
    assert told[0].replace("nobody@", "luis@") == told[1]


def test_somebody_who_left_learns_no_more_than_a_stranger(cast, people):
    luis = people("luis")
    luis.is_active = False
    luis.save()
    told = [
        without_tokens(first_step(Client(), name, password=PASSWORD).text)
        for name in ("nobody@example.org", "luis@example.org")
    ]
    assert told[0].replace("nobody@", "luis@") == told[1]


def test_whoever_needs_no_second_factor_is_in_with_the_password(cast, people):
    people("elena")
    client = Client()
    assert first_step(client, "elena@example.org").url == "/console/"
    assert client.get("/console/").status_code == 200
    assert StaffSession.objects.get().second_factor_at is None


def test_capitals_in_the_address_do_not_matter(cast, people):
    people("elena")
    assert first_step(Client(), "Elena@Example.ORG").url == "/console/"


def test_whoever_has_an_app_gives_its_code(cast, people):
    people("luis", with_app=True)
    client = Client()
    assert first_step(client, "luis@example.org").url == "/console/login/second-step/"
    assert client.get("/console/").status_code == 302
    wrong = client.post("/console/login/second-step/", {"code": "000000"})
    assert wrong.status_code == 200
    right = client.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    assert right.url == "/console/"
    assert client.get("/console/").status_code == 200


def test_a_code_works_once(cast, people):
    people("luis", with_app=True)
    code = new_code("luis@example.org")
    for client, wanted in ((Client(), 302), (Client(), 200)):
        first_step(client, "luis@example.org")
        assert client.post("/console/login/second-step/", {"code": code}).status_code == wanted


def test_a_recovery_code_opens_the_second_step_once(cast, people):
    people("luis", with_app=True)
    client = Client()
    first_step(client, "luis@example.org")
    client.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    client.post("/console/security/codes/new/")
    code = re.findall(r"<code[^>]*>(\d{8})</code>", client.get("/console/security/codes/").text)[0]
    assert code not in client.get("/console/security/codes/").text, "codes are shown once"
    for again, wanted in ((Client(), 302), (Client(), 200)):
        first_step(again, "luis@example.org")
        assert again.post("/console/login/second-step/", {"code": code}).status_code == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", r"/\evil.example", "https:evil.example",
        "javascript:alert(1)", "/es/", "http://testserver.evil.example/console/",
        "https://testserver@evil.example/console/", "/console/../es/",
    ],
)  # fmt: skip
def test_signing_in_leads_to_the_console_alone(cast, people, elsewhere):
    people("elena")
    url = first_step(Client(), "elena@example.org", next=elsewhere).url
    assert url in ("/console/", "/console/../es/")


def test_signing_in_goes_on_where_one_wanted_to_go(cast, people):
    people("luis", with_app=True)
    client = Client()
    wanted = client.get("/console/facts/").url
    assert wanted == "/console/login/?next=/console/facts/"
    first_step(client, "luis@example.org", next="/console/facts/")
    done = client.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    assert done.url == "/console/facts/"


def test_guessing_gets_slower_and_then_even_the_right_password_waits(cast, people):
    people("elena")
    for _ in range(5):
        first_step(Client(), "elena@example.org", password="wrong")
    told = first_step(Client(), "elena@example.org")
    assert told.status_code == 200
    assert "minut" in told.text
    assert Attempts.objects.count() == 3
    kept = "".join(Attempts.objects.values_list("key", flat=True))
    assert "elena" not in kept
    assert "127.0.0.1" not in kept


def test_after_the_wait_the_right_password_works(cast, people, time_machine):
    people("elena")
    for _ in range(6):
        first_step(Client(), "elena@example.org", password="wrong")
    time_machine.move_to(timezone.now() + timedelta(seconds=5))
    assert first_step(Client(), "elena@example.org").url == "/console/"


def test_one_who_guesses_does_not_lock_out_the_office_behind_the_same_address(cast, people):
    people("elena")
    people("daniel")
    for _ in range(20):
        first_step(Client(), "elena@example.org", password="wrong")
    assert first_step(Client(), "daniel@example.org").url == "/console/"


def test_guessing_from_elsewhere_does_not_keep_the_owner_out(cast, people):
    people("elena")
    for _ in range(20):
        first_step(Client(REMOTE_ADDR="198.51.100.7"), "elena@example.org", password="wrong")
    assert first_step(Client(), "elena@example.org").url == "/console/"


def test_guessing_codes_gets_slower(cast, people):
    people("luis", with_app=True)
    client = Client()
    first_step(client, "luis@example.org")
    for _ in range(5):
        client.post("/console/login/second-step/", {"code": "000000"})
    waits = client.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    assert waits.status_code == 200
    assert "minut" in waits.text


@pytest.mark.parametrize(
    "address",
    ["/console/signup/", "/console/email/", "/console/security/passkeys/1/edit/", "/accounts/login/"],
)
def test_addresses_of_the_library_that_nobody_needs_are_not_there(cast, address):
    assert cast.root.get(address).status_code == 404


def test_nobody_makes_an_account_by_themselves():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


@pytest.mark.parametrize("rest", ["", "done/", "confirm/x/y/", "complete/"])
def test_the_frames_own_pages_for_a_forgotten_password_lead_to_ours(client, rest):
    assert client.get(f"/console/password_reset/{rest}").url == "/console/password/reset/"


def test_a_forgotten_password_is_asked_for_with_the_same_words_whether_there_is_an_account_or_not(
    cast, people, commits
):
    people("elena")
    answers = [
        client.post("/console/password/reset/", {"email": email}, follow=True).text
        for client, email in ((Client(), "nobody@example.org"), (Client(), "elena@example.org"))
    ]
    assert without_tokens(answers[0]) == without_tokens(answers[1])
    assert [message.to for message in mail.outbox] == [["elena@example.org"]]


def test_the_link_for_a_new_password_works_once_and_signs_out_everywhere(cast, people, commits):
    people("luis", with_app=True)
    inside = Client()
    first_step(inside, "luis@example.org")
    inside.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    client = Client()
    client.post("/console/password/reset/", {"email": "luis@example.org"})
    link = link_in(mail.outbox[0].body)
    form = client.get(link)
    assert "set-password" in form.url, "the secret leaves the address at once"
    new = {"password1": "grulla lenta canta verde", "password2": "grulla lenta canta verde"}
    assert client.post(form.url, new).status_code == 302
    assert inside.get("/console/").status_code == 302
    assert "old" in Client().get(link).text or "antiguo" in Client().get(link).text
    assert first_step(Client(), "luis@example.org", password="grulla lenta canta verde").url == (
        "/console/login/second-step/"
    ), "a mailbox alone opens nothing"


def test_links_in_mails_start_with_our_own_address_whatever_host_was_asked_for(cast, people, commits):
    people("elena")
    Client(SERVER_NAME="evil.example").post("/console/password/reset/", {"email": "elena@example.org"})
    assert link_in(mail.outbox[0].body, whole=True).startswith("https://hub.example/console/")


def test_a_session_ends_after_its_longest_age_however_busy_it_is(cast, people, time_machine, settings):
    settings.LOCK_MINUTES = 0
    people("elena")
    client = Client()
    first_step(client, "elena@example.org")
    start = timezone.now()
    time_machine.move_to(start + timedelta(hours=11, minutes=59))
    assert client.get("/console/").status_code == 200
    time_machine.move_to(start + timedelta(hours=12, minutes=1))
    assert client.get("/console/").status_code == 302
    assert not StaffSession.objects.alive(at=timezone.now()).exists()


def test_cookies_are_for_the_console_alone_and_go_with_the_browser(cast, people):
    people("elena")
    client = Client()
    first_step(client, "elena@example.org")
    cookie = client.cookies["sessionid"]
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == ("/console/", True, "")


def test_what_happens_at_the_door_stands_in_the_access_log(cast, people):
    luis = people("luis", with_app=True)
    client = Client()
    first_step(client, "luis@example.org", password="wrong")
    first_step(client, "luis@example.org")
    client.post("/console/login/second-step/", {"code": "000000"})
    client.post("/console/login/second-step/", {"code": new_code("luis@example.org")})
    rows = AccessEntry.objects.filter(ref=str(luis.pk)).order_by("number")
    assert [row.action for row in rows] == ["sign-in-refused", "code-refused", "sign-in"]
    assert {(row.country, row.hub) for row in rows} == {("cr", "cr-hub-upala")}


def test_secrets_of_apps_are_not_readable_in_the_database(cast, people):
    from allauth.mfa.models import Authenticator

    people("luis", with_app=True)
    assert secret_of_app("luis@example.org") not in str(Authenticator.objects.values_list("data", flat=True))
