"""What a mail says: a message of a person, a word about one of ours, or nothing that wants an answer.

RFC 5322 (mails), RFC 3834 (answers of machines), RFC 3464 (bounces), RFC 2919 (lists).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from mailparser_reply import EmailReplyParser

from ventanilla.lib.text import clean
from ventanilla.privacy.sealing import digest

from ...contract import Arrived, Delivery, DeliveryState, Media, Parsed
from ...models import Channel
from . import html
from .problems import problem_of, status_in

# Characters of a mail that are read; what is longer has pasted something.
LONGEST = 50_000
# Ids of mails before one that an answer to it names.
THREAD = 9
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,200}>")
_TEXTS = ("text/plain", "text/html")
_MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+-].*)?@", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]{1,255}")
_INTRODUCES = re.compile(
    r"^(?:El|On|Le|Em|Il|Am|Op)\b[^\n]{5,200}(?:\n[^\n]{0,100})?"
    r"(?:escribió|wrote|a écrit|escreveu|ha scritto|schrieb|schreef)\s?:$",
    re.MULTILINE,
)
_SPEAKS = ("es", "en", "fr", "pt", "it", "de", "nl")


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def message_id(token: str, address: str) -> str:
    """The Message-ID of a mail of ours: the same at every try."""
    return f"<{token}@{address.rpartition('@')[2]}>"


def read(raw: bytes, channel: Channel, *, place: str, at: datetime, is_whole: bool = True) -> Parsed:
    """What one mail says. `place` is where it lies, for fetching its files; none where it is cut off."""
    mail = message_from_bytes(raw)
    if is_from_a_machine(mail, channel):
        return Parsed(deliveries=tuple(_bounced(mail, channel, at=at)))
    message = _message(mail, channel, at=at)
    media = tuple(_media(mail, place)) if is_whole else ()
    return Parsed(messages=(replace(message, media=media),))


def is_from_a_machine(mail: Message, channel: Channel) -> bool:
    """Whether nobody waits for an answer: absence notes, bounces, lists, our own mails coming back."""
    sender, ours = sender_of(mail), channel.setting("address").lower()
    return (
        not is_address(sender)
        or sender == ours
        or ours in (_header(mail, "X-Loop").lower(), "")
        or _header(mail, "Auto-Submitted").lower().partition(";")[0].strip() not in ("", "no")
        or _header(mail, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply")
        or any(name in mail for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"))
        or _header(mail, "Return-Path").replace(" ", "") == "<>"
        or _MACHINES.match(sender) is not None
    )


def sender_of(mail: Message) -> str:
    return parseaddr(_header(mail, "From"))[1].lower()


def _message(mail: Message, channel: Channel, *, at: datetime) -> Arrived:
    sender, sent_at, written_id = sender_of(mail), _date(mail, at=at), _header(mail, "Message-ID")
    text, subject = text_of(mail), clean(_header(mail, "Subject"), limit=200)
    is_answer = bool(_header(mail, "In-Reply-To"))
    if subject and (not text or not is_answer and subject not in text):
        text = f"{subject}\n\n{text}".strip()
    same = (written_id, sender, _header(mail, "Date"), text)
    return Arrived(
        external_id="mail:" + digest(f"mail:{channel.pk}", repr(same)),
        sender=sender,
        at=sent_at,
        text=text,
        replies_to=next(iter(_MESSAGE_ID.findall(_header(mail, "In-Reply-To"))), ""),
        reference=_thread(mail),
        language=_language(mail),
    )


def _thread(mail: Message) -> str:
    """With what an answer names this mail: those before it, as far as we carry them, and its own id last."""
    own = _MESSAGE_ID.findall(_header(mail, "Message-ID"))[:1]
    before = _MESSAGE_ID.findall(_header(mail, "References")) or _MESSAGE_ID.findall(
        _header(mail, "In-Reply-To")
    )
    return " ".join([*dict.fromkeys(one for one in before if one not in own)][-THREAD:] + own) if own else ""


def text_of(mail: Message) -> str:
    """What the person has written: without what they quote, unless nothing else is there."""
    plain = "\n".join(_decoded(part) for part in _leaves(mail) if _is_text(part, "text/plain")).strip()
    if not plain:
        pages = [html.as_text(_decoded(part)) for part in _leaves(mail) if _is_text(part, "text/html")]
        plain = "\n".join(pages).strip()
    plain = plain.replace("\r\n", "\n").replace("\0", "")[:LONGEST]
    # Only an answer quotes; elsewhere lines such as "De: …" and "Para: …" are the person's own.
    is_answer = "In-Reply-To" in mail or "References" in mail
    return is_answer and without_quotes(plain) or plain


def without_quotes(text: str) -> str:
    """The newest words of a conversation; empty when there are only old ones."""
    # The library's own rule for Spanish matches nothing.
    introduced = _INTRODUCES.search(text)
    if introduced and text[: introduced.start()].strip():
        text = text[: introduced.start()]
    newest = EmailReplyParser(languages=list(_SPEAKS)).parse_reply(text) or ""
    lines = newest.split("\n")
    while lines and (not lines[-1].strip() or lines[-1].startswith(">")):
        lines.pop()
    return "\n".join(lines).strip()


def files(mail: Message) -> list[Message]:
    """The attached files in their order."""
    return [part for part in _leaves(mail) if not any(_is_text(part, kind) for kind in _TEXTS)]


def content_of(part: Message) -> bytes:
    """The bytes of one file; of an attached mail, the whole of it."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner else b""  # type: ignore[union-attr]
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _media(mail: Message, place: str) -> Iterator[Media]:
    for number, part in enumerate(files(mail)):
        name = clean(_text_of_header(part.get_filename() or ""), limit=150).replace("/", "_")
        reference = f"{number} {place} {_header(mail, 'Message-ID')[:200]}"
        yield Media(reference, part.get_content_type(), name, len(content_of(part)))


def _leaves(mail: Message) -> Iterator[Message]:
    """The parts of a mail that hold something; an attached mail is one part."""
    inner = mail.get_payload()
    if isinstance(inner, list) and mail.get_content_maintype() == "multipart":
        for part in inner:
            yield from _leaves(part)  # type: ignore[arg-type]
    else:
        yield mail


def _is_text(part: Message, kind: str) -> bool:
    return (
        part.get_content_type() == kind
        and not part.get_filename()
        and part.get_content_disposition() != "attachment"
    )


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _header(mail: Message, name: str) -> str:
    return _text_of_header(mail.get(name, ""))


def _text_of_header(value: object) -> str:
    try:
        return str(make_header(decode_header(value))).replace("\n", " ").replace("\r", "").strip()  # type: ignore[arg-type]
    except (HeaderParseError, LookupError, ValueError):
        return str(value).encode("ascii", "replace").decode().replace("\n", " ").replace("\r", "").strip()


def _date(mail: Message, *, at: datetime) -> datetime:
    try:
        written = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError, OverflowError):
        return at
    return written if written.tzinfo else written.replace(tzinfo=UTC)


def _language(mail: Message) -> str:
    tag = re.match(r"[a-z]{2,3}\b", _header(mail, "Content-Language").lower())
    return tag.group(0) if tag else ""


def _bounced(mail: Message, channel: Channel, *, at: datetime) -> Iterator[Delivery]:
    """What a mail server says about a mail of ours, by the id that only it and we know."""
    status, returned = _report(mail)
    if not status:
        # Some servers write no report that machines can read; the id and a final status must both be there.
        body = "\n".join(_decoded(part) for part in _leaves(mail))[:LONGEST]
        status, returned = status_in(body), body
    domain = re.escape(channel.setting("address").rpartition("@")[2])
    ours = re.search(rf"<([0-9a-f]{{32}})@{domain}>", returned, re.IGNORECASE)
    if ours and status.startswith("5"):
        yield Delivery(ours.group(0), DeliveryState.FAILED, at, problem_of(status), ours.group(1).lower())


def _report(mail: Message) -> tuple[str, str]:
    """(status, Message-ID of the returned mail) of a delivery status notification; empty for others."""
    status = returned = ""
    if mail.get_content_type() != "multipart/report":
        return "", ""
    for part in mail.walk():
        kind = part.get_content_type()
        if part.get("Action", "").strip().lower() == "failed":
            status = f"5{status_in(part.get('Status', ''))[1:]}"
        elif kind == "text/rfc822-headers":
            returned = returned or str(message_from_string(_decoded(part)).get("Message-ID", ""))
        elif kind == "message/rfc822":
            inner = part.get_payload()
            returned = str(inner[0].get("Message-ID", "")) if isinstance(inner, list) and inner else returned  # type: ignore[union-attr]
    return status, returned
