"""A machine whose clock was ahead: what was queued or tried then goes out as soon as the clock is right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels import outbox
from ventanilla.channels.contract import Content
from ventanilla.channels.models import Channel, Outbound
from ventanilla.privacy.sealing import new_key

from .conformance import a_hub

AHEAD = timedelta(hours=20)
State = Outbound.State


@pytest.fixture
def queued(db):
    hub = a_hub()
    line = Channel(
        kind="web", country=hub.country_id, hub=hub, name="web", state=Channel.State.OPEN,
        sealed_under=new_key(scope=f"hub:{hub.ref}"), created_at=timezone.now(),
    )  # fmt: skip
    line.secrets = {}
    line.save(force_insert=True)
    return outbox.queue(
        channel=line, to="x", content=Content(text="Hola"), key=line.sealed_under, at=timezone.now() + AHEAD
    )


def test_what_was_queued_by_a_clock_ahead_does_not_wait_for_that_hour(queued):
    assert outbox.deliver_waiting(now=timezone.now) == 0
    outbox.release_abandoned(at=timezone.now())
    assert outbox.deliver_waiting(now=timezone.now) == 1
    queued.refresh_from_db()
    assert queued.state == State.SENT


def test_what_was_being_sent_by_a_clock_ahead_is_decided_about(queued):
    Outbound.objects.update(state=State.SENDING, claimed_at=timezone.now() + AHEAD, attempts=1)
    assert outbox.release_abandoned(at=timezone.now()) == 1
    queued.refresh_from_db()
    assert queued.state != State.SENDING


def test_what_waits_for_its_next_try_goes_on_waiting(queued):
    at = timezone.now()
    Outbound.objects.update(queued_at=at, claimed_at=at, next_attempt_at=at + timedelta(hours=3))
    outbox.release_abandoned(at=at)
    assert outbox.deliver_waiting(now=timezone.now) == 0
