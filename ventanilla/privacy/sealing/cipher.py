"""AES-256-GCM over bytes, with where the value belongs as associated data. Primitives: `cryptography`."""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class NotGenuine(Exception):
    """Bytes that were changed, cut, moved to another place, or sealed under another key."""


def fresh_key() -> bytes:
    return os.urandom(KEY_BYTES)


def cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def place(parts: Sequence[str]) -> bytes:
    """Associated data: where a value stands. Lengths are counted in, so that parts cannot be shifted."""
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))


def seal(aes: AESGCM, plain: bytes, *, at: bytes) -> bytes:
    """Version, random nonce of 96 bits, ciphertext and tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + aes.encrypt(nonce, plain, VERSION + at)


def unseal(aes: AESGCM, sealed: bytes, *, at: bytes) -> bytes:
    """The bytes again. Raises NotGenuine."""
    if sealed[:1] != VERSION:
        raise NotGenuine
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return aes.decrypt(nonce, rest, VERSION + at)
    except (InvalidTag, ValueError):
        raise NotGenuine from None
