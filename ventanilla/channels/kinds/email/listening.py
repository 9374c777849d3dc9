"""Taking mails in: committed first, marked after."""

import logging
import time
from collections import deque
from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from ...contract import Parsed
from ...models import Channel
from . import reading
from .mailbox import RENEW, Mailbox, opened

logger = logging.getLogger(__name__)

# More than so many mails of one sender within so many seconds wait in the mailbox: two machines that answer
# each other, whatever their mails say, then do so at a pace that harms nobody, and no mail is lost.
MANY, WITHIN, LATER = 20, 600.0, 60.0


class Pace:
    """How often each sender has written of late."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def is_too_quick(self, sender: str, *, now: float) -> bool:
        times = self._times.setdefault(sender, deque())
        while times and now - times[0] > WITHIN:
            times.popleft()
        if len(times) >= MANY:
            return True
        times.append(now)
        return False

    def forget(self, *, now: float) -> None:
        """Drop senders of whom nothing has come for a while."""
        self._times = {
            who: times for who, times in self._times.items() if times and now - times[-1] <= WITHIN
        }


class Listeners:
    """What is remembered between connections, one memory a channel."""

    def __init__(self) -> None:
        self._paces: dict[UUID, Pace] = {}

    def listen(
        self, channel: Channel, hand_over: Callable[[Parsed], None], stopped: Callable[[], bool]
    ) -> None:
        """One connection. Raises SendRefused when it breaks, and whatever committing raises."""
        pace = self._paces.setdefault(channel.pk, Pace())
        with opened(channel) as mailbox:
            while not stopped():
                mailbox.clear(on=timezone.now().date())
                taken, postponed = _take_all(mailbox, channel, hand_over, stopped, pace)
                pace.forget(now=time.monotonic())
                if not taken:
                    mailbox.wait(stopped, at_most=LATER if postponed else RENEW)


def _take_all(
    mailbox: Mailbox,
    channel: Channel,
    hand_over: Callable[[Parsed], None],
    stopped: Callable[[], bool],
    pace: Pace,
) -> tuple[int, int]:
    """How many were taken, and how many left for later."""
    taken = postponed = 0
    for uid in mailbox.waiting():
        if stopped():
            break
        parsed = _read(mailbox, uid, channel)
        if parsed is None:
            mailbox.leave(uid)
        elif parsed.messages and pace.is_too_quick(parsed.messages[0].sender, now=time.monotonic()):
            postponed += 1
        else:
            hand_over(parsed)
            if parsed.messages:
                mailbox.take(uid, has_files=any(message.media for message in parsed.messages))
            else:
                mailbox.pass_over(uid)
            taken += 1
    return taken, postponed


def _read(mailbox: Mailbox, uid: int, channel: Channel) -> Parsed | None:
    """What a mail says; None when it has gone or cannot be read, and waits in the mailbox for somebody."""
    fetched = mailbox.fetch(uid)
    if fetched is None:
        return None
    raw, is_whole = fetched
    try:
        return reading.read(raw, channel, place=mailbox.place(uid), at=timezone.now(), is_whole=is_whole)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        logger.warning("Mail not understood", extra={"channel": str(channel.pk)})
        return None
