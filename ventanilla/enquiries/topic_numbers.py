"""Topics by number, for the keyboard and for paper: 3 is a topic, 3.2 one below it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.lib.errors import DomainError

from . import coding
from .models import Coding

# How many topics stand ready for one key, and from how long the most frequent are taken.
QUICK, LATELY = 9, timedelta(days=90)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class NoSuchTopic(DomainError):
    message = _("There is no topic of this number. The numbers stand beside the topics.")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A topic with its number, and those below it."""

    number: str
    code: str
    label: str
    below: tuple["Numbered", ...] = ()


def numbered(language: str) -> list[Numbered]:
    """All topics, in the order of their numbers."""
    return [
        Numbered(str(one), code, label, _below(one, finer))
        for one, (code, label, finer) in enumerate(coding.choices(language), 1)
    ]


def _below(one: int, finer: list[tuple[str, str]]) -> tuple[Numbered, ...]:
    return tuple(Numbered(f"{one}.{two}", code, label) for two, (code, label) in enumerate(finer, 1))


def flat(rows: list[Numbered]) -> Iterator[Numbered]:
    """Topics and those below them, one after the other."""
    for row in rows:
        yield row
        yield from row.below


def codes_of(typed: str, language: str) -> list[str]:
    """Codes of numbers as somebody types them ("3 5.2"), each once. Raises NoSuchTopic."""
    known = {row.number: row.code for row in flat(numbered(language))}
    words = typed.replace(",", " ").replace(";", " ").split()
    if any(_NUMBER.fullmatch(word) is None or word not in known for word in words):
        raise NoSuchTopic
    return list(dict.fromkeys(known[word] for word in words))


def quick(hubs: Iterable[Hub], language: str, *, at: datetime) -> list[Numbered]:
    """The topics that these hubs give most of late, filled up with the upper ones; nine at most."""
    given = Coding.objects.filter(enquiry__hub__in=hubs, at__gt=at - LATELY).values("topic")
    often = Counter({row["topic"]: row["n"] for row in given.annotate(n=Count("pk")).order_by("topic")})
    rows = numbered(language)
    known = {row.code: row for row in flat(rows)}
    codes = [code for code, _n in often.most_common() if code in known] + [row.code for row in rows]
    return [known[code] for code in list(dict.fromkeys(codes))[:QUICK]]


def numbers_of(codes: Iterable[str], language: str) -> str:
    """The other way round, for putting codes back into a form."""
    known = {row.code: row.number for row in flat(numbered(language))}
    return " ".join(known[code] for code in codes if code in known)
