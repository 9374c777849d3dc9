"""A database from one address, as hosting services give it, the key store, and the cache machines share."""

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# SQLite takes one writer at a time: wait for it instead of failing, and let readers go on (WAL).
_SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}

# What is deleted is overwritten at once: a destroyed key must not stay in free pages of the file. And a key
# is on the disk before anything is sealed under it: a power cut never loses the key of words that are kept.
_KEY_STORE_PRAGMA = "PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;"


def key_store_from_url(url: str) -> dict[str, Any]:
    """The database of keys, from an address like that of the data. Raises ImproperlyConfigured."""
    found = database_from_url(url, setting="KEYS_DATABASE_URL")
    if found["ENGINE"].endswith("sqlite3"):
        # A folder that cannot be made is told by `ventanilla check` and whatever opens the key store.
        with suppress(OSError):
            Path(found["NAME"]).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        found["OPTIONS"]["init_command"] += _KEY_STORE_PRAGMA
    return found


def demo_master_key(folder: Path) -> str:
    """The master key of a demonstration, made once and kept beside its key store."""
    file = folder / "master.key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = base64.b64encode(os.urandom(32))
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as opened:
                opened.write(made)
    return file.read_text().strip()


def shared_cache(url: str, *, secret_key: str, database: dict[str, Any]) -> dict[str, Any]:
    """The cache of all machines that share a database, apart from other installations in the same Valkey.

    Without that a code of an app that somebody used in one installation would be refused in another, where
    somebody has the same number.
    """
    owner = hashlib.sha256(f"{secret_key}\n{database['NAME']}".encode()).hexdigest()[:16]
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": owner,
    }


def database_from_url(url: str, *, setting: str = "DATABASE_URL") -> dict[str, Any]:
    """Read sqlite:///path or postgresql://user:password@host:port/name?option=value.

    Raises ImproperlyConfigured for anything else, without repeating the password.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # Three slashes and a relative path, or four and an absolute one.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": 60,
            "OPTIONS": dict(_SQLITE_OPTIONS),
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(
        f"{setting} starts with {parts.scheme!r}: use sqlite:///path or postgresql://user:password@host/name."
    )
