"""What somebody may tell about themselves, for figures: a few coded answers, each of which can be skipped.

They are numbered in the order of `facts.yaml`, on the screen and on the paper form alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ventanilla.lib.text import in_language

FILE = Path(__file__).with_name("facts.yaml")
# Somebody was asked and would rather not say; not asked is no answer at all.
UNSAID = "unsaid"
_UNSAID = {
    "es": "Prefiere no decirlo", "en": "Prefers not to say", "fr": "Préfère ne pas le dire",
    "ht": "Li pito pa di sa",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that may be asked: its code, its name and its choices by language, in the order of numbers."""

    code: str
    names: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]

    def name(self, language: str) -> str:
        return in_language(self.names, language) or self.code

    def numbered(self, language: str) -> list[tuple[int, str, str]]:
        """(number, code, label); 0 is for who prefers not to say."""
        rows = [
            (number, code, in_language(labels, language) or code)
            for number, (code, labels) in enumerate(self.choices.items(), 1)
        ]
        return [*rows, (0, UNSAID, in_language(_UNSAID, language) or UNSAID)]


@cache
def questions() -> Mapping[str, Question]:
    """Every fact by its code, in the order of the form."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {code: Question(code, row["names"], row["choices"]) for code, row in rows.items()}


def known(facts: Mapping[str, object]) -> dict[str, str]:
    """The facts that are answers to a question of ours; what was skipped is left out."""
    return {
        code: str(facts[code])
        for code, question in questions().items()
        if facts.get(code) in question.choices or facts.get(code) == UNSAID
    }


def in_words(facts: Mapping[str, object], language: str) -> list[tuple[str, str]]:
    """(question, answer) as somebody reads them; what is no answer of ours stays as it was written."""
    return [_spoken(code, str(value), language) for code, value in facts.items()]


def _spoken(code: str, value: str, language: str) -> tuple[str, str]:
    question = questions().get(code)
    if question is None:
        return code, value
    labels = {answer: label for _number, answer, label in question.numbered(language)}
    return question.name(language), labels.get(value, value)
