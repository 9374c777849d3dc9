"""Token buckets: a steady rate with room for a burst. Time comes in, so that tests and callers choose it."""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """How many per minute in the long run, and how many at once after a rest."""

    per_minute: int
    burst: int

    @property
    def per_second(self) -> float:
        return self.per_minute / 60


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens that were left at a moment (seconds of any clock that only goes forward)."""

    tokens: float
    at: float


def take(bucket: Bucket | None, rate: Rate, *, now: float) -> tuple[Bucket, float]:
    """Take one token. Returns the bucket as it is then and the seconds to wait, 0 where it was granted."""
    tokens, since = (bucket.tokens, bucket.at) if bucket else (float(rate.burst), now)
    # A clock set back must neither give nor take.
    tokens = min(float(rate.burst), tokens + max(0.0, now - since) * rate.per_second)
    # Sums of many small refills end a hair below the whole.
    if tokens >= 1 - 1e-9:
        return Bucket(tokens - 1, now), 0.0
    return Bucket(tokens, now), (1 - tokens) / rate.per_second


class Buckets:
    """The buckets of many keys in this process; the longest unused ones go first. Safe between threads."""

    def __init__(self, rate: Rate, *, most: int = 20_000) -> None:
        self._rate = rate
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, *, now: float) -> float:
        """Take one token of this key; returns the seconds to wait, 0 where it was granted."""
        with self._lock:
            bucket, seconds = take(self._buckets.get(key), self._rate, now=now)
            self._buckets[key] = bucket
            self._buckets.move_to_end(key)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
            return seconds

    def __len__(self) -> int:
        return len(self._buckets)


def window_wait(count: int, rate: Rate, *, now: float) -> float:
    """For counters that several processes share: seconds to the next minute once this one is used up."""
    if count <= rate.per_minute + rate.burst:
        return 0.0
    return 60 - math.fmod(now, 60)
