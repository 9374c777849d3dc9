"""Waits grow for whoever guesses, end by themselves, and keep nobody out for long."""

from datetime import UTC, datetime, timedelta

import pytest

from ventanilla.accounts import throttle
from ventanilla.accounts.models import Attempts
from ventanilla.accounts.throttle import ACCOUNT, ADDRESS, HERE, TooManyAttempts, Tries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ELENA = Tries("password", "elena@example.org", "192.0.2.1")


def waits(tries, at):
    """Seconds to wait now, 0 where the try was counted."""
    try:
        throttle.begin(tries, at=at)
    except TooManyAttempts as refusal:
        return refusal.seconds
    return 0


def test_five_tries_are_free_and_then_each_waits_twice_as_long():
    at, seen = NOW, []
    for _ in range(10):
        if seconds := waits(ELENA, at):
            seen.append(seconds)
            at += timedelta(seconds=seconds)
            assert waits(ELENA, at) == 0
    assert seen == [2, 4, 8, 16, 32]


def test_no_wait_is_longer_than_its_limit():
    assert [limit.wait(10_000) for limit in (HERE, ACCOUNT, ADDRESS)] == [900, 300, 60]


def test_asking_again_while_waiting_does_not_prolong_it():
    for _ in range(5):
        waits(ELENA, NOW)
    assert [waits(ELENA, NOW) for _ in range(3)] == [2, 2, 2]


def test_the_right_password_forgets_what_was_tried_here():
    for _ in range(4):
        waits(ELENA, NOW)
    throttle.begin(ELENA, at=NOW)
    throttle.succeeded(ELENA)
    assert [waits(ELENA, NOW) for _ in range(5)] == [0] * 5


def test_one_who_may_sign_in_cannot_hide_guesses_at_others_behind_it():
    mine = Tries("password", "mine@example.org", "192.0.2.1")
    for number in range(150):
        waits(Tries("password", f"{number}@example.org", "192.0.2.1"), NOW)
        if waits(mine, NOW) == 0:
            throttle.succeeded(mine)
    assert waits(Tries("password", "next@example.org", "192.0.2.1"), NOW) > 0


def test_guessing_at_one_account_from_everywhere_is_slowed_down_too():
    seen = [waits(Tries("password", "elena@example.org", f"192.0.2.{number}"), NOW) for number in range(60)]
    assert seen[:50] == [0] * 50
    assert all(0 < seconds <= 300 for seconds in seen[50:])


def test_a_hundred_colleagues_behind_one_address_all_come_in():
    for number in range(99):
        person = Tries("password", f"{number}@example.org", "192.0.2.1")
        assert waits(person, NOW) == 0
        assert waits(person, NOW) == 0
        throttle.succeeded(person)
        throttle.succeeded(person)


def test_everything_is_forgotten_after_a_quiet_while():
    for _ in range(9):
        waits(ELENA, NOW)
    assert waits(ELENA, NOW + throttle.FORGOTTEN + timedelta(seconds=1)) == 0
    throttle.forget_old(at=NOW + 3 * throttle.FORGOTTEN)
    assert not Attempts.objects.exists()


def test_keys_tell_neither_account_nor_address():
    waits(ELENA, NOW)
    kept = list(Attempts.objects.values_list("key", flat=True))
    assert all(len(key) == 64 for key in kept)
    assert "elena" not in str(kept)


def test_a_code_is_spent_once_for_each_account():
    assert throttle.spend(account="1", code="123456", at=NOW)
    assert not throttle.spend(account="1", code="123456", at=NOW)
    assert throttle.is_spent(account="1", code="123456")
    assert throttle.spend(account="2", code="123456", at=NOW)
    assert throttle.spend(account="1", code="123456", at=NOW + timedelta(minutes=6))
