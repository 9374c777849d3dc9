"""What Telegram tells us: one update after the other.

https://core.telegram.org/bots/api#getting-updates

An id of ours is UPDATE.MESSAGE: both count up and say nothing about a person, and after a silent week
Telegram begins somewhere else with its updates.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...contract import Arrived, Media, Parsed, Stopped, Unreadable

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
# With what they are read where Telegram does not say it.
_TYPES = {"photo": "image/jpeg", "sticker": "image/webp", "video_note": "video/mp4", "voice": "audio/ogg"}
_FILES = ("document", "voice", "video", "audio", "video_note", "sticker")
# What Telegram notes in a chat by itself; nobody has said anything.
_NOTES = frozenset(
    {
        "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set",
        "connected_website", "successful_payment", "refunded_payment", "gift", "unique_gift",
    }
)  # fmt: skip
# https://core.telegram.org/bots/features#deep-linking
_START = re.compile(r"/start(?: ([A-Za-z0-9_-]{1,64}))?")
EDITED = "✎"
_WRONG = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, OSError)


def load(body: bytes) -> dict[str, Any]:
    """The update in the body of a hook. Raises Unreadable."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(update, dict):
        raise Unreadable
    return update


def read(update: Mapping[str, Any], *, at: datetime) -> Parsed:
    """What one update says. `at`: now, since a pressed button comes without a time. Raises Unreadable."""
    try:
        number = int(update["update_id"])
        if "callback_query" in update:
            return _pressed(number, update["callback_query"], at=at)
        if "my_chat_member" in update:
            return _membership(update["my_chat_member"])
        if "edited_message" in update:
            return _edited(number, update["edited_message"])
        return _written(number, update["message"]) if "message" in update else Parsed()
    except _WRONG:
        raise Unreadable from None


def callback_of(update: Mapping[str, Any]) -> str:
    """The id under which a pressed button waits for its answer; empty for anything else."""
    query = update.get("callback_query")
    return str(query.get("id", "")) if isinstance(query, dict) else ""


def _is_private(chat: Mapping[str, Any]) -> bool:
    return bool(chat["type"] == "private")


def _written(number: int, message: dict[str, Any]) -> Parsed:
    if not _is_private(message["chat"]) or _NOTES & message.keys():
        return Parsed()
    text = _text(message)
    start = _START.fullmatch(text)
    choice = (start[1] or "") if start else ""
    return Parsed(messages=(_arrived(number, message, text=text, choice=choice),))


def _edited(number: int, message: dict[str, Any]) -> Parsed:
    """A correction is said once more, with a mark; not a place that moves, edited every few seconds."""
    text = _text(message)
    if not _is_private(message["chat"]) or not text or "location" in message:
        return Parsed()
    return Parsed(messages=(_arrived(number, message, text=f"{EDITED} {text}", at=message["edit_date"]),))


def _arrived(
    number: int, message: dict[str, Any], *, text: str, choice: str = "", at: object = None
) -> Arrived:
    return Arrived(
        external_id=f"{number}.{int(message['message_id'])}",
        sender=str(int(message["chat"]["id"])),
        at=_moment(at or message["date"]),
        text=text,
        choice=choice,
        media=_media(message),
        replies_to=str(message.get("reply_to_message", {}).get("message_id", "")),
        language=_language(message.get("from", {})),
    )


def _pressed(number: int, query: dict[str, Any], *, at: datetime) -> Parsed:
    message = query.get("message")
    # A button below a message that was sent through the bot elsewhere is not in a chat with us.
    if not message or not _is_private(message["chat"]) or "data" not in query:
        return Parsed()
    code = str(query["data"])
    pressed = Arrived(
        external_id=f"{number}.{int(message['message_id'])}",
        sender=str(int(message["chat"]["id"])),
        at=at,
        text=_label(message, code),
        choice=code,
        replies_to=str(message["message_id"]),
        language=_language(query.get("from", {})),
    )
    return Parsed(messages=(pressed,))


def _label(message: dict[str, Any], code: str) -> str:
    """What stands on the button. Telegram leaves the keyboard out where the message is old."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    labels = (str(key["text"]) for row in rows for key in row if key.get("callback_data") == code)
    return next(labels, code)


def _membership(change: dict[str, Any]) -> Parsed:
    status = change["new_chat_member"]["status"]
    if not _is_private(change["chat"]) or status not in ("kicked", "member"):
        return Parsed()
    sender, at = str(int(change["chat"]["id"])), _moment(change["date"])
    return Parsed(stops=(Stopped(sender=sender, at=at, is_stopped=status == "kicked"),))


def _text(message: dict[str, Any]) -> str:
    if "location" in message:
        place = message["location"]
        return f"{place['latitude']}, {place['longitude']}"
    if "contact" in message:
        return str(message["contact"]["phone_number"])
    if "sticker" in message:
        return str(message["sticker"].get("emoji", ""))
    return str(message.get("text") or message.get("caption") or "")


def _media(message: dict[str, Any]) -> tuple[Media, ...]:
    if "photo" in message:
        # The same picture in several sizes: the largest.
        return (_file("photo", max(message["photo"], key=lambda size: int(size["width"]))),)
    return tuple(_file(kind, message[kind]) for kind in _FILES if kind in message)


def _file(kind: str, file: dict[str, Any]) -> Media:
    size = file.get("file_size")
    return Media(
        reference=str(file["file_id"]),
        kind=str(file.get("mime_type") or _TYPES.get(kind, "")),
        name=str(file.get("file_name", "")),
        size=None if size is None else int(size),
    )


def _language(person: dict[str, Any]) -> str:
    """The language of the person's app, without its region: es for es-419."""
    return str(person.get("language_code") or "").partition("-")[0].lower()[:3]


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)
