"""Setting up a channel: nothing opens before it is complete and its assessment is signed."""

import pytest
from django.utils import timezone

from ventanilla.accounts.testing import sign_in
from ventanilla.channels import running
from ventanilla.channels.models import Channel, Template
from ventanilla.enquiries.tests.factories import a_hub, a_user
from ventanilla.hubs.models import Role
from ventanilla.privacy.assessments import all_assessments, needed
from ventanilla.privacy.models import ChannelAssessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub():
    return a_hub()


@pytest.fixture
def coordinator(client, hub):
    user = a_user(Role.COORDINATOR, hub=hub)
    sign_in(client, user)
    return user


@pytest.fixture
def channel(client, coordinator, hub):
    client.post("/console/channels/", {"kind": "whatsapp", "hub": hub.ref, "name": "WhatsApp de Upala"})
    return Channel.objects.get()


def signed(kind, hub, by):
    assessment = all_assessments()[kind]
    for capacity in needed(assessment):
        ChannelAssessment.objects.create(
            kind=kind, version=assessment.version, country=hub.country_id, hub=hub.ref, signed_as=capacity,
            signed_by=by, signed_at=timezone.now(),
        )  # fmt: skip


def filled(channel):
    return {setting.name: f"x-{setting.name}" for setting in channel.speaks.settings if setting.is_required}


def deed(client, channel, what):
    answer = client.post(f"/console/channels/{channel.pk}/{what}/", follow=True)
    channel.refresh_from_db()
    return answer.content.decode()


def test_it_opens_only_when_complete_and_assessed(client, channel, hub, coordinator):
    assert channel.state == Channel.State.DRAFT
    deed(client, channel, "open")
    assert channel.state == Channel.State.DRAFT
    client.post(f"/console/channels/{channel.pk}/", filled(channel))
    page = deed(client, channel, "open")
    assert channel.state == Channel.State.DRAFT
    assert "impact assessment" in page or "evaluación" in page
    signed("whatsapp", hub, coordinator)
    deed(client, channel, "open")
    assert channel.state == Channel.State.OPEN
    deed(client, channel, "pause")
    assert channel.state == Channel.State.PAUSED
    deed(client, channel, "close")
    deed(client, channel, "open")
    assert channel.state == Channel.State.CLOSED


def test_a_secret_is_kept_sealed_and_never_shown_again(client, channel):
    secret = next(setting.name for setting in channel.speaks.settings if setting.is_secret)
    client.post(f"/console/channels/{channel.pk}/", filled(channel) | {secret: "muy-secreto"})
    assert "muy-secreto" not in client.get(f"/console/channels/{channel.pk}/").content.decode()
    kept = Channel.objects.get()
    assert kept.secret(secret) == "muy-secreto"
    client.post(f"/console/channels/{channel.pk}/", filled(channel) | {secret: ""})
    assert Channel.objects.get().secret(secret) == "muy-secreto"


def test_a_template_is_kept_once_a_language(client, channel):
    values = {"name": "reminder", "language": "es", "body": "Hola {{1}}"}
    client.post(f"/console/channels/{channel.pk}/templates/", values)
    client.post(f"/console/channels/{channel.pk}/templates/", values | {"is_approved": "on"})
    assert Template.objects.get().is_approved
    client.post(f"/console/channels/{channel.pk}/templates/", {"name": "no good"})
    assert Template.objects.count() == 1


def test_channels_of_other_hubs_are_not_there(client, coordinator):
    other = running.set_up(kind="web", hub=a_hub("cr-hub-limon"), name="Chat", at=timezone.now())
    assert client.get(f"/console/channels/{other.pk}/").status_code == 404
    assert (
        "Chat" not in client.get("/console/channels/").content.decode().split("<main")[-1].split("<form")[0]
    )


@pytest.mark.parametrize("kind", sorted(all_assessments()))
def test_every_kind_has_its_risk_card(client, coordinator, kind):
    assert client.get(f"/console/channels/kinds/{kind}/").status_code == 200


def test_an_adviser_sets_up_nothing(client, hub):
    sign_in(client, a_user(hub=hub))
    assert client.get("/console/channels/").status_code == 404
