"""What WhatsApp sends to our hook.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ...contract import Arrived, Delivery, DeliveryState, Media, Parsed, Problem, Unreadable
from .problems import problem_of

_MEDIA = ("image", "audio", "video", "document", "sticker")
_STATES = {state.value: state for state in DeliveryState} | {"played": DeliveryState.READ}


def parse(body: bytes, *, phone_number_id: str) -> Parsed:
    """Everything of our own number in one request. Raises Unreadable."""
    try:
        changes = [
            change["value"]
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
            if change["field"] == "messages"
        ]
        ours = [value for value in changes if _number(value) in ("", phone_number_id)]
        return Parsed(
            messages=tuple(message for value in ours for message in _messages(value)),
            deliveries=tuple(delivery for value in ours for delivery in _deliveries(value)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise Unreadable from None


def _number(value: dict[str, Any]) -> str:
    return str(value.get("metadata", {}).get("phone_number_id", ""))


def _messages(value: dict[str, Any]) -> Iterator[Arrived]:
    contacts = value.get("contacts", [])
    for message in value.get("messages", []):
        contact = _contact_of(message, contacts)
        phone = str(message.get("from") or contact.get("wa_id") or "")
        # The scoped id comes with every message; the number only of people who show it.
        user = str(message.get("from_user_id") or contact.get("user_id") or "")
        if not (user or phone):
            raise Unreadable
        yield Arrived(
            external_id=str(message["id"]),
            sender=user or phone,
            at=_moment(message["timestamp"]),
            text=_text(message),
            choice=_choice(message),
            media=_media(message),
            replies_to=str(message.get("context", {}).get("id", "")),
            other_addresses={"phone": phone} if user and phone else {},
        )


def _contact_of(message: dict[str, Any], contacts: list[dict[str, Any]]) -> dict[str, Any]:
    for contact in contacts:
        if message.get("from") and contact.get("wa_id") == message["from"]:
            return contact
        if message.get("from_user_id") and contact.get("user_id") == message["from_user_id"]:
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _text(message: dict[str, Any]) -> str:
    kind = message.get("type", "")
    if kind == "text":
        return str(message["text"]["body"])
    if kind == "interactive":
        return str(_reply(message).get("title", ""))
    if kind == "button":
        return str(message["button"].get("text", ""))
    if kind == "location":
        place = message["location"]
        return f"{place['latitude']}, {place['longitude']}"
    if kind in _MEDIA:
        return str(message[kind].get("caption", ""))
    return ""


def _reply(message: dict[str, Any]) -> dict[str, Any]:
    interactive = message["interactive"]
    reply = interactive.get(interactive.get("type", ""), {})
    return reply if isinstance(reply, dict) else {}


def _choice(message: dict[str, Any]) -> str:
    if message.get("type") == "interactive":
        return str(_reply(message).get("id", ""))
    if message.get("type") == "button":
        return str(message["button"].get("payload", ""))
    return ""


def _media(message: dict[str, Any]) -> tuple[Media, ...]:
    kind = message.get("type", "")
    if kind not in _MEDIA:
        return ()
    file = message[kind]
    return (Media(str(file["id"]), str(file.get("mime_type", "")), str(file.get("filename", ""))),)


def _deliveries(value: dict[str, Any]) -> Iterator[Delivery]:
    for status in value.get("statuses", []):
        if (state := _STATES.get(status["status"])) is None:
            continue
        yield Delivery(
            provider_id=str(status["id"]),
            state=state,
            at=_moment(status["timestamp"]),
            problem=_problem(status) if state == DeliveryState.FAILED else None,
            token=str(status.get("biz_opaque_callback_data", "")),
        )


def _problem(status: dict[str, Any]) -> Problem:
    errors = status.get("errors") or [{}]
    return problem_of(int(errors[0].get("code", 0))).problem


def _moment(seconds: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(seconds)), UTC)
    except OSError:
        raise Unreadable from None
