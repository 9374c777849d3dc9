"""Whoever sees a person's words needs a second factor, at once; a lost one is restored in person."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ventanilla.accounts.models import StaffSession
from ventanilla.accounts.testing import sign_in
from ventanilla.hubs.models import Hub, Membership, Role
from ventanilla.privacy.models import AccessEntry

from .people import PASSWORD, first_step, new_code

pytestmark = pytest.mark.django_db
SET_UP = "/console/second-factor/"


def signed_in(name):
    client = Client()
    assert first_step(client, f"{name}@example.org").status_code == 302
    return client


@pytest.mark.parametrize("name", ["luis", "carmen", "root"])
def test_without_a_second_factor_nothing_opens_but_its_set_up(cast, people, hotline, name):
    people(name)
    client = signed_in(name)
    for address in (
        "/console/", "/console/facts/", f"/console/facts/{hotline.ref}/", "/console/staff/",
        "/console/pages/",
        "/console/security/", "/console/account/", "/console/documents/1/x.pdf", "/console/undertaking/",
    ):  # fmt: skip
        assert client.get(address).url == SET_UP, address
    assert client.post(f"/console/facts/{hotline.ref}/confirm/").url == SET_UP
    assert client.get("/console/", headers={"sec-fetch-mode": "cors"}).status_code == 403
    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize("name", ["elena", "oscar", "rosa", "daniel"])
def test_roles_that_see_no_words_of_people_need_none(cast, people, name):
    people(name)
    assert signed_in(name).get("/console/").status_code == 200


def test_a_role_that_is_given_later_asks_for_it_at_the_next_step(cast, people):
    elena = people("elena")
    client = signed_in("elena")
    assert client.get("/console/").status_code == 200
    Membership.objects.create(user=elena, role=Role.ADVISER, hub=Hub.objects.get(ref="cr-hub-upala"))
    assert client.get("/console/").url == SET_UP


def secret_on(html):
    return re.search(r'id="secret">([A-Z2-7]+)<', html)[1]


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


def test_an_app_is_set_up_and_then_everything_opens(cast, people, commits):
    people("luis")
    client = signed_in("luis")
    page = client.get(reverse("mfa_activate_totp"))
    secret = secret_on(page.text)
    assert secret not in str(dict(client.session))
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert secret_on(wrong.text) == secret, "a mistyped code does not change the secret"
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<code[^>]*>\d{8}</code>", client.get(done.url).text)) == 10
    assert client.get("/console/").status_code == 200
    assert Authenticator.objects.filter(type="totp").count() == 1
    assert [message.to for message in mail.outbox] == [["luis@example.org"]]
    assert "factor" in mail.outbox[0].body


def test_setting_one_up_signs_out_other_browsers(cast, people, commits):
    people("luis")
    other, client = signed_in("luis"), signed_in("luis")
    secret = secret_on(client.get(reverse("mfa_activate_totp")).text)
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert other.get("/console/").url.startswith("/console/login/")


def test_a_session_that_came_in_past_the_second_step_reaches_nothing(cast, people):
    luis = people("luis", with_app=True)
    client = Client()
    client.force_login(luis)
    assert client.get("/console/").url.startswith("/console/login/")
    assert not StaffSession.objects.filter(user=luis).exists()


def test_the_last_second_factor_of_who_needs_one_stays(cast):
    page = cast.luis.get(reverse("mfa_deactivate_totp"))
    assert "errorlist" in page.text
    cast.luis.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.user("luis"), type="totp").exists()


def test_who_needs_none_may_take_it_away(cast, people):
    people("elena", with_app=True)
    client = signed_in("elena")
    client.post("/console/login/second-step/", {"code": new_code("elena@example.org")})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=cast.user("elena")).exists()


def test_changing_how_to_sign_in_asks_again_after_a_while(cast, people, time_machine, settings):
    settings.LOCK_MINUTES = 0
    people("elena", with_app=True)
    client = signed_in("elena")
    client.post("/console/login/second-step/", {"code": new_code("elena@example.org")})
    assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200
    time_machine.move_to(timezone.now().timestamp() + 700)
    asked = client.get(reverse("mfa_generate_recovery_codes"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    done = client.post(asked.url, {"password": PASSWORD})
    assert done.url == reverse("mfa_generate_recovery_codes")
    assert client.get(done.url).status_code == 200


def row_of(cast, name):
    return cast.user(name).memberships.get().pk


def test_a_coordinator_restores_a_colleague_who_lost_the_telephone(cast, people, commits):
    luis = people("luis", with_app=True)
    inside = Client()
    sign_in(inside, luis)
    carmen = people("carmen", with_app=True)
    client = signed_in("carmen")
    client.post("/console/login/second-step/", {"code": new_code("carmen@example.org")})
    page = client.get(reverse("console:staff")).text
    address = reverse("console:reset_factor", args=[row_of(cast, "luis")])
    assert address in page
    assert client.get(address).status_code == 200
    assert client.post(address).url == reverse("console:staff")
    assert not Authenticator.objects.filter(user=luis).exists()
    assert inside.get("/console/").status_code == 302
    assert mail.outbox[-1].to == ["luis@example.org"]
    entry = AccessEntry.objects.get(action="factor-reset")
    assert (entry.by, entry.ref, entry.hub) == (carmen, str(luis.pk), "cr-hub-upala")
    assert signed_in("luis").get("/console/").url == SET_UP


def test_restoring_somebody_asks_who_does_it_for_the_password(cast, time_machine, settings):
    settings.LOCK_MINUTES = 0
    address = reverse("console:reset_factor", args=[row_of(cast, "luis")])
    assert cast.carmen.get(address).status_code == 200
    time_machine.move_to(timezone.now().timestamp() + 700)
    assert cast.carmen.post(address).url.startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("who", ["luis", "elena", "oscar", "marie", "nadie"])
def test_nobody_else_restores_a_colleague(cast, who):
    address = reverse("console:reset_factor", args=[row_of(cast, "carmen")])
    client = getattr(cast, who)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code in (302, 404)
    cast.carmen.get("/console/")
    assert Authenticator.objects.filter(user=cast.user("carmen")).exists()


def test_a_coordinator_does_not_restore_somebody_who_holds_more_elsewhere(cast):
    luis = cast.user("luis")
    Membership.objects.create(user=luis, role=Role.COORDINATOR, hub=Hub.objects.get(ref="cr-hub-upala"))
    mine = luis.memberships.get(role=Role.ADVISER)
    assert cast.carmen.get(reverse("console:reset_factor", args=[mine.pk])).status_code == 404


def test_a_passkey_that_the_browser_did_not_make_is_refused(cast, people):
    people("luis")
    client = signed_in("luis")
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    for credential in ("", "{}", "[]", '"x"', '{"id": "x", "type": "public-key", "response": {}}'):
        answer = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
        assert answer.status_code == 200
        assert client.get("/console/").url == SET_UP


@pytest.mark.parametrize("credential", ["", "{}", "[]", '"x"', '{"response": {"userHandle": "MQ"}}'])
def test_signing_in_with_a_made_up_passkey_is_refused(client, credential):
    client.get("/console/login/passkey/", headers={"accept": "application/json"})
    answer = client.post("/console/login/passkey/", {"credential": credential})
    assert answer.status_code in (200, 302)
    assert client.get("/console/").status_code == 302
