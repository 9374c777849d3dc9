"""The index: every unit, found by words and by meaning."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from .asked import with_asked
from .corpus import Corpus, order
from .encoders import Encoder, EncoderAway, Matrix, default_encoders
from .lexicon import Lexicon
from .question import Question, understand
from .ranking import Ranking, judged
from .signals import Evidence, Field, Items, Scores, Signals, best_of_items, country_bonus, signals
from .units import Unit, dense_texts
from .vectors import Progress, Vectors, embed
from .vocabulary import Vocabulary

# Candidates by everything, by meaning alone, and wherever in the world they are.
NEARBY, MEANT, ELSEWHERE = 36, 20, 16
POOL_ROWS = 3_000


@dataclass(frozen=True, slots=True)
class Index:
    """All units of a network, ready to be asked; never changed in place."""

    corpus: Corpus
    lexicon: Lexicon
    vectors: tuple[Vectors, ...]
    vocabulary: Vocabulary
    encoders: tuple[Encoder, ...]

    @classmethod
    def build(
        cls,
        units: Iterable[Unit],
        *,
        encoders: Sequence[Encoder] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Read, count and embed all units; `encoders` None means those this machine runs, () words alone."""
        ordered = sorted(with_asked(units), key=order)
        chosen = tuple(default_encoders() if encoders is None else encoders)
        texts = dense_texts(ordered)
        return cls(
            corpus=Corpus.of(ordered),
            lexicon=Lexicon.build(ordered),
            vectors=tuple(embed(encoder, texts, progress=progress) for encoder in chosen),
            vocabulary=Vocabulary.build(ordered),
            encoders=chosen,
        )

    def updated(self, *, removed_items: Iterable[str], units: Iterable[Unit]) -> Self:
        """A new index without the removed items and with new units; known texts are not embedded again."""
        added = with_asked(units)
        gone = {*removed_items, *(unit.item for unit in added)}
        old = self.corpus.units()
        keep = np.array([unit.item not in gone for unit in old], dtype=bool)
        joined = [unit for unit in old if unit.item not in gone] + added
        turn = sorted(range(len(joined)), key=lambda row: order(joined[row]))
        places = np.empty(len(joined), dtype=np.int32)
        places[turn] = np.arange(len(joined), dtype=np.int32)
        ordered = [joined[row] for row in turn]
        texts = dense_texts(ordered)
        return type(self)(
            corpus=Corpus.of(ordered),
            lexicon=self.lexicon.changed(keep=keep, units=added, places=places),
            vectors=tuple(
                embed(encoder, texts, known=[known])
                for encoder, known in zip(self.encoders, self.vectors, strict=True)
            ),
            vocabulary=Vocabulary.build(ordered),
            encoders=self.encoders,
        )

    def save(self, directory: Path) -> None:
        """Write a new version beside the old ones, then swap; readers never see half an index."""
        from .storage import write

        write(self, directory)

    @classmethod
    def load(cls, directory: Path, *, encoders: Sequence[Encoder] | None = None) -> "Index":
        """Map the current version into memory. Raises IndexMissing and IndexOutdated."""
        from .storage import read

        return read(directory, tuple(default_encoders() if encoders is None else encoders))

    def ask(
        self,
        question: str,
        *,
        language: str | None = None,
        country: str | None = None,
        visible: Callable[[str], bool] | None = None,
        limit: int = 10,
    ) -> Ranking:
        """The items that answer best, and whether to trust the first; any text is a question, none raises."""
        page = country.lower() if country else None
        read = self.understood(question, language=language)
        if not read.tokens or not len(self.corpus):
            return Ranking("none", 0.0, read.language, self._country(read, page), ())
        evidence = self.evidence(read)
        found = self.signals(read, evidence, page=page, visible=visible)
        return judged(
            found,
            question=read,
            evidence=evidence,
            corpus=self.corpus,
            country=self._country(read, page),
            page_language=language,
            encoders=list(evidence.dense),
            limit=limit,
        )

    def understood(self, question: str, *, language: str | None = None) -> Question:
        """The question as the engine reads it."""
        spoken = self.corpus.languages
        return understand(question, given=language, spoken=spoken, vocabulary=self.vocabulary)

    def evidence(self, question: Question) -> Evidence:
        """Scores of every unit for a question."""
        found = Evidence(
            words=self.lexicon.by_words(question.tokens, language=question.language),
            grams=self.lexicon.by_grams(question.tokens),
            dense={},
            clauses={},
        )
        for encoder, vectors in zip(self.encoders, self.vectors, strict=True):
            parts = question.clauses if encoder.light else []
            try:
                asked = encoder.questions([question.text, *parts])
            except EncoderAway:
                continue
            pool = self._pool(found, vectors, asked[0])
            scores = _scores(vectors, asked[0], pool) / vectors.reach[0]
            clauses = {**found.clauses, encoder.name: asked[1:]} if parts else found.clauses
            found = replace(found, dense={**found.dense, encoder.name: scores}, clauses=clauses)
        return found

    def signals(
        self,
        question: Question,
        evidence: Evidence,
        *,
        page: str | None,
        visible: Callable[[str], bool] | None = None,
    ) -> Signals:
        """Signals of the best visible items."""
        bonus = country_bonus(question, self.corpus, page=page)
        fused = best_of_items(evidence.fused, self.corpus)
        found = self._best(fused + bonus, visible, NEARBY)
        if evidence.dense:
            found |= self._best(best_of_items(evidence.meant, self.corpus) + bonus, visible, MEANT)
        found |= self._best(fused, visible, ELSEWHERE)
        return signals(
            Field(
                question=question,
                evidence=evidence,
                corpus=self.corpus,
                lexicon=self.lexicon,
                vectors=self.vectors,
                candidates=np.array(list(found), dtype=np.intp),
                page=page,
            )
        )

    def _best(self, scores: Scores, visible: Callable[[str], bool] | None, count: int) -> dict[int, None]:
        """The best visible items in order (a dictionary keeps it and forgets repetitions)."""
        found: dict[int, None] = {}
        for item in _downwards(scores, count):
            if visible is None or visible(self.corpus.items[item].id):
                found[item] = None
                if len(found) == count:
                    break
        return found

    def _pool(self, evidence: Evidence, vectors: Vectors, question: Matrix) -> Items | None:
        """Rows worth reading in a large index: the best so far, for the first encoder also the likely."""
        if not len(vectors.coarse):
            return None
        worth = np.zeros(len(self.corpus), dtype=bool)
        worth[np.argpartition(-evidence.fused, POOL_ROWS)[:POOL_ROWS]] = True
        if not evidence.dense:
            worth[vectors.likely(question, POOL_ROWS)] = True
        return np.flatnonzero(worth)

    def _country(self, question: Question, page: str | None) -> str | None:
        return question.named.strongest(among=self.corpus.countries) or page


def _scores(vectors: Vectors, question: Matrix, pool: Items | None) -> Scores:
    if pool is None:
        return vectors.scores(question)
    scores = np.zeros(len(vectors.rows), dtype=np.float32)
    scores[pool] = vectors.scores(question, only=pool)
    return scores


def _downwards(scores: Scores, expected: int) -> Iterator[int]:
    """Places by falling score; the likely part comes sorted first, for sorting all costs more."""
    part = min(4 * expected, len(scores))
    top = np.argpartition(-scores, part - 1)[:part]
    top = top[np.lexsort((top, -scores[top]))]
    yield from top.tolist()
    seen = set(top.tolist())
    yield from (place for place in np.argsort(-scores, kind="stable").tolist() if place not in seen)
