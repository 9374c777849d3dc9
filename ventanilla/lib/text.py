"""Small tools for texts by language and for text that strangers send."""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

# Read in this order where a text is missing in the language asked for.
FALLBACK_LANGUAGES = ("es", "en", "fr", "ht")

# Control characters, zero-width and direction marks, and lone surrogates that no database can store.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def best_language(available: Mapping[str, object], language: str) -> str | None:
    """Return the language itself where it is available, else the best substitute."""
    for candidate in (language, *FALLBACK_LANGUAGES):
        if available.get(candidate):
            return candidate
    return next(iter(available), None)


def in_language(texts: Mapping[str, T], language: str) -> T | None:
    """Return the text in a language, or in the best substitute."""
    best = best_language(texts, language)
    return texts[best] if best else None


def clean(text: str, *, limit: int) -> str:
    """Drop control and direction-changing characters, join white space, cut at `limit` characters."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text[: limit * 4]))
    return " ".join(text.split())[:limit]


def fold(text: str) -> str:
    """Lower case without accents, for comparing what people type."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
