"""What Messenger sends to our hook.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ...contract import Arrived, Delivery, DeliveryState, Media, Parsed, Unreadable, Watermark

# Files are handed out by address; the rest are shared pages, templates and places.
_FILES = ("image", "audio", "video", "file", "reel")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_WRONG = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, OSError)


def parse(body: bytes, *, page_id: str) -> Parsed:
    """Everything of our own page in one request. Raises Unreadable."""
    try:
        events = [
            event
            for entry in json.loads(body)["entry"]
            if str(entry["id"]) == page_id
            for event in entry.get("messaging", [])
        ]
        return Parsed(
            messages=tuple(message for event in events for message in _messages(event)),
            deliveries=tuple(delivery for event in events for delivery in _deliveries(event)),
            watermarks=tuple(mark for event in events for mark in _watermarks(event)),
        )
    except _WRONG:
        raise Unreadable from None


def _messages(event: dict[str, Any]) -> Iterator[Arrived]:
    message = event.get("message")
    if message and not message.get("is_echo"):
        yield _written(event, message)
    elif postback := event.get("postback"):
        yield _pressed(event, postback)


def _written(event: dict[str, Any], message: dict[str, Any]) -> Arrived:
    attachments = message.get("attachments", [])
    return Arrived(
        external_id=str(message["mid"]),
        sender=_person(event),
        at=_moment(event["timestamp"]),
        text=str(message.get("text") or _places(attachments)),
        choice=str(message.get("quick_reply", {}).get("payload") or _referral(message)),
        media=tuple(_file(one) for one in attachments if _is_file(one)),
        replies_to=str(message.get("reply_to", {}).get("mid", "")),
    )


def _pressed(event: dict[str, Any], postback: dict[str, Any]) -> Arrived:
    """A button that stays: “Get started”, the menu. Older ones come without an id."""
    code = str(postback.get("payload") or _referral(postback))
    whole = f"{_person(event)} {event['timestamp']} {code}"
    return Arrived(
        external_id=str(postback.get("mid") or sha256(whole.encode()).hexdigest()),
        sender=_person(event),
        at=_moment(event["timestamp"]),
        text=str(postback.get("title") or code),
        choice=code,
    )


def _person(event: dict[str, Any]) -> str:
    return str(event["sender"]["id"])


def _referral(said: dict[str, Any]) -> str:
    """The word in the link by which the person came: m.me/PAGE?ref=WORD."""
    return str(said.get("referral", {}).get("ref", ""))


def _is_file(attachment: dict[str, Any]) -> bool:
    return attachment.get("type") in _FILES and "url" in (attachment.get("payload") or {})


def _file(attachment: dict[str, Any]) -> Media:
    return Media(reference=str(attachment["payload"]["url"]), kind=str(attachment["type"]))


def _places(attachments: list[dict[str, Any]]) -> str:
    """What was shared that is no file: where somebody is, the address of a page."""
    return "\n".join(filter(None, map(_place, attachments)))


def _place(attachment: dict[str, Any]) -> str:
    payload = attachment.get("payload") or {}
    if attachment.get("type") == "location":
        place = payload["coordinates"]
        return f"{place['lat']}, {place['long']}"
    if attachment.get("type") == "fallback":
        return str(payload.get("url") or attachment.get("url") or "")
    return ""


def _deliveries(event: dict[str, Any]) -> Iterator[Delivery]:
    message, delivered = event.get("message") or {}, event.get("delivery") or {}
    # The echo of what we sent, with our token: Meta has it, and this is when, by Meta's clock. What others
    # write for the page has no token of ours.
    if message.get("is_echo") and _TOKEN.fullmatch(token := str(message.get("metadata", ""))):
        yield Delivery(str(message["mid"]), DeliveryState.SENT, _moment(event["timestamp"]), token=token)
    for mid in delivered.get("mids") or ():
        yield Delivery(str(mid), DeliveryState.DELIVERED, _moment(delivered["watermark"]))


def _watermarks(event: dict[str, Any]) -> Iterator[Watermark]:
    """“All until then”: a read message is never named, a delivered one not always."""
    for name, state in (("delivery", DeliveryState.DELIVERED), ("read", DeliveryState.READ)):
        if told := event.get(name):
            until = _moment(told["watermark"])
            yield Watermark(
                _person(event), state, until, at=_moment(event.get("timestamp", told["watermark"]))
            )


def _moment(milliseconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)
