"""Kinds without hooks: who cannot get in says so, changed settings begin anew, parts wait for each other."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels import intake, loops, parts
from ventanilla.channels.contract import Arrived, ChannelKind, Parsed, Part, Problem, SendRefused, kinds
from ventanilla.channels.models import Channel, Correspondence, Inbound
from ventanilla.channels.tests.conformance import a_hub
from ventanilla.privacy.assessments import all_assessments
from ventanilla.privacy.sealing import new_key

pytestmark = pytest.mark.django_db
PERSON = "+50688887777"


class Ear(ChannelKind):
    """Is refused the first time, then hears one message."""

    code = "ear"
    name = "Ear"
    listens = True

    def __init__(self):
        self.tries = 0

    def listen(self, channel, hand_over, stopped):
        self.tries += 1
        if self.tries == 1:
            raise SendRefused(Problem.NOT_ALLOWED)
        hand_over(Parsed(messages=(said("hola"),)))


@pytest.fixture
def channel(monkeypatch):
    monkeypatch.setitem(kinds, "ear", Ear())
    hub = a_hub()
    channel = Channel(
        kind="ear", country="cr", hub=hub, name="Ear", state=Channel.State.OPEN, config={"host": "a"},
        sealed_under=new_key(scope=f"hub:{hub.ref}"), created_at=timezone.now(),
    )  # fmt: skip
    channel.secrets = {"password": "a"}
    channel.save()
    return channel


def said(text, *, ref="m-1", part=None):
    return Arrived(external_id=ref, sender=PERSON, at=timezone.now(), text=text, part=part)


def filed():
    """What one round of filing brought to a desk."""
    texts = []
    intake.filers["desk-of-this-test"] = lambda row, message: texts.append(message.text)
    try:
        intake.file_waiting(at=timezone.now())
    finally:
        del intake.filers["desk-of-this-test"]
    return texts


def receive(channel, *messages):
    intake.receive(channel=channel, parsed=Parsed(messages=messages), at=timezone.now())


def piece(text, number, *, of=2):
    return said(text, ref=f"part-{number}-{text}", part=Part("whole", number, of))


def test_the_coordinator_sees_why_nothing_is_heard_until_something_is(channel, monkeypatch):
    # As Django's own test client does: what a test has done is rolled back over this one connection.
    monkeypatch.setattr(loops, "close_old_connections", lambda: None)
    loops._listen_once(channel, threading.Event())
    assert Channel.objects.get(pk=channel.pk).problem == Problem.NOT_ALLOWED
    loops._listen_once(channel, threading.Event())
    assert Channel.objects.get(pk=channel.pk).problem == ""
    assert Inbound.objects.count() == 1


def test_a_changed_setting_or_secret_begins_a_new_connection(channel):
    same = Channel.objects.get(pk=channel.pk)
    assert not loops._is_changed(channel, same)
    same.config = {"host": "b"}
    assert loops._is_changed(channel, same)
    same = Channel.objects.get(pk=channel.pk)
    same.secrets = {"password": "b"}
    assert loops._is_changed(channel, same)


def test_parts_are_filed_once_and_leave_nothing_behind(channel):
    receive(channel, piece("dos", 2))
    assert filed() == []
    assert not Inbound.objects.waiting(at=timezone.now()).exists()
    receive(channel, piece("uno ", 1))
    assert filed() == ["uno dos"]
    assert filed() == []
    assert not Inbound.objects.filter(payload__isnull=False).exists()


def test_a_part_that_comes_after_the_others_were_given_up_is_not_lost(channel):
    receive(channel, piece("uno ", 1))
    Inbound.objects.update(received_at=timezone.now() - parts.PATIENCE, retry_at=None)
    assert filed() == [f"uno {parts.GAP}"]
    receive(channel, piece("dos", 2))
    assert filed() == []
    Inbound.objects.filter(filed_at=None).update(received_at=timezone.now() - parts.PATIENCE, retry_at=None)
    assert filed() == [f"{parts.GAP}dos"]


def test_parts_whose_time_is_over_are_filed_once(channel):
    receive(channel, piece("uno ", 1, of=3), piece("dos", 2, of=3))
    Inbound.objects.update(received_at=timezone.now() - parts.PATIENCE, retry_at=None)
    assert filed() == [f"uno dos{parts.GAP}"]
    assert not Inbound.objects.filter(attempts__gt=0).exists()


def test_only_the_part_that_came_first_files_the_others(channel):
    receive(channel, piece("uno ", 1), piece("dos", 2))
    second = Inbound.objects.order_by("received_at", "pk").last()
    assert not intake.file_one(second, at=timezone.now())
    assert filed() == ["uno dos"]


def test_half_a_character_of_somebodys_program_stops_nothing(channel):
    receive(channel, said("hola \ud83d"))
    assert filed() == ["hola \ufffd"]


def test_whoever_said_stop_and_writes_again_is_answered(channel):
    receive(channel, said("hola"))
    person = Correspondence.objects.get()
    person.stopped_at = timezone.now() - timedelta(minutes=1)
    person.save()
    receive(channel, said("¿sigue ahí?", ref="m-2"))
    person.refresh_from_db()
    assert (person.stopped_at, person.opted_in_at) == (None, None)
    assert [line.how for line in person.opt_ins.all()] == ["wrote-again"]


def test_every_kind_has_an_impact_assessment():
    assert {kind.assessed_as() for kind in kinds.values()} <= set(all_assessments())
