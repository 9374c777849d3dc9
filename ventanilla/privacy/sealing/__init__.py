"""Sealing: AES-256-GCM under a key per holder, keys apart from data, erasing by destroying keys."""

from .cipher import NotGenuine
from .destruction import destroy_key, verify
from .digests import digest, is_digest_of
from .fields import SealedJSON, SealedModel, SealedText
from .keys import KeyDestroyed, KeyMissing, lay_in, new_key, open_keys

__all__ = [
    "KeyDestroyed",
    "KeyMissing",
    "NotGenuine",
    "SealedJSON",
    "SealedModel",
    "SealedText",
    "destroy_key",
    "digest",
    "is_digest_of",
    "lay_in",
    "new_key",
    "open_keys",
    "verify",
]
