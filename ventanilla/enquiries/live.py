"""What changed just now, for desks and chats that are open: references and never a word of anybody.

One look at the database a second serves everybody whom this process serves, however many they are. A change
counts once it is committed; since transactions end in another order than they began, each look goes a little
further back than the last and what was told already is left out.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from ventanilla.privacy.doors import Reach

from .models import Enquiry, Presence

LOOK = 1.0  # seconds
FURTHER_BACK = timedelta(seconds=10)
STILL_HERE = 20.0  # seconds without news after which a line is sent so that proxies keep the stream open
# A stream ends by itself and is opened anew, so that rights are looked at again.
LONGEST = 300.0
# News that a slow reader has not taken; they look at the whole list anyway when they do.
BACKLOG = 100


@dataclass(frozen=True, slots=True)
class News:
    """That something of one enquiry changed. `what`: "case" or "presence"."""

    what: str
    enquiry: UUID
    person: UUID | None
    country: str
    hubs: frozenset[str]
    at: datetime

    def concerns(self, where: Reach) -> bool:
        return where.everywhere or self.country in where.countries or bool(self.hubs & where.hubs)


def changed_since(moment: datetime) -> list[News]:
    """Everything committed since then, cases before presences, oldest first."""
    columns = ("pk", "person", "country", "hub__ref", "touched_at")
    cases = Enquiry.objects.filter(touched_at__gt=moment).order_by("touched_at", "pk").values_list(*columns)
    rows = [("case", *row) for row in cases]
    beats = Presence.objects.filter(seen_at__gt=moment).order_by("seen_at", "pk")
    prefixed = ("enquiry", "enquiry__person", "enquiry__country", "enquiry__hub__ref", "seen_at")
    rows += [("presence", *row) for row in beats.values_list(*prefixed)]
    shared = _shared({row[1] for row in rows})
    return [
        News(what, pk, person, country, frozenset({hub, *shared.get(pk, ())}), at)
        for what, pk, person, country, hub, at in rows
    ]


def _shared(pks: set[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    through = Enquiry.shared_with.through.objects.filter(enquiry__in=pks)
    for pk, ref in through.values_list("enquiry", "hub__ref"):
        found.setdefault(pk, set()).add(ref)
    return found


class Pulse:
    """Looks for news while anybody listens, and hands them to each listener whom they concern."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[News], Callable[[News], bool]] = {}
        self._told = set[News]()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, concerns: Callable[[News], bool]) -> Iterator["asyncio.Queue[News]"]:
        queue: asyncio.Queue[News] = asyncio.Queue(BACKLOG)
        self._listeners[queue] = concerns
        if self._task is None or self._task.done():
            self._told = set()
            self._task = asyncio.create_task(self._look())
        # What came between a page and its stream was told to the others already.
        for one in self._told:
            _hand(one, queue, concerns)
        try:
            yield queue
        finally:
            del self._listeners[queue]

    async def _look(self) -> None:
        since, self._told = timezone.now(), set[News]()
        while self._listeners:
            news = await sync_to_async(_fresh, thread_sensitive=False)(since - FURTHER_BACK)
            if news is not None:
                for one in news:
                    if one not in self._told and one.at > since - FURTHER_BACK:
                        self._tell(one)
                self._told = set(news)
                since = max([since, *(one.at for one in news)])
            await asyncio.sleep(LOOK)

    def _tell(self, news: News) -> None:
        for queue, concerns in self._listeners.items():
            _hand(news, queue, concerns)


def _hand(news: News, queue: "asyncio.Queue[News]", concerns: Callable[[News], bool]) -> None:
    if concerns(news) and not queue.full():
        queue.put_nowait(news)


def _fresh(moment: datetime) -> list[News] | None:
    """None while the database does not answer."""
    close_old_connections()
    try:
        return changed_since(moment)
    except DatabaseError:
        return None
    finally:
        close_old_connections()


_pulses: dict[int, Pulse] = {}


def pulse() -> Pulse:
    """The one of this event loop."""
    return _pulses.setdefault(id(asyncio.get_running_loop()), Pulse())


async def stream(concerns: Callable[[News], bool], write: Callable[[News], str]) -> AsyncIterator[str]:
    """News as server-sent events; says every now and then that it is still there, and ends after a while."""
    ends = asyncio.get_running_loop().time() + LONGEST
    with pulse().listening(concerns) as queue:
        yield "retry: 2000\n\n: here\n\n"
        while (left := ends - asyncio.get_running_loop().time()) > 0:
            try:
                news = await asyncio.wait_for(queue.get(), timeout=min(STILL_HERE, left))
            except TimeoutError:
                yield ": here\n\n"
            else:
                yield write(news)


def for_staff(where: Reach) -> Callable[[News], bool]:
    """News of the hubs that somebody looks after."""
    return lambda news: news.concerns(where)


def of_people(people: frozenset[Any]) -> Callable[[News], bool]:
    """News of somebody's own conversations."""
    return lambda news: news.what == "case" and news.person in people
