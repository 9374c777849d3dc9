"""A Bloom filter: says "certainly not in the list" or "very likely in it", in two bits a password."""

import hashlib
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_MAGIC = b"VBF1"


@dataclass(frozen=True, slots=True)
class Bloom:
    """`hashes` positions for each word in a field of bits."""

    hashes: int
    bits: bytes

    def __contains__(self, word: str) -> bool:
        return all(self.bits[place >> 3] & (1 << (place & 7)) for place in self._places(word))

    def _places(self, word: str) -> Iterator[int]:
        yield from _places(word, self.hashes, len(self.bits) * 8)

    def to_bytes(self) -> bytes:
        return _MAGIC + bytes([self.hashes]) + self.bits


def from_bytes(data: bytes) -> Bloom:
    """Read what `to_bytes` wrote. Raises ValueError for anything else."""
    if data[:4] != _MAGIC or len(data) < 6:
        raise ValueError("This is not a filter of passwords.")
    return Bloom(hashes=data[4], bits=data[5:])


def of(words: Collection[str], *, wrongly: float) -> Bloom:
    """A filter of these words that takes `wrongly` (a share, as 0.001) of all others for one of them."""
    size = math.ceil(-len(words) * math.log(wrongly) / math.log(2) ** 2 / 8)
    hashes = max(1, round(size * 8 / len(words) * math.log(2)))
    field = bytearray(size)
    for word in words:
        for place in _places(word, hashes, size * 8):
            field[place >> 3] |= 1 << (place & 7)
    return Bloom(hashes, bytes(field))


def _places(word: str, hashes: int, size: int) -> Iterator[int]:
    digest = hashlib.blake2b(word.encode(), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
    return ((first + number * step) % size for number in range(hashes))
