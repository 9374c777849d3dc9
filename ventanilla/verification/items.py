"""The one shape in which every face (page, answer, API, offline file) reads a public fact.

A fact's texts live where they are edited: `Wording` rows for records, Wagtail pages for the library.
An app that keeps the texts of a kind plugs into `text_sources`; one that knows phones, places and
hours plugs into `contact_sources`. Nothing here decides who may see what: callers pass facts that
`Fact.objects.public(at=)` let through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from ventanilla.lib.registry import Registry
from ventanilla.lib.text import best_language

from .models import OLD_SOURCE, Fact, FactQuerySet, Source, State, Wording


@dataclass(frozen=True, slots=True)
class ItemText:
    """What people read about a fact in one language; absent parts are empty."""

    title: str
    summary: str
    audience: str = ""
    eligibility: str = ""
    requirements: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    fee: str = ""
    deadline: str = ""
    duration: str = ""
    where: str = ""
    hours: str = ""
    body: str = ""
    ask_like: tuple[str, ...] = ()
    is_reviewed: bool = False
    # Procedures, in the words of CPSV-AP.
    output: str = ""
    legal_basis: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    # Rumours: false, misleading, unconfirmed or true.
    verdict: str = ""
    # Alerts: information, caution or danger; where; from when until when.
    severity: str = ""
    place: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    kind: str = "voice"
    e164: str = ""
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach it. A confidential place has `area` and neither address nor coordinates."""

    phones: tuple[Phone, ...] = ()
    email: str = ""
    website: str = ""
    city: str = ""
    address: str = ""
    area: Mapping[str, str] = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    is_confidential: bool = False
    hours: tuple[Mapping[str, Any], ...] = ()
    is_always_open: bool = False
    operator: str = ""
    needs: tuple[str, ...] = ()
    # Where something is not as usual (closed, planned, moved): plain words by language.
    notice: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class SourceLine:
    url: str
    publisher: str
    title: str
    seen_on: date | None
    seen_precision: str


@dataclass(frozen=True, slots=True)
class Item:
    """A public fact in all its languages, ready to be shown."""

    ref: str
    kind: str
    country: str
    topics: tuple[str, ...]
    concept: str
    texts: Mapping[str, ItemText]
    contact: Contact
    details: Mapping[str, Any]
    names: Mapping[str, str]
    state: State
    checked_on: date | None
    check_again_on: date | None
    hide_on: date | None
    authority: Mapping[str, str]
    sources: tuple[SourceLine, ...]
    changed_at: Any

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def text(self, language: str) -> ItemText:
        """The text in a language, else in the best substitute."""
        return self.texts[self.language(language)]

    def language(self, language: str) -> str:
        return best_language(self.texts, language) or language

    def is_current(self, *, at: datetime) -> bool:
        """Whether an alert runs at this moment; other kinds always do."""
        text = next(iter(self.texts.values()))
        return text.starts_at is None or text.ends_at is None or text.starts_at <= at < text.ends_at

    def has_old_source(self, *, at: date) -> bool:
        """Whether every dated source was seen more than three years ago, or none is dated."""
        seen = [source.seen_on for source in self.sources if source.seen_on]
        return not seen or max(seen) < at - timedelta(days=OLD_SOURCE)


TextSource = Callable[[Sequence[Fact]], Mapping[str, Mapping[str, ItemText]]]
ContactSource = Callable[[Sequence[Fact]], Mapping[str, Contact]]

text_sources: Registry[TextSource] = Registry()
contact_sources: Registry[ContactSource] = Registry()

_LISTS = ("requirements", "steps", "offers", "ask_like")
_TEXTS = (
    "title",
    "summary",
    "audience",
    "eligibility",
    "fee",
    "deadline",
    "duration",
    "where",
    "hours",
    "body",
    "legal_basis",
)


def wordings(facts: Sequence[Fact]) -> dict[str, dict[str, ItemText]]:
    """Texts of facts that are kept as `Wording` rows, by reference and language."""
    texts: dict[str, dict[str, ItemText]] = {}
    for row in Wording.objects.filter(fact__in=facts).select_related("fact").order_by("fact", "language"):
        fields: dict[str, Any] = {name: getattr(row, name) for name in _TEXTS}
        fields |= {name: tuple(getattr(row, name)) for name in _LISTS}
        is_reviewed = row.maker == Wording.Maker.PERSON
        texts.setdefault(row.fact.ref, {})[row.language] = ItemText(**fields, is_reviewed=is_reviewed)
    return texts


def items(facts: FactQuerySet | Sequence[Fact], *, at: date) -> list[Item]:
    """Return the items of these facts, in their order; a fact without any text is left out."""
    rows = list(facts.select_related("authority") if isinstance(facts, FactQuerySet) else facts)
    prefetch_related_objects(rows, Prefetch("sources", Source.objects.order_by("position", "pk")))
    texts = _by_kind(rows, text_sources, wordings)
    contacts = _by_kind(rows, contact_sources, lambda facts: {})
    return [
        _item(fact, texts[fact.ref], contacts.get(fact.ref, Contact()), at)
        for fact in rows
        if texts.get(fact.ref)
    ]


def _by_kind(rows: Sequence[Fact], registry: Mapping[str, Any], default: Any) -> dict[str, Any]:
    batches: dict[Any, list[Fact]] = {}
    for fact in rows:
        batches.setdefault(registry.get(fact.kind, default), []).append(fact)
    found: dict[str, Any] = {}
    for source, facts in batches.items():
        found.update(source(facts))
    return found


def _item(fact: Fact, texts: Mapping[str, ItemText], contact: Contact, at: date) -> Item:
    return Item(
        ref=fact.ref,
        kind=fact.kind,
        country=fact.country_id,
        topics=tuple(fact.topics),
        concept=fact.concept,
        texts=texts,
        contact=contact,
        details=fact.details,
        names=fact.names,
        state=fact.state(at=at),
        checked_on=fact.checked_on,
        check_again_on=fact.check_again_on,
        hide_on=fact.hide_on,
        authority=fact.authority.names if fact.authority else {},
        sources=tuple(
            SourceLine(s.url, s.publisher, s.title, s.seen_on, s.seen_precision) for s in fact.sources.all()
        ),
        changed_at=fact.changed_at,
    )
