"""How many people come again, by the random id behind their codes and lanes; nothing is opened."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Cast, Coalesce

from ventanilla.hubs.models import Hub

from .models import Enquiry, Message

WITHIN = timedelta(days=30)


def repeat_contacts(hubs: Iterable[Hub], since: datetime, until: datetime) -> tuple[int, int]:
    """(people, returning) of these hubs between two moments, `until` not included.

    Somebody returns when they asked on another day of the thirty before, in the same hub, even when that was
    before `since`. They are told apart by the id of their `Person`, to which the keyed digests of channels,
    return codes and people joined by hand lead; no sealed value is read. Who comes to the counter without a
    code is somebody new each time. Once somebody's identifiers have run out, their enquiries count as of
    different people: take the figures of a month before a month has passed.
    """
    people: set[UUID] = set()
    returning: set[UUID] = set()
    last: dict[tuple[int, UUID], date] = {}
    for hub, somebody, day, is_counted in _days(list(hubs), since, until):
        before = last.get((hub, somebody))
        last[hub, somebody] = day
        if is_counted:
            people.add(somebody)
            if before is not None and before < day <= before + WITHIN:
                returning.add(somebody)
    return len(people), len(returning)


def _days(hubs: list[Hub], since: datetime, until: datetime) -> Iterator[tuple[int, UUID, date, bool]]:
    """(hub, who, day by the hub's clock, whether it lies in the period), once each, in order of time."""
    zones = {hub.pk: ZoneInfo(hub.country.timezone) for hub in hubs}
    seen: set[tuple[int, UUID, date, bool]] = set()
    for hub, somebody, at in _said(hubs, since - WITHIN, until):
        one = (hub, somebody, at.astimezone(zones[hub]).date(), at >= since)
        if one not in seen:
            seen.add(one)
            yield one


def _said(hubs: list[Hub], since: datetime, until: datetime) -> Iterator[tuple[int, UUID, datetime]]:
    rows = Message.objects.filter(
        direction=Message.Direction.IN, enquiry__hub__in=hubs, at__gte=since, at__lt=until
    ).exclude(enquiry__state=Enquiry.State.SPAM)
    ids = ("enquiry__person__merged_into", "enquiry__person", "enquiry")
    who = Coalesce(*(Cast(name, models.UUIDField()) for name in ids))
    found = rows.annotate(who=who).order_by("at", "pk").values_list("enquiry__hub", "who", "at")
    yield from found.iterator()
