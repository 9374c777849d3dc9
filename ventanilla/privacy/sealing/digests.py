"""Keyed digests, by which a value is found again without being readable."""

import hmac
from hashlib import blake2b

from . import cipher, keys


def digest(purpose: str, value: str) -> str:
    """A keyed digest (64 hexadecimal digits) by which a value is found again and cannot be read.

    Equal values of different purposes have nothing in common. The key is in the key store only.
    """
    said = cipher.place([purpose, value])
    return blake2b(said, key=keys.lookup_key("digests"), digest_size=32, person=b"vent-digest").hexdigest()


def is_digest_of(kept: str, purpose: str, value: str) -> bool:
    """Whether `kept` is the digest of the value, compared in constant time."""
    return hmac.compare_digest(kept, digest(purpose, value))
