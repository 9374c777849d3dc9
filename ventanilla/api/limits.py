"""How many requests one address may make, without keeping any address.

Addresses are known only as a hash under a key that is drawn at random each day and forgotten the next.
"""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from ventanilla.lib.rate import Buckets, Rate, window_wait

# Generous: a whole shelter or school may stand behind one address.
_TWO_DAYS = 172_800
_local_key = secrets.token_hex(32)


def rate() -> Rate | None:
    """The rate of the setting API_RATE, a third of it at once; None where it is 0 (no limit)."""
    per_minute = settings.API_RATE
    return Rate(per_minute, max(1, per_minute // 3)) if per_minute else None


@lru_cache(maxsize=4)
def _buckets(rate: Rate) -> Buckets:
    return Buckets(rate)


def seconds_to_wait(request: HttpRequest, *, now: float) -> float:
    """Count this request; returns how long its sender has to wait, 0 where it is let through.

    `now` is in POSIX seconds. The bucket is this process's; the counter of the minute is shared by all.
    """
    allowed = rate()
    if allowed is None:
        return 0.0
    key = _hashed(sender(request), now)
    return _buckets(allowed).wait(key, now=now) or _shared_wait(key, allowed, now)


def _shared_wait(key: str, allowed: Rate, now: float) -> float:
    name = f"api-rate:{int(now // 60)}:{key}"
    try:
        cache.add(name, 0, 120)
        count = cache.incr(name)
    except (ValueError, RedisError):  # it ran out between the two lines, or the cache is away
        return 0.0
    return window_wait(count, allowed, now=now)


def _hashed(address: str, now: float) -> str:
    key = _daily_key(datetime.fromtimestamp(now, UTC).date().isoformat())
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]


def _daily_key(day: str) -> str:
    try:
        return cache.get_or_set(f"api-rate-key:{day}", lambda: secrets.token_hex(32), _TWO_DAYS) or _local_key
    except RedisError:
        return _local_key


def sender(request: HttpRequest) -> str:
    """The address to count: behind a trusted proxy the one it names last; of IPv6 the network of a home."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXY:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR", said)).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
