"""What one entry of the access log costs, and how fast the log is verified; on the database of the settings.

`ventanilla bench access_log [ENTRIES]`. Use an empty DATA_DIR: the entries stay.
"""

import time
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from ventanilla.config.migrating import migrate
from ventanilla.privacy.access_log import record
from ventanilla.privacy.tampering import verify


def main(rest: list[str]) -> dict[str, float]:
    """Microseconds an entry, by the way it is written or read."""
    count = int(rest[0]) if rest else 2_000
    migrate(verbosity=0)
    _one("the first makes the keys")
    with transaction.atomic():
        together = _timed(count, _one)
    with transaction.atomic():
        with_reason = _timed(count, lambda: _one("asked by the person"))
    alone = _timed(count, _one)
    start = time.perf_counter()
    damages = sum(1 for _ in verify())
    checked = (time.perf_counter() - start) / (3 * count + 1) * 1e6
    return {
        "record_us": round(together),
        "record_with_reason_us": round(with_reason),
        "record_in_own_transaction_us": round(alone),
        "verify_us": round(checked, 1),
        "damages": damages,
    }


def _timed(count: int, step) -> float:  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - start) / count * 1e6


def _one(reason: str = "") -> None:
    record(
        by=None,
        action="read",
        kind="enquiry",
        ref=uuid4(),
        country="cr",
        hub="x",
        at=timezone.now(),
        reason=reason,
    )
