"""What a question says, made ready for the lexicon and the encoders."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from . import language as languages
from .places import Named, countries_in
from .spelling import fold, is_stop, long_forms, words
from .vocabulary import Vocabulary

LONGEST = 1_500
_TAG = re.compile(r"<[^<>]{0,300}>")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_CLAUSE_END = re.compile(
    r"[.!?;,…:؟،]+|\s(?:pero|but|mais|men|mas|porque|because|paske|aber)\s", re.IGNORECASE
)
_CLAUSE_WORDS, _CLAUSES = 3, 6
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """A cleaned question: `text` for encoders, weighted `tokens` for the lexicon, `content` what counts."""

    text: str
    language: str
    named: Named
    tokens: tuple[tuple[str, float], ...]
    content: tuple[str, ...]

    @property
    def clauses(self) -> list[str]:
        """The parts of a question that says several things, at most six; none when it says one."""
        found = [part.strip() for part in _CLAUSE_END.split(self.text)]
        long_enough = [part for part in found if len(part.split()) >= _CLAUSE_WORDS]
        return long_enough[:_CLAUSES] if len(long_enough) > 1 else []


def understand(raw: str, *, given: str | None, spoken: Collection[str], vocabulary: Vocabulary) -> Question:
    """Read as a person would: spelling repaired, abbreviations written out, the language guessed."""
    clean = cleaned(raw)
    tongue = languages.detect(clean, given=given, spoken=spoken, known=vocabulary.forms)
    repaired = vocabulary.repaired(clean, tongue)
    tokens = list(long_forms(words(repaired), tongue))
    content = tuple(dict.fromkeys(token for token in tokens if not is_stop(token, tongue)))
    spelled = tuple(dict.fromkeys(fold(word) for word in words(clean)))
    extra = [(word, 0.5) for word in spelled if word not in tokens and not is_stop(word, tongue)]
    related = [(word, 0.4) for word in vocabulary.related(tokens, tongue) if word not in content]
    weighted = [(token, 1.0) for token in content] + extra + related
    if not content:
        weighted = [(token, 0.5) for token in dict.fromkeys(tokens)]
    return Question(
        text=repaired, language=tongue, named=countries_in(repaired), tokens=tuple(weighted), content=content
    )


def cleaned(raw: str) -> str:
    """Plain text of at most 1,500 characters: the beginning, and the end where the question itself stands."""
    text = _BLANKS.sub(" ", _UNSEEN.sub(" ", _TAG.sub(" ", raw[: 50 * LONGEST]))).strip()
    if len(text) <= LONGEST:
        return text
    head, tail = text[: 2 * LONGEST // 3], text[-LONGEST // 3 :]
    return f"{head.rsplit(' ', 1)[0]} {tail.split(' ', 1)[-1]}"
