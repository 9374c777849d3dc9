"""How long each chain of the access log was, noted outside the database now and then.

One line of JSON each in access-log.jsonl beside the keys, and one event in the log of the server: country,
count, MAC. Whoever can write to the database alone cannot take those back.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

logger = logging.getLogger("ventanilla.privacy.access_log")

EVERY = 20


@dataclass(frozen=True, slots=True)
class Anchor:
    """A chain of `country` ("" for the network) had `count` entries, the last of them with this MAC."""

    country: str
    count: int
    mac: str
    at: datetime


def is_due(count: int) -> bool:
    """Whether a chain that has grown to this length should be noted: at the first entry and every EVERY."""
    return count % EVERY == 1


def write(anchor: Anchor) -> None:
    """Note it. A disk that refuses stops nobody's work, and is reported."""
    line = {"country": anchor.country, "count": anchor.count, "mac": anchor.mac, "at": anchor.at.isoformat()}
    extra = {"chain": anchor.country or "network", "count": anchor.count, "mac": anchor.mac}
    logger.info("Access log anchored", extra=extra)
    try:
        _append(json.dumps(line))
    except OSError:
        logger.exception("Access log could not be anchored", extra=extra)


def _append(line: str) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One short write at the end of the file is whole even when several processes do it.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as opened:
        opened.write(line.encode() + b"\n")


def read() -> Iterator[Anchor]:
    """Every anchor of this machine, oldest first; a line that was cut short is passed over."""
    try:
        lines = _path().read_text().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
            yield Anchor(row["country"], row["count"], row["mac"], datetime.fromisoformat(row["at"]))
        except (ValueError, KeyError, TypeError):
            continue


def _path() -> Path:
    return settings.KEYS_ROOT / "access-log.jsonl"
