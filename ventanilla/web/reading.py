"""What the public pages read: public facts of a country, as items, in the order of the page."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from ventanilla.directory.models import Phone
from ventanilla.hubs.models import Country, Hub
from ventanilla.labour.models import LabourRecord
from ventanilla.labour.packs import MODEL_OF_KIND
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact, Kind, Topic


def open_country(code: str) -> Country:
    """The country, where the public may read it. Raises Http404 otherwise."""
    try:
        return Country.objects.open().get(code=code)
    except Country.DoesNotExist:
        raise Http404 from None


def country_items(country: Country, *, at: datetime, **filters: Any) -> list[Item]:
    """Public items of a country, in the order of their references; alerts only while they last."""
    today = country.today(at)
    facts = Fact.objects.filter(country=country, **filters).public(at=today)
    found = items(facts.order_by("ref"), at=today)
    return [item for item in found if item.is_current(at=at)]


def public_item(country: Country, ref: str, *, at: datetime) -> Item:
    """One public item. Raises Http404 when it is hidden, unknown or of another country."""
    today = country.today(at)
    facts = Fact.objects.filter(country=country, ref=ref).public(at=today)
    found = items(facts.order_by("ref"), at=today)
    if not found:
        raise Http404
    return found[0]


def items_by_topic(found: Iterable[Item]) -> dict[Topic, list[Item]]:
    """Items under each of their topics; topics without items are left out."""
    rows = list(found)
    topics: dict[Topic, list[Item]] = {}
    for topic in Topic:
        here = [item for item in rows if topic in item.topics]
        if here:
            topics[topic] = sorted(here, key=lambda item: (kind_order(item), item.topics.index(topic)))
    return topics


KINDS_IN_ORDER = (
    Kind.ALERT, Kind.PROCEDURE, Kind.RIGHT, Kind.HOTLINE, Kind.SERVICE, Kind.HUB, Kind.PROGRAMME,
    Kind.JOB_BOARD, Kind.AGENCY_REGISTER, Kind.ENTREPRENEURSHIP, Kind.AGREEMENT, Kind.FRAUD_WARNING,
    Kind.RUMOUR, Kind.RISK, Kind.AUTHORITY,
)  # fmt: skip


def kind_order(item: Item) -> int:
    return KINDS_IN_ORDER.index(Kind(item.kind))


def siblings(item: Item, *, at: datetime) -> list[Item]:
    """The same thing in other open countries."""
    if not item.concept:
        return []
    today = at.date()
    facts = Fact.objects.filter(concept=item.concept, country__is_open=True).exclude(country=item.country)
    return items(facts.public(at=today).order_by("country", "ref"), at=today)


def emergency_lines(found: Iterable[Item], country: Country) -> list[Item]:
    """The emergency lines among items of a country: those it names, else lines for emergencies."""
    lines = [item for item in found if item.kind == Kind.HOTLINE and item.contact.phones]
    named = sorted(
        (item for item in lines if item.ref in country.emergency),
        key=lambda item: country.emergency.index(item.ref),
    )
    return named or [item for item in lines if "emergency" in item.contact.needs]


def hubs_of(country: Country, refs: Iterable[str]) -> QuerySet[Hub]:
    """Hubs with all that tells whether they attend; references come from public items."""
    hubs = Hub.objects.filter(country=country, ref__in=list(refs)).select_related("country")
    return hubs.prefetch_related("hours", "holidays").order_by("city", "ref")


GRAVE = ("danger", "caution", "information")


def current_alerts(found: Iterable[Item], *, at: datetime) -> list[Item]:
    """The alerts among items that hold at this moment, the gravest first."""
    lasting = [item for item in found if item.kind == Kind.ALERT and item.is_current(at=at)]
    return sorted(lasting, key=_how_grave)


def _how_grave(alert: Item) -> tuple[int, datetime]:
    text = next(iter(alert.texts.values()))
    return GRAVE.index(text.severity), text.ends_at or datetime.max.replace(tzinfo=UTC)


def alert_moments(country: Country, *, at: datetime) -> list[datetime]:
    """When alerts of a country will begin or end: the pages that list them change then."""
    today = country.today(at)
    facts = Fact.objects.filter(country=country, kind=Kind.ALERT).public(at=today)
    texts = [text for item in items(facts, at=today) for text in item.texts.values()]
    moments = [moment for text in texts for moment in (text.starts_at, text.ends_at)]
    return [moment for moment in moments if moment and moment > at]


def labour_record(item: Item) -> LabourRecord | None:
    """The structured record of an item about labour migration."""
    model = MODEL_OF_KIND.get(item.kind)
    if model is None:
        return None
    found: LabourRecord | None = model.objects.filter(fact__ref=item.ref).first()  # type: ignore[attr-defined]
    return found


def dialable(country: Country) -> dict[str, str]:
    """Telephone numbers of the country's offices and help lines, as written, and what to dial for each."""
    here = Q(organization__country=country) | Q(service__fact__country=country)
    phones = Phone.objects.filter(here, type="voice").values_list("number", "e164")
    return {number: e164 or re.sub(r"[^0-9*#+]", "", number) for number, e164 in phones}


def related_countries(country: Country, *, language: str) -> list[Country]:
    """The other open countries, by name."""
    others = Country.objects.open().exclude(pk=country.pk)
    return sorted(others, key=lambda other: other.name(language))


def iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
