"""An item cut into the parts of its page: the box of facts, the sections, the proof."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.hubs.models import Hub
from ventanilla.labour.models import LabourRecord
from ventanilla.lib.text import in_language
from ventanilla.verification.items import Item, ItemText, SourceLine
from ventanilla.verification.models import Kind

from .calendar_words import day_words, hours_lines
from .labels import CHANNELS, NEEDS, language_name, party_names
from .reading import iso_day


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an item's page: a heading and lines or paragraphs; `style` is check, steps, list or plain.

    `is_own_heading` tells that the heading is in the language of the text, not of the page.
    """

    heading: Any
    lines: tuple[str, ...]
    style: str = "plain"
    is_own_heading: bool = False


def sections_of(text: ItemText, kind: str) -> list[Section]:
    """The long parts of an item in reading order; absent parts are left out."""
    for_rights = kind in (Kind.PROCEDURE, Kind.PROGRAMME, Kind.AGREEMENT)
    is_structured = bool(text.requirements or text.steps or text.offers)
    parts = [
        Section(_("Who it is for"), _paragraphs(text.audience)),
        Section(_("Who can use it"), _paragraphs(text.eligibility)),
        Section(_("What it offers"), text.offers, "list"),
        Section(_("What to bring") if for_rights else _("What you need"), text.requirements, "check"),
        Section(_("Steps"), text.steps, "steps"),
        *_body(text.body, kind, heading=_("Good to know") if is_structured else ""),
    ]
    return [part for part in parts if part.lines]


# Kinds whose texts lead each paragraph with a few words of its own: "What is true. It closed in 2023."
_LED = (Kind.RUMOUR, Kind.FRAUD_WARNING)
_LONGEST_LEAD = 5


def _body(body: str, kind: str, *, heading: str) -> Iterator[Section]:
    paragraphs = _paragraphs(body)
    led = [_lead(paragraph) for paragraph in paragraphs] if kind in _LED else []
    if sum(bool(lead) for lead, _rest in led) < 2:
        yield Section(heading, paragraphs)
        return
    for lead, rest in led:
        yield Section(lead, (rest,), is_own_heading=True)


def _lead(paragraph: str) -> tuple[str, str]:
    lead, dot, rest = paragraph.partition(". ")
    is_lead = dot and rest and len(lead.split()) <= _LONGEST_LEAD
    return (lead, rest) if is_lead else ("", paragraph)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the box of facts; `is_own` values are in the language of the text."""

    label: Any
    value: str
    is_own: bool = True
    href: str = ""


def rows_of(item: Item, text: ItemText) -> list[Row]:
    """Cost, place, time: what people look for first."""
    contact = item.contact
    rows = [
        Row(_("Cost"), text.fee),
        Row(_("Where"), "" if contact.is_confidential else text.where or _place(item)),
        Row(_("Opening hours"), text.hours or _hours(item), is_own=bool(text.hours)),
        Row(_("Time it takes"), text.duration),
        Row(_("Deadline"), text.deadline),
        Row(_("E-mail"), contact.email, href=f"mailto:{contact.email}"),
        Row(_("Website"), _short_address(contact.website), href=contact.website),
        Row(_("Run by"), _operator(item, text)),
        Row(_("Helps with"), _needs(item), is_own=False),
    ]
    return [row for row in rows if row.value]


# Packs tell who runs a thing in English. Readers of another language see it where it is plainly a name.
_ENGLISH = re.compile(
    r"\b(and|authorities|by|for|from|government|in|ministry|municipality|of|office|partners?|support|the|with)\b",
    re.IGNORECASE,
)


def _operator(item: Item, text: ItemText) -> str:
    operator = item.contact.operator or str(item.details.get("operator") or "")
    is_foreign = item.texts.get("en") is not text and _ENGLISH.search(operator)
    return "" if is_foreign else operator


def _place(item: Item) -> str:
    contact = item.contact
    if contact.is_confidential:
        return ""
    parts = (contact.address, "" if contact.city in contact.address else contact.city)
    return ", ".join(part for part in parts if part)


def _hours(item: Item) -> str:
    if item.contact.is_always_open:
        return _("Every day, 24 hours")
    return "; ".join(hours_lines(item.contact.hours))


def _short_address(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _needs(item: Item) -> str:
    known = [str(NEEDS[need]) for need in NEEDS if need in item.contact.needs]
    return " · ".join(known)


def hub_rows(hub: Hub) -> list[Row]:
    """How a hub can be reached and in which languages."""
    channels = [str(CHANNELS[channel]) for channel in hub.channels if channel in CHANNELS]
    languages = [language_name(code) for code in hub.languages]
    rows = [
        Row(_("Kind of hub"), str(Hub.Kind(hub.kind).label), is_own=False),
        Row(_("How to reach it"), " · ".join(channels), is_own=False),
        Row(_("Languages spoken"), ", ".join(languages), is_own=False),
    ]
    return [row for row in rows if row.value]


def validity_rows(text: ItemText) -> list[Row]:
    """What a procedure gives, and from when until when it is in force."""
    rows = [
        Row(_("What you get"), text.output),
        Row(_("In force from"), _day(text.valid_from), is_own=False),
        Row(_("In force until"), _day(text.valid_until), is_own=False),
    ]
    return [row for row in rows if row.value]


def record_rows(record: LabourRecord | None, language: str) -> list[Row]:
    """Who is bound by an agreement, since when, and the official address of a record."""
    if record is None:
        return []
    parties = getattr(record, "parties", [])
    signed = iso_day(getattr(record, "signed", ""))
    rows = [
        Row(_("Between"), ", ".join(party_names(parties, language)), is_own=False),
        Row(_("Signed on"), _day(signed), is_own=False),
        Row(_("Website"), _short_address(record.website), href=record.website),
    ]
    return [row for row in rows if row.value]


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def newest_source(sources: Sequence[SourceLine]) -> SourceLine | None:
    """The source seen last; the first of those without a date."""
    return max(sources, key=lambda source: source.seen_on or date.min, default=None)


def area_of(item: Item, language: str) -> str:
    """The area shown instead of a confidential place."""
    return (in_language(item.contact.area, language) or "") if item.contact.is_confidential else ""


def notice_of(item: Item, language: str) -> str:
    """What is not as usual: closed, planned, moved."""
    return in_language(item.contact.notice, language) or ""
