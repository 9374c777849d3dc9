"""What a message centre hands over in deliver_sm: messages of people, parts of them, and receipts.

SMPP 3.4, 4.6 and 5.2; parts: 3GPP TS 23.040, 9.2.3.24.1 (user data header) or the sar_* parameters.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ventanilla.privacy.sealing import digest

from ...contract import Arrived, Delivery, Parsed, Part, Unreadable
from ...models import Channel
from .. import sms
from .problems import outcome, word_of

_TYPE, _RECEIPT, _NOTICE, _HAS_HEADER = 0x3C, 0x04, 0x20, 0x40
_PAYLOAD, _MESSAGE_ID, _STATE, _NETWORK_ERROR = 0x0424, 0x001E, 0x0427, 0x0423
_SAR_MARK, _SAR_TOTAL, _SAR_NUMBER = 0x020C, 0x020E, 0x020F
# With and without a class of message; what is in no table is read as Latin-1, which loses no byte.
_UCS2 = frozenset((0x08, *range(0x18, 0x1C)))
_DEFAULT = frozenset((0x00, *range(0x10, 0x14), *range(0xF0, 0xF4)))
_NAMED = {0x05: "shift-jis", 0x06: "iso8859-5", 0x07: "iso8859-8"}
_IN_A_RECEIPT = {
    "id": re.compile(rb"\bid:\s*([^\s]+)", re.IGNORECASE),
    "stat": re.compile(rb"\bstat:\s*([A-Z]+)", re.IGNORECASE),
    "err": re.compile(rb"\berr:\s*(\d+)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """A deliver_sm, read."""

    source: str = field(repr=False)
    destination: str
    kind: int
    coding: int
    text: bytes = field(repr=False)
    more: dict[int, bytes] = field(repr=False)

    @property
    def is_receipt(self) -> bool:
        # Some centres leave the type empty and only say whose receipt it is.
        return self.kind & _TYPE == _RECEIPT or {_MESSAGE_ID, _STATE} <= self.more.keys()

    @property
    def is_notice(self) -> bool:
        """A word about a message that is still on its way."""
        return self.kind & _TYPE == _NOTICE

    @property
    def message_id(self) -> str:
        return self.more.get(_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1")

    def trace(self) -> str:
        """The same for the same packet, whenever it comes, and different for any other."""
        parts = (self.source, self.destination, self.kind, self.coding, self.text.hex())
        more = sorted((code, value.hex()) for code, value in self.more.items())
        return repr((parts, more))


def read(body: bytes) -> Delivered:
    """The fields of a deliver_sm. Raises Unreadable."""
    try:
        _service, rest = _word(body)
        source, rest = _word(rest[2:])
        destination, rest = _word(rest[2:])
        kind, rest = rest[0], rest[3:]
        _scheduled, rest = _word(rest)
        _valid, rest = _word(rest)
        coding, length, rest = rest[2], rest[4], rest[5:]
        more = dict(_parameters(rest[length:]))
        text = rest[:length] or more.get(_PAYLOAD, b"")
    except (IndexError, ValueError, struct.error):
        raise Unreadable from None
    return Delivered(source, destination, kind, coding, text, more)


def _word(raw: bytes) -> tuple[str, bytes]:
    word, _, rest = raw.partition(b"\0")
    return word.decode("latin-1"), rest


def _parameters(raw: bytes) -> Iterator[tuple[int, bytes]]:
    while len(raw) >= 4:
        code, length = struct.unpack_from(">HH", raw)
        yield code, raw[4 : 4 + length]
        raw = raw[4 + length :]


def parsed(delivered: Delivered, channel: Channel, *, at: datetime, name: str) -> Parsed:
    """A message or receipt in the words of the house. `name`: the id of a message that brings none."""
    if delivered.is_receipt:
        return _receipt(delivered, channel, at=at)
    if delivered.is_notice:
        return Parsed()
    text, mark = delivered.text, _sar(delivered.more)
    if delivered.kind & _HAS_HEADER and text:
        header, text = text[1 : 1 + text[0]], text[1 + text[0] :]
        mark = _concatenated(header) or mark
    part = _part(delivered, channel, mark)
    arrived = Arrived(
        external_id=_external_id(delivered, channel, part, at=at, name=name),
        sender=sms.number_of(delivered.source, country=channel.country),
        at=at,
        text=_decoded(text, delivered.coding, channel),
        part=part,
    )
    return sms.taken_in(arrived)


def _concatenated(header: bytes) -> tuple[int, int, int] | None:
    """(mark, number of parts, this part) from a user data header; None when it speaks of other things."""
    while len(header) >= 2:
        element, length = header[0], header[1]
        value, header = header[2 : 2 + length], header[2 + length :]
        if element == 0x00 and len(value) == 3:
            return value[0], value[1], value[2]
        if element == 0x08 and len(value) == 4:
            return int.from_bytes(value[:2], "big"), value[2], value[3]
    return None


def _sar(more: dict[int, bytes]) -> tuple[int, int, int] | None:
    values = [int.from_bytes(more.get(code, b""), "big") for code in (_SAR_MARK, _SAR_TOTAL, _SAR_NUMBER)]
    return (values[0], values[1], values[2]) if _SAR_TOTAL in more and _SAR_NUMBER in more else None


def _part(delivered: Delivered, channel: Channel, mark: tuple[int, int, int] | None) -> Part | None:
    if mark is None or mark[1] < 2 or not 1 <= mark[2] <= mark[1]:
        return None
    whole = f"{delivered.source}>{delivered.destination} {mark[0]}/{mark[1]}"
    return Part(digest(f"whole:{channel.pk}", whole), number=mark[2], of=mark[1])


def _external_id(
    delivered: Delivered, channel: Channel, part: Part | None, *, at: datetime, name: str
) -> str:
    if delivered.message_id:
        return f"id:{delivered.message_id}:{part.number if part else 0}"
    if part:
        # Marks come round again: the day tells a part that is sent twice from a later one of the same words.
        return "part:" + digest(f"part:{channel.pk}", f"{at:%Y-%m-%d} {delivered.trace()}")
    return f"one:{name}"


def _decoded(raw: bytes, coding: int, channel: Channel) -> str:
    """The text, by its data coding (SMPP 3.4, 5.2.19; classes of messages as in 3GPP TS 23.038, 4)."""
    if coding in _UCS2:
        return raw[: len(raw) // 2 * 2].decode("utf-16-be", "surrogatepass")
    if coding in _DEFAULT and channel.setting("alphabet") != "latin-1":
        return sms.decode_gsm7(raw)
    return raw.decode(_NAMED.get(coding, "latin-1"), "replace")


def _receipt(delivered: Delivered, channel: Channel, *, at: datetime) -> Parsed:
    found = {name: rule.search(delivered.text) for name, rule in _IN_A_RECEIPT.items()}
    said = {name: match.group(1).decode("latin-1") for name, match in found.items() if match}
    state = delivered.more.get(_STATE, b"")
    word = word_of(state[0]) if state else said.get("stat", "").upper()
    network = delivered.more.get(_NETWORK_ERROR, b"")
    error = int.from_bytes(network[1:3], "big") if len(network) == 3 else int(said.get("err", 0))
    became = outcome(word, error=error)
    provider_id = same_id(delivered.message_id or said.get("id", ""), channel, is_receipt=True)
    if became is None or not provider_id:
        return Parsed()
    return Parsed(deliveries=(Delivery(provider_id, became[0], at, became[1]),))


def same_id(written: str, channel: Channel, *, is_receipt: bool = False) -> str:
    """An id in one form, for centres that write it in hexadecimal when they take a message, decimal later."""
    if channel.setting("message_ids") != "hex":
        return written
    try:
        return str(int(written) if is_receipt else int(written, 16))
    except ValueError:
        return written
