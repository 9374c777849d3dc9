"""Films and sounds of telephones (ISO 14496-12, QuickTime): where and when they were made is blanked out.

Boxes keep their length, so that nothing that points into the file has to be moved.
"""

import struct
from collections.abc import Iterator

_CONTAINERS = (b"moov", b"trak", b"mdia", b"moof", b"traf")
# Names, places, devices, descriptions; pieces of other formats such as XMP.
_TALKATIVE = (b"udta", b"meta", b"uuid")
# Version and flags, then when it was made and changed: 4 bytes each, in version 1 8 bytes.
_DATED = (b"mvhd", b"tkhd", b"mdhd")


def blanked(content: bytes) -> bytes:
    """The same film or sound without what its maker's telephone wrote about it."""
    data = bytearray(content)
    _blank(data, 0, len(data))
    return bytes(data)


def _blank(data: bytearray, start: int, end: int) -> None:
    for kind, at, inside, after in _boxes(data, start, end):
        if kind in _TALKATIVE:
            data[at + 4 : at + 8] = b"free"
            data[inside:after] = bytes(after - inside)
        elif kind in _DATED and after - inside >= 20:
            length = 16 if data[inside] == 1 else 8
            data[inside + 4 : inside + 4 + length] = bytes(length)
        elif kind in _CONTAINERS:
            _blank(data, inside, after)


def _boxes(data: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Kind, begin, begin of the contents and end of each box; ends at the first that is none."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        inside = start + 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, inside)
            inside += 8
        after = end if size == 0 else start + size
        if not inside <= after <= end:
            return
        yield kind, start, inside, after
        start = after
