"""The words the index knows, to repair spelling, and what people call things where they live."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

import yaml

from .spelling import fold, long_forms, sound, wordlists, words
from .units import Unit

_SURFACE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]+|\s+|_")
_ACCENTED = re.compile(r"(?![A-Za-z])[^\W\d_]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 4
_USUAL = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """For each language the usual written form of each folded word and how often it occurs."""

    forms: dict[str, dict[str, tuple[str, int]]]
    _sounds: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def build(cls, units: Iterable[Unit]) -> Self:
        counts: dict[str, Counter[str]] = {}
        for unit in units:
            tally = counts.setdefault(unit.language, Counter())
            tally.update(re.findall(r"[^\W\d_]+", unit.text.casefold()))
        return cls(forms={language: _usual(tally) for language, tally in counts.items()})

    def knows(self, word: str) -> bool:
        """Whether a folded word occurs in any language of the index or its little words."""
        stops = wordlists()["stop"].values()
        return any(word in forms for forms in self.forms.values()) or any(word in stop for stop in stops)

    def repaired(self, text: str, language: str) -> str:
        """The text with abbreviations written out; where nobody wrote accents, these and slips are mended."""
        phone = wordlists()["phone"].get(language, {})
        # Who writes accents spells with care: mending would only replace words the index does not know.
        forms = {} if _ACCENTED.search(text) else self.forms.get(language, {})
        return "".join(self._respelled(part, language, forms, phone) for part in _SURFACE.findall(text))

    def related(self, tokens: Sequence[str], language: str) -> Iterator[str]:
        """Folded standard words for colloquial ones: "chamba" brings "trabajo"."""
        colloquial = _colloquial().get(language, {})
        spaced = f" {' '.join(tokens)} "
        for phrase in (*tokens, *(p for p in colloquial if " " in p and f" {p} " in spaced)):
            yield from colloquial.get(phrase, ())

    def _respelled(
        self, part: str, language: str, forms: dict[str, tuple[str, int]], phone: dict[str, str]
    ) -> str:
        if not part[0].isalpha():
            return part
        word = fold(part)
        if word in phone:
            return " ".join(forms[w][0] if w in forms else w for w in long_forms([word], language))
        if word in forms and len(word) > 2:
            return part if forms[word][0] == part.casefold() else forms[word][0]
        if not forms or len(word) < _SHORTEST or part[0].isupper() or self.knows(word):
            return part
        return self._nearest(word, language, forms) or part

    def _nearest(self, word: str, language: str, forms: dict[str, tuple[str, int]]) -> str | None:
        """The most usual known word that sounds the same, or is one slip of the finger away."""
        same = self._by_sound(language, forms).get(sound(word))
        if same:
            return forms[same][0]
        # Endings differ by grammar, not by slips; and a rare word is not what people meant.
        slips = [
            slip
            for slip in (_one_slip(word) if len(word) > _SHORTEST + 1 else ())
            if slip[-2:] == word[-2:] and forms.get(slip, ("", 0))[1] >= _USUAL
        ]
        best = max(slips, key=lambda slip: forms[slip][1], default=None)
        return forms[best][0] if best else None

    def _by_sound(self, language: str, forms: dict[str, tuple[str, int]]) -> dict[str, str]:
        if language not in self._sounds:
            ordered = sorted(forms, key=lambda word: forms[word][1])
            self._sounds[language] = {sound(word): word for word in ordered if len(word) >= _SHORTEST - 1}
        return self._sounds[language]


def _usual(tally: Counter[str]) -> dict[str, tuple[str, int]]:
    """Folded word to its most frequent written form and the number of all forms."""
    found: dict[str, tuple[str, int, int]] = {}
    for surface, count in tally.items():
        word = fold(surface)
        best, top, total = found.get(word, (surface, 0, 0))
        found[word] = (surface, count, total + count) if count > top else (best, top, total + count)
    return {word: (surface, total) for word, (surface, _, total) in found.items()}


def _one_slip(word: str) -> Iterator[str]:
    """Every word one dropped, swapped, wrong or added letter away."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in _LETTERS)


@cache
def _colloquial() -> dict[str, dict[str, tuple[str, ...]]]:
    """For each language, colloquial words and phrases and the folded standard words they stand for."""
    raw = yaml.safe_load(Path(__file__).with_name("thesaurus.yaml").read_text(encoding="utf-8"))
    return {language: _turned(meanings) for language, meanings in raw.items()}


def _turned(meanings: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for standard, colloquials in meanings.items():
        for phrase in colloquials:
            found.setdefault(" ".join(words(str(phrase))), []).extend(words(standard))
    return {phrase: tuple(dict.fromkeys(standard)) for phrase, standard in found.items()}
