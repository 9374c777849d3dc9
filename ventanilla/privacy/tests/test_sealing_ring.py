"""How long an opened key is remembered, and by whom."""

import threading

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from ventanilla.privacy.sealing import KeyDestroyed, keys, new_key
from ventanilla.privacy.sealing.ring import RING_SECONDS, ring
from ventanilla.privacy.sealing.rows import DataKey

pytestmark = pytest.mark.django_db


@task()
def opens_a_key(key_id):
    from uuid import UUID

    keys.key(UUID(key_id))


@pytest.fixture
def clock(monkeypatch):
    """Seconds since the machine was started; the test moves them."""
    seconds = [1000.0]
    monkeypatch.setattr("ventanilla.privacy.sealing.ring.monotonic", lambda: seconds[0])
    return seconds


def destroy_elsewhere(key):
    """As another process would: nothing in this one hears of it."""
    DataKey.objects.filter(pk=key).update(wrapped=None, destroyed_at=timezone.now())


def test_a_key_in_the_ring_costs_nothing(django_assert_num_queries):
    key = new_key(scope="network")
    with django_assert_num_queries(0, using="keys"):
        keys.key(key)


def test_a_request_begins_and_ends_without_keys(client):
    new_key(scope="network")
    client.get(reverse("welcome"))
    assert len(ring) == 0


def test_what_another_process_destroyed_is_gone_after_the_request(client):
    key = new_key(scope="network")
    destroy_elsewhere(key)
    keys.key(key)
    client.get(reverse("welcome"))
    with pytest.raises(KeyDestroyed):
        keys.key(key)


def test_a_long_request_asks_again_after_half_a_minute(clock):
    key = new_key(scope="network")
    destroy_elsewhere(key)
    clock[0] += RING_SECONDS - 1
    keys.key(key)
    clock[0] += 2
    with pytest.raises(KeyDestroyed):
        keys.key(key)


def test_a_thread_that_runs_for_days_does_not_collect_keys(clock):
    for _number in range(5):
        new_key(scope="network")
        clock[0] += RING_SECONDS + 1
    new_key(scope="network")
    assert len(ring) == 1


def test_a_task_ends_without_keys():
    key = new_key(scope="network")
    ring.clear()
    opens_a_key.enqueue(str(key))
    assert len(ring) == 0


def test_no_other_thread_finds_the_key():
    new_key(scope="network")
    found = []
    other = threading.Thread(target=lambda: found.append(len(ring)))
    other.start()
    other.join()
    assert found == [0]
    assert len(ring) == 1
