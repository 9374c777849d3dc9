"""Asking: a question in the person's words in, verified passages or an honest "none" out."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from ventanilla.lib.measures import Counter
from ventanilla.lib.text import clean
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact

from . import index
from .engine import Hit

MAX_QUESTION = 1_000

ANSWERS = Counter(
    "answers",
    "Answers given",
    verdict=("direct", "choices", "none"),
    language=tuple(settings.PUBLIC_LANGUAGES),
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A verified item that answers, in the language chosen for the person, and the text that matched."""

    item: Item
    language: str
    text: str
    score: float

    @property
    def path(self) -> str:
        return f"/{self.language}/{self.item.country}/{self.item.ref}/"


@dataclass(frozen=True, slots=True)
class Answer:
    """`verdict` is direct, choices or none; `language` is the question's; passages come best first."""

    verdict: str
    confidence: float
    language: str
    country: str | None
    passages: tuple[Passage, ...]
    took_ms: float

    def as_json(self) -> dict[str, Any]:
        """The contract of `ventanilla ask --json` and the public API."""
        return {
            "verdict": self.verdict,
            "confidence": round(self.confidence, 3),
            "language": self.language,
            "passages": [passage_json(passage) for passage in self.passages],
            "took_ms": round(self.took_ms, 1),
        }


def passage_json(passage: Passage) -> dict[str, Any]:
    item, text = passage.item, passage.item.text(passage.language)
    return {
        "id": item.ref,
        "title": text.title,
        "text": passage.text,
        "url": f"{settings.PUBLIC_URL}{passage.path}",
        "sources": [
            {"url": s.url, "publisher": s.publisher, "seen_on": s.seen_on and s.seen_on.isoformat()}
            for s in item.sources
        ],
        "checked_on": item.checked_on and item.checked_on.isoformat(),
        "state": str(item.state),
        "score": round(passage.score, 4),
    }


def ask(
    question: str,
    *,
    language: str | None = None,
    country: str | None = None,
    at: datetime | None = None,
    limit: int = 10,
) -> Answer:
    """Answer from what may be quoted at this moment. Never raises for anything a person can type."""
    started = time.perf_counter()
    at = at or timezone.now()
    words = clean(question, limit=MAX_QUESTION)
    quotable = Fact.objects.filter(country__is_open=True).quotable(at=at.date())
    refs = frozenset(quotable.values_list("ref", flat=True))
    ranking = index.current().ask(
        words, language=language, country=country, visible=refs.__contains__, limit=limit
    )
    passages = _passages(ranking.hits, at=at)
    verdict = ranking.verdict if passages else "none"
    ANSWERS.add(verdict=verdict, language=ranking.language)
    return Answer(
        verdict=verdict,
        confidence=ranking.confidence,
        language=ranking.language,
        country=ranking.country,
        passages=passages,
        took_ms=(time.perf_counter() - started) * 1000,
    )


def _passages(hits: tuple[Hit, ...], *, at: datetime) -> tuple[Passage, ...]:
    facts = Fact.objects.filter(ref__in=[hit.item for hit in hits])
    found = {item.ref: item for item in items(facts, at=at.date())}
    return tuple(_passage(found[hit.item], hit) for hit in hits if hit.item in found)


# Units that only help to find an item; the summary says more than they do.
_NOT_QUOTED = frozenset({"title", "name", "ask_like"})


def _passage(item: Item, hit: Hit) -> Passage:
    language = item.language(hit.language)
    is_quotable = hit.unit.unit not in _NOT_QUOTED and hit.unit.language == language
    text = hit.unit.text if is_quotable else item.text(language).summary
    return Passage(item=item, language=language, text=text, score=hit.score)
