"""How many requests one sender may make of a kind, without keeping any address.

Addresses are known only as a hash under a key that is drawn at random each day and forgotten the next.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from functools import lru_cache

from django.core.cache import cache
from django.http import HttpRequest

from .rate import Buckets, Rate, window_wait
from .senders import sender

# Generous: a whole shelter or school may stand behind one address.
_TWO_DAYS = 172_800
_local_key = secrets.token_hex(32)


def rate(per_minute: int) -> Rate | None:
    """So many a minute, a third of it at once; None for 0 (no limit)."""
    return Rate(per_minute, max(1, per_minute // 3)) if per_minute else None


@lru_cache(maxsize=16)
def _buckets(purpose: str, rate: Rate) -> Buckets:
    return Buckets(rate)


def seconds_to_wait(request: HttpRequest, *, purpose: str, per_minute: int, now: float) -> float:
    """Count this request; returns how long its sender has to wait, 0 where it is let through.

    `now` is in POSIX seconds. The bucket is this process's; the counter of the minute is shared by all.
    """
    allowed = rate(per_minute)
    if allowed is None:
        return 0.0
    key = _hashed(sender(request), now)
    return _buckets(purpose, allowed).wait(key, now=now) or _shared_wait(f"{purpose}:{key}", allowed, now)


def _shared_wait(key: str, allowed: Rate, now: float) -> float:
    name = f"rate:{int(now // 60)}:{key}"
    try:
        cache.add(name, 0, 120)
        count = cache.incr(name)
    except ValueError:  # it ran out between the two lines
        return 0.0
    except _away():
        return 0.0
    return window_wait(count, allowed, now=now)


def _hashed(address: str, now: float) -> str:
    key = _daily_key(datetime.fromtimestamp(now, UTC).date().isoformat())
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]


def _daily_key(day: str) -> str:
    try:
        return cache.get_or_set(f"rate-key:{day}", lambda: secrets.token_hex(32), _TWO_DAYS) or _local_key
    except _away():
        return _local_key


def _away() -> type[Exception]:
    """What a Valkey raises that is away. Imported only then: the library takes 25 MB, few have one."""
    from redis.exceptions import RedisError

    return RedisError
