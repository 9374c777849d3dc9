"""The master key: the one secret that is never in a database.

A key management service takes its place through `KEY_MASTER`, the dotted path of a class with `id`, `known`,
`wrap` and `unwrap` as below; only scope keys, a few per hub, ever pass through it.
"""

import base64
import binascii
from functools import cache
from hashlib import blake2b
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from . import cipher


class Master(Protocol):
    """What wraps scope keys. `id` names the key in use and changes with it; `known` names all that unwrap."""

    @property
    def id(self) -> str: ...

    @property
    def known(self) -> frozenset[str]: ...

    def wrap(self, key: bytes, *, at: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, *, at: bytes, master_id: str) -> bytes:
        """Raises UnknownMaster when the key that wrapped it is not here, NotGenuine when it was changed."""
        ...


class UnknownMaster(Exception):
    """A scope key is wrapped by a master key that is not in the settings."""


class FromSettings:
    """MASTER_KEY wraps; MASTER_KEY and MASTER_KEY_FORMER unwrap."""

    def __init__(self) -> None:
        keys = [decode(text) for text in (settings.MASTER_KEY, settings.MASTER_KEY_FORMER) if text]
        if not keys:
            raise ImproperlyConfigured(
                "Set MASTER_KEY, for instance to what this prints: ventanilla keys new-master"
            )
        self._keys = {key_id(key): key for key in keys}
        self.id, self.known = key_id(keys[0]), frozenset(self._keys)

    def wrap(self, key: bytes, *, at: bytes) -> bytes:
        return cipher.seal(cipher.cipher(self._keys[self.id]), key, at=at)

    def unwrap(self, wrapped: bytes, *, at: bytes, master_id: str) -> bytes:
        if master_id not in self._keys:
            raise UnknownMaster(master_id)
        return cipher.unseal(cipher.cipher(self._keys[master_id]), wrapped, at=at)


def decode(text: str) -> bytes:
    """The 32 bytes of a master key in base64. Raises ImproperlyConfigured without repeating it."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != cipher.KEY_BYTES:
        raise ImproperlyConfigured("A master key is 32 bytes in base64: ventanilla keys new-master makes one")
    return key


def encode(key: bytes) -> str:
    return base64.b64encode(key).decode()


def key_id(key: bytes) -> str:
    """A name for a key that tells nothing about it."""
    return blake2b(key, digest_size=8, person=b"vent-master-id").hexdigest()


@cache
def master() -> Master:
    """The master key of this process."""
    made: Master = import_string(settings.KEY_MASTER)()
    return made
