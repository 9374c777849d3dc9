"""Token buckets: bursts are let through, floods wait, and a clock set back harms nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.lib.rate import Bucket, Buckets, Rate, take, window_wait

RATE = Rate(per_minute=60, burst=3)


def test_a_burst_passes_and_then_one_waits():
    buckets = Buckets(RATE)
    assert [buckets.wait("a", now=0) for _ in range(3)] == [0, 0, 0]
    assert buckets.wait("a", now=0) == pytest.approx(1)
    assert buckets.wait("a", now=0.25) == pytest.approx(0.75)
    assert buckets.wait("a", now=1) == 0


def test_each_key_has_its_own_bucket():
    buckets = Buckets(Rate(60, 1))
    assert buckets.wait("a", now=0) == 0
    assert buckets.wait("b", now=0) == 0
    assert buckets.wait("a", now=0) > 0


def test_rest_fills_the_bucket_no_higher_than_the_burst():
    bucket, _wait = take(None, RATE, now=0)
    bucket, _wait = take(bucket, RATE, now=10_000)
    assert bucket.tokens == 2


def test_a_clock_set_back_neither_gives_nor_takes():
    bucket, wait = take(Bucket(tokens=1, at=100), RATE, now=50)
    assert (bucket.tokens, wait) == (0, 0)
    assert take(bucket, RATE, now=50)[1] == pytest.approx(1)


def test_the_longest_unused_keys_are_forgotten():
    buckets = Buckets(RATE, most=2)
    for key in "abc":
        buckets.wait(key, now=0)
    assert len(buckets) == 2


@given(st.lists(st.floats(0, 120), max_size=200))
def test_no_minute_lets_through_more_than_its_rate_and_the_burst(moments):
    buckets = Buckets(RATE)
    granted = [moment for moment in sorted(moments) if not buckets.wait("a", now=moment)]
    for start in granted:
        assert len([moment for moment in granted if start <= moment < start + 60]) <= 60 + 3


@given(st.floats(0, 1e9))
def test_the_wait_that_is_named_is_enough(now):
    buckets = Buckets(Rate(60, 1))
    buckets.wait("a", now=now)
    assert buckets.wait("a", now=now + buckets.wait("a", now=now) + 0.001) == 0


def test_a_shared_counter_waits_for_the_next_minute():
    assert window_wait(63, RATE, now=90) == 0
    assert window_wait(64, RATE, now=90) == 30
