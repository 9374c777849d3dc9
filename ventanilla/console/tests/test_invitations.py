"""A colleague is invited into a role and a place: by who may give it, once, for a week."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ventanilla.accounts.models import Invitation, User
from ventanilla.accounts.testing import sign_in
from ventanilla.hubs.models import Hub, Membership
from ventanilla.privacy.models import AccessEntry

from .people import link_in

pytestmark = pytest.mark.django_db
NEW = {"first_name": "Nora", "last_name": "Salas", "password": "grulla lenta canta verde"}


def offer(**more):
    hub = Hub.objects.get(ref="cr-hub-upala")
    return {"email": "nora@example.org", "role": "adviser", "hub": hub.pk, **more}


def invite(client, **more):
    """Invite, and return the link of the mail."""
    mail.outbox.clear()
    assert client.post(reverse("console:add_staff"), offer(**more)).url == reverse("console:invitations")
    return link_in(mail.outbox[0].body)


def test_an_invited_person_chooses_name_and_password_and_sets_up_a_second_factor(cast):
    link = invite(cast.carmen)
    client = Client()
    first = client.get(link)
    assert first.url == "/console/invitation/", "the secret leaves the address at once"
    page = client.get(first.url).text
    assert "nora@example.org" in page
    assert "Upala" in page
    assert client.post(first.url, NEW).url == "/console/"
    assert client.get("/console/").url == "/console/second-factor/"
    nora = User.objects.get(email="nora@example.org")
    assert (nora.get_full_name(), nora.is_superuser) == ("Nora Salas", False)
    assert nora.memberships.get().hub.ref == "cr-hub-upala"
    assert nora.check_password(NEW["password"])


def test_the_mail_is_plain_and_names_who_invites(cast):
    carmen = cast.user("carmen")
    carmen.last_name = "Ríos"
    carmen.save()
    invite(cast.carmen)
    sent = mail.outbox[0]
    assert "Carmen Ríos" in sent.body
    assert sent.alternatives == []
    assert link_in(sent.body, whole=True).startswith("https://hub.example/console/invitation/")


def test_the_database_holds_no_secret_of_a_link(cast):
    secret = invite(cast.carmen).rstrip("/").rsplit("/", 1)[1]
    assert secret not in str(Invitation.objects.values_list())


def test_a_link_works_once(cast):
    link = invite(cast.carmen)
    client, other = Client(), Client()
    client.get(link)
    other.get(link)
    client.post("/console/invitation/", NEW)
    late = other.post("/console/invitation/", {**NEW, "first_name": "Eva"})
    assert late.status_code == 404
    assert User.objects.get(email="nora@example.org").first_name == "Nora"


def test_a_link_ends_after_a_week(cast, time_machine, settings):
    settings.LOCK_MINUTES = 0
    link = invite(cast.carmen)
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    client = Client()
    client.get(link)
    assert client.get("/console/invitation/").status_code == 404


@pytest.mark.parametrize("secret", ["x", "x" * 43, "%00"])
def test_a_made_up_link_opens_nothing(client, secret):
    client.get(f"/console/invitation/{secret}/")
    assert client.get("/console/invitation/").status_code == 404


def test_an_invitation_taken_back_opens_nothing(cast):
    link = invite(cast.carmen)
    row = Invitation.objects.get()
    assert "nora@example.org" in cast.carmen.get(reverse("console:invitations")).text
    cast.carmen.post(reverse("console:revoke_invitation", args=[row.pk]))
    assert "nora@example.org" not in cast.carmen.get(reverse("console:invitations")).text
    client = Client()
    client.get(link)
    assert client.get("/console/invitation/").status_code == 404


def test_a_second_invitation_to_the_same_role_replaces_the_first(cast):
    first, second = invite(cast.carmen), invite(cast.carmen)
    for link, status in ((first, 404), (second, 200)):
        client = Client()
        client.get(link)
        assert client.get("/console/invitation/").status_code == status


def test_an_invitation_ends_with_the_right_of_who_invited(cast):
    link = invite(cast.carmen)
    cast.user("carmen").memberships.all().delete()
    client = Client()
    client.get(link)
    assert client.post("/console/invitation/", NEW).status_code == 404
    assert not User.objects.filter(email="nora@example.org").exists()


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("carmen", {"role": "national", "hub": "", "country": "cr"}),
        ("carmen", {"role": "coordinator"}),
        ("daniel", {"role": "national", "hub": "", "country": "cr"}),
        ("daniel", {"role": "regional", "hub": ""}),
        ("marie", {}),
    ],
)
def test_nobody_invites_into_more_than_they_may_give(cast, name, more):
    assert getattr(cast, name).post(reverse("console:add_staff"), offer(**more)).status_code == 200
    assert not Invitation.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("name", ["luis", "elena", "oscar"])
def test_who_gives_no_roles_invites_nobody(cast, name):
    for address in (reverse("console:add_staff"), reverse("console:invitations")):
        assert getattr(cast, name).get(address).status_code == 404


def test_a_neighbour_neither_sees_nor_takes_back_an_invitation(cast):
    invite(cast.carmen)
    row = Invitation.objects.get()
    assert "nora@example.org" not in cast.marie.get(reverse("console:invitations")).text
    assert cast.marie.post(reverse("console:revoke_invitation", args=[row.pk])).status_code == 404
    assert Invitation.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "password", ["short", "password123456", "qwertyqwerty", "123456789012", "nora@example.org"]
)
def test_a_weak_password_is_refused(cast, password):
    client = Client()
    client.get(invite(cast.carmen))
    assert client.post("/console/invitation/", {**NEW, "password": password}).status_code == 200
    assert not User.objects.filter(email="nora@example.org").exists()
    assert Invitation.objects.get().accepted_at is None


def test_who_has_an_account_gets_the_role_added_after_signing_in(cast):
    link = invite(cast.carmen, email="elena@example.org")
    elena = cast.user("elena")
    stranger = Client()
    stranger.get(link)
    page = stranger.get("/console/invitation/").text
    assert "/console/login/?next=/console/invitation/" in page
    assert stranger.post("/console/invitation/", NEW).status_code == 200
    assert not elena.memberships.filter(role="adviser").exists()
    client = Client()
    sign_in(client, elena)
    client.get(link)
    assert client.post("/console/invitation/").url == "/console/"
    assert elena.memberships.filter(role="adviser").exists()
    elena.refresh_from_db()
    assert elena.first_name == "Elena"


def test_somebody_elses_session_does_not_accept(cast):
    link = invite(cast.carmen, email="elena@example.org")
    cast.user("elena")
    cast.oscar.get(link)
    assert cast.oscar.post("/console/invitation/").status_code == 200
    assert not Membership.objects.filter(user=cast.user("oscar"), role="adviser").exists()


def test_inviting_and_accepting_stand_in_the_access_log(cast):
    link = invite(cast.carmen)
    client = Client()
    client.get(link)
    client.post("/console/invitation/", NEW)
    actions = AccessEntry.objects.filter(hub="cr-hub-upala").order_by("number")
    assert [row.action for row in actions if row.kind != "session"][:2] == ["invited", "role-given"]
    assert "nora@" not in str(list(actions.values_list("ref", "kind", "action")))


def test_where_no_mail_leaves_the_link_is_shown_once_to_be_handed_over(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = cast.carmen.post(reverse("console:add_staff"), offer())
    link = link_in(page.text.split("<code>")[1].split("</code>")[0])
    assert link not in cast.carmen.get(reverse("console:invitations")).text
    client = Client()
    client.get(link)
    assert client.get("/console/invitation/").status_code == 200


def test_a_mail_that_does_not_go_out_is_told_and_leaves_no_invitation(cast, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = cast.carmen.post(reverse("console:add_staff"), offer())
    assert answer.status_code == 200
    assert not Invitation.objects.exists()
    assert "nora" not in caplog.text
