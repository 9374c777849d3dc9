"""What a provider hands over: verified, read, committed, and only then acknowledged.

Calls of the same moment are committed together, so that one wait for the disk serves all of them. None is
answered before all are on the disk; where that fails, the provider is told to send again.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse

from .contract import NotAuthentic, Parsed, Unreadable, Webhook
from .intake import receive_all
from .models import Channel

logger = logging.getLogger(__name__)

# Seconds for which a process remembers how a channel is configured, and whether it still takes messages.
REMEMBERED = 2.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the hook of a channel."""

    kind: str
    channel: UUID
    webhook: Webhook


@dataclass(frozen=True, slots=True)
class _Taken:
    """A call that is genuine and was understood; `answer` is said once what it brought is committed."""

    number: int
    channel: Channel
    parsed: Parsed
    answer: HttpResponse


class Lines:
    """The channels that take messages, each remembered for `REMEMBERED` seconds with its secrets opened."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, UUID], tuple[float, Channel]] = {}

    def find(self, kind: str, channel_id: UUID) -> Channel | None:
        until, channel = self._known.get((kind, channel_id), (0.0, None))
        if channel is None or until < time.monotonic():
            rows = Channel.objects.receiving().select_related("hub")
            channel = rows.filter(pk=channel_id, kind=kind).first()
            self._known.pop((kind, channel_id), None)
            if channel is not None:
                self._known[kind, channel_id] = (time.monotonic() + REMEMBERED, channel)
        return channel


def answer(calls: Sequence[Call], *, lines: Lines, at: datetime) -> list[HttpResponse]:
    """One answer for each call, in their order. A provider that gets no 200 sends again."""
    try:
        answers, taken = dict[int, HttpResponse](), list[_Taken]()
        for number, call in enumerate(calls):
            checked = _checked(number, call, lines)
            if isinstance(checked, _Taken):
                taken.append(checked)
            else:
                answers[number] = checked
        answers |= _committed(taken, at=at)
    except (InterfaceError, OperationalError):
        logger.exception("The database did not take what providers handed over")
        return [HttpResponse(status=503, headers={"Retry-After": "5"}) for _call in calls]
    return [answers[number] for number in range(len(calls))]


def _checked(number: int, call: Call, lines: Lines) -> "_Taken | HttpResponse":
    channel, webhook = lines.find(call.kind, call.channel), call.webhook
    if channel is None:
        return HttpResponse(status=404)
    try:
        greeting = channel.speaks.greet(webhook, channel)
        if greeting is not None:
            return HttpResponse(greeting, content_type="text/plain")
        channel.speaks.verify(webhook, channel)
        parsed, words = channel.speaks.parse(webhook, channel), channel.speaks.acknowledge(webhook, channel)
        return _Taken(number, channel, parsed, JsonResponse(words) if words else _ok())
    except NotAuthentic:
        logger.warning("Hook refused", extra={"channel": str(channel.pk)})
        return HttpResponse(status=403)
    except Unreadable:
        # Sending it again would not make it readable; what the provider means is looked up by its log id.
        logger.warning("Hook not understood", extra={"channel": str(channel.pk)})
        return HttpResponse(status=400)
    except Exception:
        # A mistake of ours over one call is no reason to refuse those that came beside it.
        logger.exception("Hook failed", extra={"channel": str(channel.pk)})
        return HttpResponse(status=500)


def _committed(taken: Sequence[_Taken], *, at: datetime) -> dict[int, HttpResponse]:
    try:
        receive_all([(one.channel, one.parsed) for one in taken], at=at)
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        if len(taken) == 1:
            logger.exception("Hook failed", extra={"channel": str(taken[0].channel.pk)})
            return {taken[0].number: HttpResponse(status=500)}
        # One of them cannot be kept; it does not hold up the others.
        alone = [_committed([one], at=at) for one in taken]
        return {number: response for answers in alone for number, response in answers.items()}
    return {one.number: one.answer for one in taken}


def _ok() -> HttpResponse:
    return HttpResponse("OK", content_type="text/plain")
