"""What to bring for a procedure, as a numbered list for one person: only what may be quoted now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from ventanilla.answers.asking import Passage
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact, Kind

from .automatic import most_letters, sourced
from .composing import language_of
from .models import Enquiry

# A channel whose messages hold less is paid by the letter: it gets the short form, in so many letters.
SHORT_BELOW, SHORT = 2_000, 600
SHORTEST_LINE, LONGEST_LINE = 24, 120


@dataclass(frozen=True, slots=True)
class Checklist:
    """The documents that one procedure asks for, in the person's language where there is a text in it."""

    ref: str
    title: str
    language: str
    documents: tuple[str, ...]
    where: str
    path: str
    sources: tuple[str, ...]


def procedures(enquiry: Enquiry, *, at: datetime) -> list[Checklist]:
    """Procedures of the country that ask for documents and may be quoted now, by title."""
    facts = Fact.objects.filter(kind=Kind.PROCEDURE, country=enquiry.country, country__is_open=True)
    found = [_checklist(item, enquiry) for item in items(facts.quotable(at=at.date()), at=at.date())]
    return sorted((one for one in found if one.documents), key=lambda one: (one.title.casefold(), one.ref))


def _checklist(item: Item, enquiry: Enquiry) -> Checklist:
    language = item.language(language_of(enquiry))
    text = item.text(language)
    path = Passage(item=item, language=language, text="", score=1.0).path
    with override(language):
        sources = tuple(sourced(item))
    documents = tuple(dict.fromkeys(line.strip() for line in text.requirements if line.strip()))
    return Checklist(item.ref, text.title, language, documents, text.where.strip(), path, sources)


def draft(checklist: Checklist, answers: Mapping[str, str], enquiry: Enquiry) -> str:
    """The message: what is still missing by number, what the person has, where, source and page.

    `answers`: for each document "missing" or "has"; what is neither is left out.
    """
    missing = [one for one in checklist.documents if answers.get(one) == "missing"]
    has = [one for one in checklist.documents if answers.get(one) == "has"]
    with override(checklist.language):
        if most_letters(enquiry) < SHORT_BELOW:
            return _short(checklist, missing)
        return "\n\n".join(_whole(checklist, missing, has))


def _whole(checklist: Checklist, missing: list[str], has: list[str]) -> list[str]:
    parts = ["\n".join([_head(checklist, missing), *_numbered(missing)])]
    if has:
        parts.append("\n".join([_("You have already:"), *(f"– {one}" for one in has)]))
    if checklist.where:
        parts.append(_("Where: {place}").format(place=checklist.where))
    return [*parts, "\n".join([*checklist.sources, _address(checklist)])]


def _short(checklist: Checklist, missing: list[str]) -> str:
    """Each document in as many letters as there is room for; the page says all of it."""
    around = [_head(checklist, missing), *checklist.sources, _address(checklist)]
    room = SHORT - sum(len(one) + 1 for one in around)
    widths = range(LONGEST_LINE, SHORTEST_LINE, -4)
    tries = (_numbered([_cut(one, width) for one in missing]) for width in widths)
    shortest = _numbered([_cut(one, SHORTEST_LINE) for one in missing])
    lines = next((some for some in tries if sum(len(one) + 1 for one in some) <= room), shortest)
    return "\n".join([around[0], *lines, *around[1:]])


def _head(checklist: Checklist, missing: list[str]) -> str:
    said = _("{title}. You still need:") if missing else _("{title}. You have all the documents.")
    return said.format(title=checklist.title)


def _numbered(lines: list[str]) -> list[str]:
    return [f"{number}. {line}" for number, line in enumerate(lines, start=1)]


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else f"{line[: most - 1].rsplit(' ', 1)[0]}…"


def _address(checklist: Checklist) -> str:
    return f"{settings.PUBLIC_URL}{checklist.path}"
