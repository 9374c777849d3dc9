"""Which language a question is written in, among those the network speaks."""

from collections.abc import Collection, Container, Mapping, Sequence
from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from .spelling import wordlists, words
from .spill import Spilled

SPOKEN = ("es", "en", "fr", "ht", "pt")
# The page's language and those of the index are likelier than others; both only tip the scales.
_PAGE_BONUS, _SPOKEN_BONUS = 0.15, 0.2
_LITTLE_WORDS, _KNOWN_WORDS = 0.5, 0.2

Words = Mapping[str, Container[str]]


def detect(
    text: str, *, given: str | None = None, spoken: Collection[str] = SPOKEN, known: Words | None = None
) -> str:
    """The question's language. The page's (`given`) tips the scales, and decides over a single word.

    `spoken` are the languages of the index, `known` its folded words by language.
    """
    tokens = words(text)
    chances = _chances(text, tokens, frozenset(spoken) | frozenset(SPOKEN), known or {})
    if given in chances and len(tokens) < 2:
        return given
    for language in chances:
        chances[language] += _SPOKEN_BONUS * (language in spoken) + _PAGE_BONUS * (language == given)
    return max(chances, key=lambda language: chances[language])


def _chances(text: str, tokens: Sequence[str], spoken: frozenset[str], known: Words) -> dict[str, float]:
    """The identifier's opinion, raised by the share of words that are little or known in a language."""
    stops = wordlists()["stop"]
    return {
        language: chance
        + _LITTLE_WORDS * _share(tokens, stops.get(language, ()))
        + _KNOWN_WORDS * _share(tokens, known.get(language, ()))
        for language, chance in _identifier(spoken).rank(text)
    }


def _share(tokens: Sequence[str], among: Container[str]) -> float:
    return sum(token in among for token in tokens) / max(len(tokens), 1)


@cache
def _identifier(spoken: frozenset[str]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(spoken & set(identifier.labels))
    # The table of all hundred languages is never read again; of the automaton a question meets few states.
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    identifier.tk_nextmove = Spilled(np.asarray(identifier.tk_nextmove))
    return identifier
