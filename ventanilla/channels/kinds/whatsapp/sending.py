"""What WhatsApp takes from us.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

import re
from typing import Any

from ...contract import MEGABYTE, Choice, Content, Files, Outgoing, SentFile

BUTTONS = 3
BUTTON_LABEL, ROW_LABEL, ROW_DETAIL = 20, 24, 72
ROWS = 10
# https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
FILES = Files(
    largest=(
        ("image/jpeg", 5 * MEGABYTE),
        ("image/png", 5 * MEGABYTE),
        ("application/pdf", 100 * MEGABYTE),
        ("text/plain", 100 * MEGABYTE),
        ("audio/", 16 * MEGABYTE),
        ("video/mp4", 16 * MEGABYTE),
        ("video/3gpp", 16 * MEGABYTE),
    ),
    caption=1024,
    wordless=("audio/",),
)
_WORDS = {
    "es": ("Ver opciones", "Opciones"),
    "en": ("See options", "Options"),
    "fr": ("Voir les choix", "Choix"),
    "ht": ("Wè chwa yo", "Chwa"),
}
# US.13491208655302741918, or US.ENT.… for an id shared by several numbers of one owner.
_SCOPED_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


def is_scoped_id(address: str) -> bool:
    """Whether this stands for a person who may show no number."""
    return _SCOPED_ID.fullmatch(address) is not None


def payload(outgoing: Outgoing, *, file: str = "") -> dict[str, Any]:
    """The body of POST /PHONE_NUMBER_ID/messages. The token comes back with every status.

    `file`: the id under which Meta holds the file of this message.
    """
    # A scoped id put into "to" is read as a number and the message vanishes without an error.
    address = {"recipient" if is_scoped_id(outgoing.to) else "to": outgoing.to}
    reply = {"context": {"message_id": outgoing.content.replies_to}} if outgoing.content.replies_to else {}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **address,
        **reply,
        "biz_opaque_callback_data": outgoing.token,
        **(_file(outgoing.file, file, outgoing.content.text) if outgoing.file else _body(outgoing.content)),
    }


def _file(file: SentFile, number: str, words: str) -> dict[str, Any]:
    main = file.content_type.partition("/")[0]
    kind = main if main in ("image", "audio", "video") else "document"
    caption = {"caption": words} if words and kind != "audio" else {}
    name = {"filename": file.name} if kind == "document" else {}
    return {"type": kind, kind: {"id": number, **caption, **name}}


def _body(content: Content) -> dict[str, Any]:
    if content.template:
        return {"type": "template", "template": _template(content)}
    if content.choices:
        return {"type": "interactive", "interactive": _interactive(content)}
    return {"type": "text", "text": {"body": content.text, "preview_url": False}}


def _template(content: Content) -> dict[str, Any]:
    body = [{"type": "text", "text": value} for value in content.variables]
    components = [{"type": "body", "parameters": body}] if body else []
    return {"name": content.template, "language": {"code": content.language}, "components": components}


def _interactive(content: Content) -> dict[str, Any]:
    short = all(len(choice.label) <= BUTTON_LABEL for choice in content.choices)
    if len(content.choices) <= BUTTONS and short:
        return {
            "type": "button",
            "body": {"text": content.text},
            "action": {"buttons": [_button(choice) for choice in content.choices]},
        }
    button, title = _WORDS.get(content.language, _WORDS["en"])
    rows = [_row(choice) for choice in content.choices[:ROWS]]
    return {
        "type": "list",
        "body": {"text": content.text},
        "action": {"button": button, "sections": [{"title": title, "rows": rows}]},
    }


def _button(choice: Choice) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": choice.code, "title": choice.label}}


def _row(choice: Choice) -> dict[str, str]:
    # What does not fit into the title goes on in the line below it.
    title = _cut(choice.label, ROW_LABEL)
    detail = choice.detail or (choice.label if title != choice.label else "")
    return {"id": choice.code, "title": title} | ({"description": _cut(detail, ROW_DETAIL)} if detail else {})


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
