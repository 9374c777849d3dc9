"""Faults that need no killing: each is played through with the real database and WhatsApp's simulator.

Time is passed in, so that an hour without a provider takes some seconds here.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ventanilla.channels import intake, outbox
from ventanilla.channels.contract import Arrived, Content
from ventanilla.channels.models import Channel, Inbound, Outbound
from ventanilla.privacy.sealing import new_key

MESSAGES = 50
FULL = 200
MARK = "veneno"


def _by_client(channel: Channel, provider: Any) -> None:
    """The provider calls our hook in this process."""
    client = Client(raise_request_exception=False)
    address = reverse("channels:hook", args=[channel.kind, channel.pk])

    def call(*, method: str, query: str, headers: Any, body: bytes) -> int:
        return client.post(address, body, content_type="application/json", headers=headers).status_code

    provider._call = call


def _write(channel: Channel, provider: Any, count: int) -> list[str]:
    """So many people write; returns the ids that were acknowledged."""
    _by_client(channel, provider)
    ids = [f"wamid.fault{number:05}" for number in range(count)]
    return [
        ref
        for number, ref in enumerate(ids)
        if provider.write(f"5068{number:07}", f"Hola {number}", external_id=ref) == 200
    ]


def _queue(channel: Channel, count: int, *, at: datetime) -> None:
    key = new_key(scope=channel.key_scope)
    for number in range(count):
        outbox.queue(channel=channel, to=f"5068{number:07}", content=Content(text="Hola"), key=key, at=at)


def _states(channel: Channel) -> dict[str, int]:
    return dict(Counter(Outbound.objects.filter(channel=channel).values_list("state", flat=True)))


def _twice(provider: Any) -> int:
    return sum(1 for count in Counter(sent.token for sent in provider.sent).values() if count > 1)


def outage(channel: Channel, provider: Any) -> dict[str, Any]:
    """The provider answers 503 for an hour of simulated clock."""
    began = timezone.now()
    _write(channel, provider, MESSAGES)
    _queue(channel, MESSAGES, at=began)
    provider.ways.extend(["down"] * 100_000)
    clock, tries = began, 0
    while (
        clock < began + timedelta(hours=4) and Outbound.objects.unfinished().filter(channel=channel).exists()
    ):
        if clock >= began + timedelta(hours=1):
            provider.ways.clear()
        moment = clock
        tries += outbox.deliver_waiting(now=lambda: moment, limit=1_000)  # noqa: B023 (called here)
        clock += timedelta(minutes=1)
    states = _states(channel)
    return {
        "messages": MESSAGES,
        "tries": tries,
        "all_sent_after_minutes": round((clock - began).total_seconds() / 60) - 1,
        "states": states,
        "taken_twice": _twice(provider),
        "broken": states != {"sent": MESSAGES} or bool(_twice(provider)) or len(provider.sent) != MESSAGES,
    }


def clock(channel: Channel, provider: Any) -> dict[str, Any]:
    """The machine's clock is twenty hours ahead, then right again; what waits goes out."""
    now = timezone.now()
    _write(channel, provider, MESSAGES)
    for jump in (timedelta(hours=20), timedelta(0)):
        _queue(channel, MESSAGES, at=now + jump)
    intake.file_waiting(at=now - timedelta(hours=20), limit=1_000)
    filed = Inbound.objects.filter(channel=channel).exclude(filed_at=None).count()
    held_up = outbox.deliver_waiting(now=lambda: now, limit=1_000)
    outbox.release_abandoned(at=now)
    after = outbox.deliver_waiting(now=lambda: now, limit=1_000)
    states = _states(channel)
    return {
        "messages_in": MESSAGES,
        "messages_out": 2 * MESSAGES,
        "filed_with_a_clock_that_went_back": filed,
        "sent_before_and_after_the_clock_was_noticed": [held_up, after],
        "states": states,
        "taken_twice": _twice(provider),
        "broken": filed != MESSAGES or states != {"sent": 2 * MESSAGES} or bool(_twice(provider)),
    }


def poison(channel: Channel, provider: Any) -> dict[str, Any]:
    """One message makes a filer fail every time; the others go on and it is left to people."""
    taken = _write(channel, provider, MESSAGES)
    bad = provider.write("50688889999", MARK, external_id="wamid.poison") == 200
    taken += _write_more(channel, provider)
    with _filer_that_fails():
        for hours in range(12):
            intake.file_waiting(at=timezone.now() + timedelta(hours=hours), limit=1_000)
    stuck = list(
        Inbound.objects.filter(channel=channel).exclude(stuck_at=None).values_list("external_id", flat=True)
    )
    filed = Inbound.objects.filter(channel=channel).exclude(filed_at=None).count()
    return {
        "messages": len(taken) + bad,
        "filed": filed,
        "left_to_people": len(stuck),
        "broken": stuck != ["wamid.poison"] or filed != len(taken),
    }


def _write_more(channel: Channel, provider: Any) -> list[str]:
    ids = [f"wamid.after{number:05}" for number in range(MESSAGES)]
    return [ref for ref in ids if provider.write("50688880000", "Sigo aquí", external_id=ref) == 200]


@contextmanager
def _filer_that_fails() -> Iterator[None]:
    def fail(_row: Inbound, message: Arrived) -> None:
        if message.text == MARK:
            raise ValueError("poison")

    intake.filers["poison"] = fail
    try:
        yield
    finally:
        del intake.filers["poison"]


def disk_full(channel: Channel, provider: Any) -> dict[str, Any]:
    """The database may not grow any more (SQLite's max_page_count); later it may again."""
    _write(channel, provider, 1)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages + 4}")
        first = _write(channel, provider, FULL)
        refused = FULL - len(first)
        there = set(Inbound.objects.filter(channel=channel).values_list("external_id", flat=True))
        cursor.execute("PRAGMA max_page_count=1073741823")
    second = _write(channel, provider, FULL)
    rows = Counter(Inbound.objects.filter(channel=channel).values_list("external_id", flat=True))
    missing = len(set(first) - there) + len(set(second) - rows.keys())
    return {
        "messages": FULL,
        "refused_while_full": refused,
        "acknowledged_and_missing": missing,
        "acknowledged_after": len(second),
        "rows": len(rows),
        "broken": bool(missing) or not refused or len(rows) != FULL,
    }


def slow(channel: Channel, provider: Any) -> dict[str, Any]:
    """The provider takes each message and answers ten seconds later."""
    count = 3
    _write(channel, provider, count)
    _queue(channel, count, at=timezone.now())
    provider.on_sent = lambda sent: time.sleep(10)
    began = time.monotonic()
    outbox.deliver_waiting(now=timezone.now)
    states = _states(channel)
    return {
        "messages": count,
        "seconds": round(time.monotonic() - began),
        "states": states,
        "taken_twice": _twice(provider),
        "broken": set(states) - {"sent", "unsure"} or bool(_twice(provider)),
    }
