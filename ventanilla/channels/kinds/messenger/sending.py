"""What Messenger takes from us.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
"""

import json
from datetime import timedelta
from typing import Any

from ...contract import MEGABYTE, Choice, Content, Files, Outgoing, SentFile

TEXT, REPLIES, LABEL = 2000, 13, 20
# https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets
FILES = Files(largest=(("image/", 8 * MEGABYTE), ("", 25 * MEGABYTE)))
WINDOW, HUMAN_WINDOW = timedelta(hours=24), timedelta(days=7)
# Our clock and Meta's are not the same: near the end of the window the tag is the safe choice.
MARGIN = timedelta(minutes=1)


def payload(outgoing: Outgoing) -> dict[str, Any]:
    """The body of POST /PAGE_ID/messages. The token comes back with the echo."""
    content = outgoing.content
    reply = {"reply_to": {"mid": content.replies_to}} if content.replies_to else {}
    return {
        "recipient": {"id": outgoing.to},
        **_purpose(outgoing),
        "message": {"text": text_of(content), "metadata": outgoing.token, **_quick_replies(content)},
        **reply,
    }


def beside_a_file(outgoing: Outgoing, file: SentFile) -> dict[str, str]:
    """The fields of a form with a file in it; objects are written as JSON, and no words go along."""
    main = file.content_type.partition("/")[0]
    kind = main if main in ("image", "audio", "video") else "file"
    attachment = {"type": kind, "payload": {"is_reusable": False}}
    reply = {"reply_to": {"mid": outgoing.content.replies_to}} if outgoing.content.replies_to else {}
    whole: dict[str, Any] = {
        "recipient": {"id": outgoing.to},
        **_purpose(outgoing),
        "message": {"attachment": attachment, "metadata": outgoing.token},
        **reply,
    }
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in whole.items()}


def text_of(content: Content) -> str:
    """The words, with whole labels where a button is too narrow for one of them."""
    if all(len(choice.label) <= LABEL for choice in content.choices):
        return content.text
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(content.choices, start=1)]
    return "\n".join([content.text, "", *lines])


def _purpose(outgoing: Outgoing) -> dict[str, str]:
    """An answer, or a late answer of a person: the kind's window has let nothing else through."""
    if outgoing.heard_ago is None or outgoing.heard_ago < WINDOW - MARGIN or outgoing.content.is_automatic:
        return {"messaging_type": "RESPONSE"}
    return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def _quick_replies(content: Content) -> dict[str, Any]:
    if not content.choices:
        return {}
    return {"quick_replies": [_reply(choice) for choice in content.choices[:REPLIES]]}


def _reply(choice: Choice) -> dict[str, str]:
    return {"content_type": "text", "title": _cut(choice.label), "payload": choice.code}


def _cut(label: str) -> str:
    return label if len(label) <= LABEL else label[: LABEL - 1].rstrip() + "…"
