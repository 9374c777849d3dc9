"""From signals to an order, a verdict and a confidence."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from .corpus import Corpus, Item
from .question import Question
from .signals import Evidence, Scores, Signals
from .units import Unit

Verdict = Literal["direct", "choices", "none"]

WEIGHTS = Path(__file__).with_name("weights.json")
_FALLBACKS = {"ht": ("fr", "es", "en"), "fr": ("en", "es"), "pt": ("es", "en"), "en": ("es",)}


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that may answer, in the language it is best shown in, with its best unit there."""

    item: str
    language: str
    score: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found. "choices" means: not sure, let the person pick; `confidence` runs from 0 to 1."""

    verdict: Verdict
    confidence: float
    language: str
    country: str | None
    hits: tuple[Hit, ...]


def judged(
    found: Signals,
    *,
    question: Question,
    evidence: Evidence,
    corpus: Corpus,
    country: str | None,
    page_language: str | None,
    encoders: Sequence[str],
    limit: int,
) -> Ranking:
    """Order the candidates and decide how far to trust the first."""
    if not len(found.items):
        return Ranking("none", 0.0, question.language, country, ())
    weights = weights_for(encoders)
    scores = weights.rank(found)
    turn = np.argsort(-scores, kind="stable")
    signs = doubts(found, scores, question)
    confidence = weights.confidence(signs)
    verdict = weights.verdict(confidence, among_three=weights.among_three(signs))
    if verdict == "direct" and country and corpus.items[found.items[turn[0]]].country != country:
        # What holds next door is offered as such, never told as if it held here.
        verdict = "choices"
    wanted = (question.language, page_language, *_FALLBACKS.get(question.language, ()), "es", "en")
    fused = evidence.fused
    hits = tuple(
        _hit(corpus, corpus.items[found.items[at]], fused, wanted, float(scores[at])) for at in turn[:limit]
    )
    return Ranking(verdict, confidence, question.language, country, hits)


def doubts(found: Signals, scores: Scores, question: Question) -> dict[str, float]:
    """Signs of whether the first candidate really answers, all roughly between -1 and 1."""
    turn = np.argsort(-scores, kind="stable")
    first = found.table[turn[0]]
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    signs = {name: float(value) for name, value in zip(found.names, first, strict=True)}
    signs["share"] = float(chances[turn[0]])
    signs["share_of_three"] = float(chances[turn[:3]].sum())
    signs["margin"] = float(scores[turn[0]] - scores[turn[min(1, len(turn) - 1)]])
    signs["score"] = float(scores[turn[0]])
    signs["length"] = float(np.log1p(len(question.content)))
    return signs


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted weights for one set of encoders; `python -m ventanilla.answers.engine.fit` writes them.

    `trust` tells whether the first candidate answers, `hope` whether one of the first three does.
    """

    ranking: dict[str, float]
    trust: dict[str, float]
    hope: dict[str, float]
    direct_from: float
    none_below: float

    def rank(self, found: Signals) -> Scores:
        """One score for each candidate."""
        weights = np.array([self.ranking.get(name, 0.0) for name in found.names], dtype=np.float32)
        return np.asarray(found.table @ weights)

    def confidence(self, signs: Mapping[str, float]) -> float:
        """The chance that the first candidate answers."""
        return _chance(self.trust, signs)

    def among_three(self, signs: Mapping[str, float]) -> float:
        """The chance that one of the first three answers: a short question may mean several."""
        return _chance(self.hope, signs)

    def verdict(self, confidence: float, *, among_three: float) -> Verdict:
        """What to tell the person."""
        if confidence >= self.direct_from:
            return "direct"
        return "choices" if among_three >= self.none_below else "none"


def _chance(weights: Mapping[str, float], signs: Mapping[str, float]) -> float:
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in signs.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def weights_for(encoders: Sequence[str]) -> Weights:
    """The weights fitted for these encoders, else for the nearest set of them."""
    fitted = _fitted()
    return fitted.get("+".join(sorted(encoders))) or fitted["use" if encoders else ""]


@cache
def _fitted() -> dict[str, Weights]:
    raw = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return {encoders: Weights(**values) for encoders, values in raw.items()}


def _hit(corpus: Corpus, item: Item, fused: Scores, wanted: Sequence[str | None], score: float) -> Hit:
    spoken = item.languages
    language = next((tongue for tongue in wanted if tongue in spoken), min(spoken))
    first, end = item.groups[language]
    best = first + int(fused[first:end].argmax())
    return Hit(item=item.id, language=language, score=score, unit=corpus.unit(best))
