"""Questions without an answer, kept without anything that tells who asked."""

import hashlib
import re
from datetime import datetime

from django.db.models import F

from ventanilla.hubs.models import Country
from ventanilla.lib.text import clean, fold

from . import index
from .models import Gap

_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_MAIL = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"[+(]?\d[\d\s().\-/]{2,}\d|\d+")
_WORD = re.compile(r"\b[^\W\d_]+\b")


def scrub(text: str) -> str:
    """Take out links, e-mail addresses, numbers and words that look like names.

    A capital inside a sentence is taken for a name: losing a place name costs an editor little,
    keeping a person's name would harm.
    """
    text = clean(text, limit=300)
    text = _LINK.sub("…", text)
    text = _MAIL.sub("…", text)
    text = _NUMBER.sub("#", text)
    return _without_names(text)


_NAMED = re.compile(
    r"\b(me llamo|mi nombre es|my name is|je m'appelle|mwen rele|non mwen se)"
    r"\s+([^\W\d_]+(?:\s+[^\W\d_]+)?)",
    re.IGNORECASE,
)
# What follows may also be a nationality or a trade, which the index knows.
_INTRODUCED = re.compile(
    r"\b(soy|somos|i am|i'm|je suis|mwen se|m se|eu sou|sou) ([^\W\d_]+)( [^\W\d_]+)?", re.IGNORECASE
)


def _without_names(text: str) -> str:
    text = _NAMED.sub(lambda match: f"{match[1]} …", text)
    text = _INTRODUCED.sub(_without_unknown, text)
    kept: list[str] = []
    for position, word in enumerate(text.split(" ")):
        starts_sentence = position == 0 or kept[-1][-1:] in ".?!¿¡…"
        is_name = word[:1].isupper() and not word.isupper() and not starts_sentence
        kept.append("…" if is_name else word)
    return " ".join(kept)


def _without_unknown(match: re.Match[str]) -> str:
    """Names are often typed without a capital: after "I am" only words of the index stay."""
    knows = index.current().vocabulary.knows
    kept = (word if knows(fold(word)) else "…" for word in match[0].split(" ")[len(match[1].split()) :])
    return " ".join((match[1], *kept))


def note_gap(question: str, *, language: str, country: str | None, at: datetime) -> None:
    """Count a question that nobody could answer; the same words in any case and accents are one gap."""
    text = scrub(question)
    if not _WORD.search(text):
        return
    known = Country.objects.filter(code=country or "").first()
    digest = hashlib.sha256(f"{country}|{' '.join(_WORD.findall(fold(text)))}".encode()).hexdigest()
    gap, is_new = Gap.objects.get_or_create(
        digest=digest,
        defaults={
            "text": text,
            "language": language,
            "country": known,
            "first_on": at.date(),
            "last_on": at.date(),
        },
    )
    if not is_new:
        Gap.objects.filter(pk=gap.pk).update(times=F("times") + 1, last_on=at.date())
