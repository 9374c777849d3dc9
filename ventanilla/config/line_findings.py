"""Connections to other machines that anybody between can read."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from .findings import Finding, missing, unsafe

SETTINGS = {"default": "DATABASE_URL", "keys": "KEYS_DATABASE_URL"}
# "prefer", PostgreSQL's own default, goes on without encryption when somebody between asks for that.
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


def findings_of_lines(at: datetime) -> Iterator[Finding]:
    """Databases, Valkey and the virus scanner, where they are on another machine."""
    if settings.DEMO:
        return
    for alias, setting in SETTINGS.items():
        if not _is_safe_database(settings.DATABASES[alias]):
            yield unsafe(
                f"{setting} leads to another machine without encryption.",
                f"Add ?sslmode=verify-full and sslrootcert=FILE to {setting}; at the least ?sslmode=require.",
            )
    if settings.VALKEY_URL and not _is_safe_valkey(settings.VALKEY_URL):
        yield unsafe(
            "VALKEY_URL leads to another machine without encryption.",
            "Let it start with rediss:// and give the server a certificate.",
        )
    if settings.CLAMAV and not is_here(settings.CLAMAV.rpartition(":")[0]):
        yield missing(
            "Files go to the virus scanner of another machine without encryption.",
            "Run clamd on this machine, or lead its port through a tunnel.",
        )


def is_here(host: str) -> bool:
    """Whether an address is this machine: a socket, no host at all, or the loopback interface."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_safe_database(found: dict[str, Any]) -> bool:
    if not found["ENGINE"].endswith("postgresql"):
        return True
    options = found.get("OPTIONS", {})
    host = options.get("host") or found["HOST"]
    return is_here(host) or options.get("sslmode") in ENCRYPTED


def _is_safe_valkey(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("rediss", "unix") or is_here(parts.hostname or "")
