"""How long people wait, counted in the hours in which their hub is open; each figure with its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from ventanilla.hubs.models import Hub

from .models import Enquiry, Message


def working_time(hub: Hub, since: datetime, until: datetime) -> timedelta:
    """How much of a stretch of time the hub was open; all of it where no hours are known."""
    if until <= since:
        return timedelta()
    if not hub.hours.all():
        return until - since
    zone = ZoneInfo(hub.country.timezone)
    day, last, total = since.astimezone(zone).date(), until.astimezone(zone).date(), timedelta()
    while day <= last:
        for opens, closes in hub.day_hours(day):
            begin = max(datetime.combine(day, opens, zone), since)
            end = min(datetime.combine(day, closes, zone), until)
            total += max(end - begin, timedelta())
        day += timedelta(days=1)
    return total


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of one person: until the first answer, or from a later message to the next answer."""

    enquiry: Enquiry
    since: datetime
    until: datetime
    worked: timedelta


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the rows behind it. `median` and `ninth` (nine in ten waited no longer) in hub hours."""

    name: str
    rows: Sequence[Wait]

    @property
    def median(self) -> timedelta | None:
        seconds = [row.worked.total_seconds() for row in self.rows]
        return timedelta(seconds=median(seconds)) if seconds else None

    @property
    def ninth(self) -> timedelta | None:
        times = sorted(row.worked for row in self.rows)
        return times[max(0, -(-len(times) * 9 // 10) - 1)] if times else None


def figures(enquiries: "QuerySet[Enquiry]", *, since: datetime, until: datetime) -> list[Figure]:
    """First and next answers that were given in a stretch of time, to these enquiries."""
    said = (
        Message.objects.filter(enquiry__in=enquiries, at__lt=until)
        .exclude(direction=Message.Direction.AUTO)
        .filter(enquiry__last_message_at__gte=since)
        .defer("body")
        .select_related("enquiry__hub__country")
        .prefetch_related("enquiry__hub__hours", "enquiry__hub__holidays")
        .order_by("enquiry", "at", "pk")
    )
    first: list[Wait] = []
    later: list[Wait] = []
    for wait, is_first in _waits(said):
        if since <= wait.until < until:
            (first if is_first else later).append(wait)
    return [Figure("first", first), Figure("next", later)]


def _waits(said: Iterable[Message]) -> Iterable[tuple[Wait, bool]]:
    enquiry, asked, answered = None, None, False
    for message in said:
        if message.enquiry_id != enquiry:
            enquiry, asked, answered = message.enquiry_id, None, False
        if message.direction == Message.Direction.IN:
            asked = asked or message.at
        elif asked:
            worked = working_time(message.enquiry.hub, asked, message.at)
            yield Wait(message.enquiry, asked, message.at, worked), not answered
            asked, answered = None, True
