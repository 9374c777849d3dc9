"""One spelling for many: accents, phone abbreviations, sounds that are written in several ways."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import snowballstemmer
import yaml

_WORD = re.compile(r"[^\W_]+")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_STEMMERS = {
    "es": "spanish",
    "en": "english",
    "fr": "french",
    "pt": "portuguese",
    "de": "german",
    "it": "italian",
}
_STEMMERS |= {"ar": "arabic", "nl": "dutch", "ru": "russian"}

# Longest first within a line; the whole list is tried in order. The sounds of Spanish, Portuguese, French and
# Haitian Creole spelling fall together, so that kiero/quiero, ase/hace, migrasyon/migration/migración meet.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"sch|sh|tch|ch", "x"),
        (r"h", ""),
        (r"qu(?=[ei])|q(?=[ei])", "k"),
        (r"gu(?=[ei])", "g"),
        (r"[tcs]{1,2}[iy]on", "sion"),
        (r"c(?=[eiy])|z", "s"),
        (r"[cq]", "k"),
        (r"g(?=[eiy])", "j"),
        (r"ll|y", "i"),
        (r"[vw]", "b"),
        (r"(.)\1+", r"\1"),
    )
]


@cache
def wordlists() -> dict[str, dict[str, dict[str, str]]]:
    """The lists of `words.yaml`: {"stop": {language: {word: ""}}, "phone": {language: {short: long}}}."""
    raw = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    stop = {language: dict.fromkeys(map(fold, words.split()), "") for language, words in raw["stop"].items()}
    return {"stop": stop, "phone": raw["phone"]}


def fold(text: str) -> str:
    """Lower case without accents; invisible marks (right-to-left overrides, joiners) vanish."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in flat if unicodedata.category(ch) not in ("Mn", "Cf", "Cc") or ch in "\n\t ")


def words(text: str) -> list[str]:
    """Folded words of a text, in order."""
    return _WORD.findall(_LONG_RUN.sub(r"\1\1", fold(_APOSTROPHE.sub(" ", text))))


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """What a folded word sounds like, whatever was made of b/v, c/s/z, h, ll/y, q/k or -ción/-syon."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; languages without a stemmer keep the word."""
    stemmer = _stemmer(language)
    return word if stemmer is None or not word.isalpha() else str(stemmer.stemWord(word))


@cache
def _stemmer(language: str) -> Any | None:
    name = _STEMMERS.get(language)
    return snowballstemmer.stemmer(name) if name else None


def is_stop(word: str, language: str) -> bool:
    """Whether a folded word carries no meaning of its own in a question (also greetings and fillers)."""
    return len(word) < 2 and not word.isdigit() or word in wordlists()["stop"].get(language, ())


def long_forms(tokens: list[str], language: str) -> Iterator[str]:
    """Phone abbreviations written out ("xq" becomes "porque"); other words pass."""
    phone = wordlists()["phone"].get(language, {})
    for token in tokens:
        yield from phone.get(token, token).split()
