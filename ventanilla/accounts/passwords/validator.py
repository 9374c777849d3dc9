"""Refuses passwords that stand in published breaches. Where the list comes from: see SOURCES.md beside it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import bloom

FILTER = Path(__file__).with_name("breached.bloom")
# A stem counts where what was put around it is so short that a program tries all of it.
SHORTEST_STEM, MOST_AROUND = 6, 8
FEWEST_CHARACTERS = 5
_LEET = str.maketrans("013457@$!|", "oieastasil")
_AROUND = re.compile(r"^[\d\W_]+|[\d\W_]+$")


class NotBreached:
    """A password validator of Django."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when the password, or one a program tries next to it, was published."""
        if is_known(password):
            raise ValidationError(
                _("This password is known from published breaches, or almost. Choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _(
            "No password that was published in a breach. Four words that do not belong together are good."
        )


def is_known(password: str) -> bool:
    """Whether this is a published password, a simple change of one, or one character over and over."""
    plain = unicodedata.normalize("NFKC", password).lower()
    if len(set(plain)) < FEWEST_CHARACTERS:
        return True
    known = _filter()
    return any(word in known for word in _tried_with(plain))


def _tried_with(plain: str) -> Iterator[str]:
    yield plain
    yield _unit(plain)
    for word in {plain, plain.translate(_LEET)}:
        stem = _AROUND.sub("", word)
        if len(stem) >= SHORTEST_STEM and len(word) - len(stem) <= MOST_AROUND:
            yield stem
            yield stem.translate(_LEET)
            yield _unit(stem)


def _unit(word: str) -> str:
    """The part that is repeated, as "abc" of "abcabcabc"; the word itself where nothing is."""
    at = (word + word).find(word, 1)
    return word[:at]


@cache
def _filter() -> bloom.Bloom:
    return bloom.from_bytes(FILTER.read_bytes())
