"""What the API and the feeds read: public items of open countries, and nothing else."""

from datetime import datetime
from typing import cast

from django.conf import settings
from ninja.errors import HttpError

from ventanilla.directory.queries import public_facts
from ventanilla.hubs.models import Country, Hub
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import FactQuerySet, Kind


def open_country(code: str | None) -> Country | None:
    """The country of a filter, None without one. Raises HttpError 404 when the public cannot read it."""
    if not code:
        return None
    found = Country.objects.open().filter(code=code).first()
    if not found:
        raise HttpError(404, "There is no such country here.")
    return found


def facts_of(country: Country | None, *, at: datetime) -> FactQuerySet:
    """Public facts, of one country where it is given, by reference. Alerts only while they hold."""
    facts = public_facts(at=at).order_by("ref")
    facts = facts.filter(country=country) if country else facts
    alerts = items(facts.filter(kind=Kind.ALERT), at=at.date())
    return facts.exclude(ref__in=[alert.ref for alert in alerts if not alert.is_current(at=at)])


def public_item(ref: str, *, at: datetime) -> Item:
    """Raises HttpError 404 for what is unknown, hidden or of a closed country: nobody learns which."""
    found = items(facts_of(None, at=at).filter(ref=ref), at=at.date())
    if not found:
        raise HttpError(404, "There is no such item here.")
    return found[0]


def page_url(item: Item, language: str) -> str:
    """The page of an item in the language in which it is shown."""
    return f"{settings.PUBLIC_URL}/{item.language(language)}/{item.country}/{item.ref}/"


def public_hubs(country: Country | None, *, at: datetime) -> list[tuple[Hub, Item]]:
    """Hubs whose fact is public, with it."""
    found = items(facts_of(country, at=at).filter(kind=Kind.HUB), at=at.date())
    by_ref = {item.ref: item for item in found}
    hubs = Hub.objects.filter(ref__in=by_ref, country__is_open=True).select_related("country").order_by("ref")
    return [(hub, by_ref[hub.ref]) for hub in hubs.prefetch_related("hours", "holidays")]


def active_alerts(country: Country | None, *, at: datetime) -> list[Item]:
    """Alerts that hold at this moment, the newest first."""
    found = items(facts_of(country, at=at).filter(kind=Kind.ALERT), at=at.date())
    return sorted(found, key=lambda item: (starts_at(item), item.ref), reverse=True)


def starts_at(alert: Item) -> datetime:
    """When an alert began; when it was last changed where it does not say."""
    began = next(iter(alert.texts.values())).starts_at
    return began or cast(datetime, alert.changed_at)
