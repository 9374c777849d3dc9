"""What all ways of sending text messages share: alphabets, lengths, numbers, words that stop.

Alphabets and sizes: 3GPP TS 23.038 (GSM 7 bit default alphabet, its extension, UCS-2) and TS 23.040 (parts).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext_lazy as _
from gsm0338 import Codec

from ventanilla.lib.text import fold

from ..contract import Arrived, Content, Parsed, Problem, SendRefused, Setting, Stopped
from ..models import Channel
from . import plain

GSM7, UCS2 = "gsm-7", "ucs-2"
# Septets or UTF-16 units that one message holds alone, and as a part of several.
_ALONE, _AS_PART = {GSM7: 160, UCS2: 70}, {GSM7: 153, UCS2: 67}
# More parts than this cost the hub and the person's phone too much.
MOST_PARTS = 10
TEXT_LIMIT = MOST_PARTS * _AS_PART[GSM7]

_gsm = Codec()
_ESCAPE = 0x1B
# Every character of the table and of its extension, which costs two septets.
_GSM_SIGNS = frozenset(
    _gsm.decode(bytes(code), "ignore")[0]
    for code in (*((n,) for n in range(128) if n != _ESCAPE), *((_ESCAPE, n) for n in range(128)))
) - {"", "\x1b"}
_TYPOGRAPHY = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-", "·": "-",
        "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "\u00ad": "", "\t": " ",
    }
)  # fmt: skip
# A message of this one word and nothing else, in the languages of the house and Portuguese.
_STOPPING = frozenset({"stop", "baja", "arret", "parar", "sispann", "unsubscribe"})

YES_NO = (("no", _("no")), ("yes", _("yes")))
TRANSLITERATE = Setting(
    "transliterate",
    _("Without accents"),
    _("Sends “Peru” for “Perú” where this makes a message half as long. Names change too."),
    is_required=False,
    choices=YES_NO,
)


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text travels: messages, room left in the last one (septets or UTF-16 units), alphabet."""

    count: int
    left: int
    alphabet: str


def alphabet_of(text: str) -> str:
    return GSM7 if _GSM_SIGNS.issuperset(text) else UCS2


def encode(text: str) -> bytes:
    """The bytes of one message or part: GSM-7 with one septet in each byte, or UCS-2."""
    if alphabet_of(text) == GSM7:
        return bytes(_gsm.encode(text)[0])
    return text.encode("utf-16-be")


def decode_gsm7(raw: bytes) -> str:
    """Text of unpacked GSM-7; what the table does not know becomes a sign that says so."""
    return str(_gsm.decode(raw, "replace")[0])


def segments(text: str) -> Segments:
    """Count a text before it is sent."""
    alphabet, pieces = alphabet_of(text), cut(text)
    room = (_ALONE if len(pieces) == 1 else _AS_PART)[alphabet]
    return Segments(len(pieces), room - _length(pieces[-1], alphabet), alphabet)


def cut(text: str, *, alphabet: str = "") -> list[str]:
    """The parts in which a text travels, in the shorter alphabet unless told; no character is cut in two."""
    alphabet = alphabet or alphabet_of(text)
    if _length(text, alphabet) <= _ALONE[alphabet]:
        return [text]
    return list(_pieces(text, alphabet))


def _pieces(text: str, alphabet: str) -> Iterator[str]:
    start = used = 0
    for position, sign in enumerate(text):
        size = _length(sign, alphabet)
        if used + size > _AS_PART[alphabet]:
            yield text[start:position]
            start, used = position, 0
        used += size
    yield text[start:]


def _length(text: str, alphabet: str) -> int:
    return len(_gsm.encode(text)[0]) if alphabet == GSM7 else len(text.encode("utf-16-le")) // 2


def prepare(content: Content, channel: Channel) -> str:
    """What is sent for this content on this channel. Raises SendRefused for what no text message carries."""
    if content.file:
        raise SendRefused(Problem.UNSUPPORTED, is_final=True)
    text = plain_signs(plain.written(content), transliterate=channel.setting("transliterate") == "yes")
    if not text:
        raise SendRefused(Problem.UNSUPPORTED, is_final=True)
    if len(cut(text)) > MOST_PARTS:
        raise SendRefused(Problem.TOO_LONG, is_final=True)
    return text


def plain_signs(text: str, *, transliterate: bool = False) -> str:
    """The same text with plain quotes and dashes where this alone keeps it in GSM-7, twice as short.

    Letters are never changed, unless the channel wants accents dropped ("Perú" → "Peru") for the same end.
    """
    if alphabet_of(text) == GSM7:
        return text
    simple = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)
    if transliterate:
        simple = "".join(sign if sign in _GSM_SIGNS else _bare(sign) for sign in simple)
    return simple if alphabet_of(simple) == GSM7 else text


def _bare(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def number_of(raw: str, *, country: str) -> str:
    """A telephone number with + and country code; short codes and names of senders stay as they are."""
    typed = re.sub(r"^00(?=[1-9])", "+", re.sub(r"[\s().\-]", "", raw))
    if not re.fullmatch(r"\+?\d{7,15}", typed):
        return typed
    for candidate, region in ((typed, country.upper()), ("+" + typed.lstrip("+"), None)):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and (
            region is None or phonenumbers.is_valid_number(number)
        ):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return typed


def link(address: str, *, country: str, scheme: str = "sms") -> str:
    """What opens a message to a number, or calls it (`scheme` tel); "" for names of senders."""
    number = number_of(address, country=country)
    return f"{scheme}:{number}" if is_number(number) else ""


def is_number(address: str) -> bool:
    """Whether somebody can be written to here."""
    return re.fullmatch(r"\+?\d{3,15}", address) is not None


def taken_in(message: Arrived) -> Parsed:
    """A message, or the wish to be left alone where it is nothing but a word that says so."""
    if message.part is None and fold(message.text).strip(" .!¡\n") in _STOPPING:
        return Parsed(stops=(Stopped(sender=message.sender, at=message.at),))
    return Parsed(messages=(message,))
