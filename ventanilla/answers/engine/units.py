"""The smallest searchable texts and how an item is cut into them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

PIECE_CHARS = 550
_SENTENCE_END = re.compile(r"(?<=[.!?…:;。؟])\s+|\n+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One searchable text; the best unit counts for its item.

    `country` is a lower-case ISO code or "" for everywhere; `unit` names the part of the item
    ("title", "summary", "ask_like", "requirements", "body" and so on).
    """

    item: str
    language: str
    country: str
    kind: str
    unit: str
    text: str


def units_of(
    *,
    item: str,
    language: str,
    country: str,
    kind: str,
    title: str,
    summary: str,
    ask_like: Sequence[str],
    sections: Mapping[str, str | Sequence[str]],
) -> list[Unit]:
    """Cut one item in one language into units of at most 550 characters; empty texts give none."""
    parts = [("title", title), *(("ask_like", question) for question in ask_like), ("summary", summary)]
    parts += [(name, _joined(text)) for name, text in sections.items()]
    return [
        Unit(item=item, language=language, country=country.lower(), kind=kind, unit=name, text=piece)
        for name, text in parts
        for piece in pieces(text)
    ]


def pieces(text: str, *, limit: int = PIECE_CHARS) -> Iterator[str]:
    """Parts of at most `limit` characters, cut at sentence ends where there are any."""
    held = ""
    for sentence in _sentences(text, limit=limit):
        if held and len(held) + 1 + len(sentence) > limit:
            yield held
            held = sentence
        else:
            held = f"{held} {sentence}" if held else sentence
    if held:
        yield held


def dense_texts(units: Sequence[Unit]) -> list[str]:
    """The text an encoder reads for each unit: pieces carry their title, so "Free." means something."""
    titles = {(unit.item, unit.language): unit.text for unit in units if unit.unit == "title"}
    return [_with_title(unit, titles.get((unit.item, unit.language), "")) for unit in units]


def text_key(text: str) -> int:
    """A 63-bit key that is the same for texts differing only in case, spacing or punctuation."""
    words = " ".join(_WORD.findall(text.casefold()))
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def _with_title(unit: Unit, title: str) -> str:
    if unit.unit in ("title", "ask_like") or not title:
        return unit.text
    return f"{title}. {unit.text}"


def _joined(text: str | Iterable[str]) -> str:
    return text if isinstance(text, str) else "\n".join(text)


def _sentences(text: str, *, limit: int) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        held = ""
        for word in words:
            if held and len(held) + 1 + len(word) > limit:
                yield held
                held = ""
            held = f"{held} {word[:limit]}" if held else word[:limit]
        if held:
            yield held
