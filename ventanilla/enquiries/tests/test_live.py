"""Who begins to listen misses nothing of the last moments."""

import asyncio
from uuid import uuid4

from django.utils import timezone

from ventanilla.enquiries import live


def a_change(hub="cr-hub-upala"):
    return live.News("case", uuid4(), uuid4(), "cr", frozenset({hub}), timezone.now())


def test_who_comes_later_hears_what_was_told_a_moment_before(monkeypatch):
    ours, theirs = a_change(), a_change("cr-hub-mora")
    monkeypatch.setattr(live, "_fresh", lambda _moment: [ours, theirs])
    monkeypatch.setattr(live, "LOOK", 0.01)

    def concerns(news):
        return "cr-hub-upala" in news.hubs

    async def heard():
        pulse = live.Pulse()
        with pulse.listening(concerns) as first:
            before = await asyncio.wait_for(first.get(), 5)
            with pulse.listening(concerns) as second:
                after = await asyncio.wait_for(second.get(), 5)
                await asyncio.sleep(0.1)
                return before, after, first.empty(), second.empty()

    assert asyncio.run(heard()) == (ours, ours, True, True)
