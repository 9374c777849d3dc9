"""What Telegram takes from us.

https://core.telegram.org/bots/api#sendmessage
"""

from typing import Any

from ...contract import MEGABYTE, Choice, Content, Files, Outgoing, SentFile

# https://core.telegram.org/bots/api#sending-files
FILES = Files(largest=(("", 50 * MEGABYTE),), caption=1024)
PHOTO = 10 * MEGABYTE


def payload(outgoing: Outgoing) -> dict[str, Any]:
    """The arguments of sendMessage. Words are sent as they are: nothing in them is markup."""
    content = outgoing.content
    return {
        "chat_id": int(outgoing.to),
        "text": content.text,
        # A preview would let Telegram fetch our page and show a picture nobody asked for.
        "link_preview_options": {"is_disabled": True},
        **_reply(content),
        **_keyboard(content),
    }


def is_photo(file: SentFile) -> bool:
    """Whether people see it at once; anything else is a document to open."""
    return file.content_type in ("image/jpeg", "image/png") and len(file.content) <= PHOTO


def beside_a_file(outgoing: Outgoing) -> dict[str, Any]:
    """The arguments of sendPhoto and sendDocument beside the file itself."""
    content = outgoing.content
    caption = {"caption": content.text} if content.text else {}
    return {"chat_id": int(outgoing.to), **caption, **_reply(content)}


def _reply(content: Content) -> dict[str, Any]:
    """Which message is answered: our id of it ends in the number that Telegram gave it."""
    number = content.replies_to.rpartition(".")[2]
    if not number.isdecimal():
        return {}
    return {"reply_parameters": {"message_id": int(number), "allow_sending_without_reply": True}}


def _keyboard(content: Content) -> dict[str, Any]:
    if not content.choices:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_button(choice)] for choice in content.choices]}}


def _button(choice: Choice) -> dict[str, str]:
    return {"text": choice.label, "callback_data": choice.code}
