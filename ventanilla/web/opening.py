"""Whether a hub attends now, in a sentence, and when that sentence changes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ventanilla.hubs.models import Hub

from .calendar_words import WEEKDAYS, time_words


@dataclass(frozen=True, slots=True)
class Opening:
    """`tone` is open, closed or unknown; `changes_at` is when the sentence must be made again."""

    tone: str
    sentence: str
    changes_at: datetime | None = None


def opening_of(hub: Hub, *, at: datetime) -> Opening:
    """The state of a hub with prefetched `hours` and `holidays`, as its published hours tell."""
    if hub.state == Hub.State.PLANNED:
        return Opening("closed", _("Not open yet."))
    if hub.state == Hub.State.SUSPENDED:
        return Opening("closed", _("Not attending at present."))
    if hub.state == Hub.State.CLOSED:
        return Opening("closed", _("This hub has closed."))
    if not hub.hours.all():
        return Opening("unknown", _("We do not have its opening hours. Check before you go."))
    change = hub.next_change(at)
    return Opening(
        "open" if hub.is_attending(at) else "closed", _by_the_clock(hub, change=change, at=at), change
    )


def _by_the_clock(hub: Hub, *, change: datetime | None, at: datetime) -> str:
    if change is None:
        return _("Closed all this week.")
    zone = ZoneInfo(hub.country.timezone)
    local = change.astimezone(zone)
    clock = time_words(local.time())
    if hub.is_attending(at):
        return _("Open now, until {time}.").format(time=clock)
    if local.date() == at.astimezone(zone).date():
        return _("Closed now. Opens today at {time}.").format(time=clock)
    return _("Closed now. Opens on {weekday} at {time}.").format(
        weekday=WEEKDAYS[local.weekday()], time=clock
    )
