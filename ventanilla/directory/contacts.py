"""How to reach what a fact tells of, for items; a confidential place gives its area and no more."""

from collections.abc import Sequence
from typing import Any

from ventanilla.hubs.models import Hub
from ventanilla.verification import items
from ventanilla.verification.models import Fact, Kind

from .models import Location, Organization, Schedule, Service


@items.contact_sources.add(Kind.AUTHORITY)
def contacts_of_organizations(facts: Sequence[Fact]) -> dict[str, items.Contact]:
    rows = Organization.objects.filter(fact__in=facts).select_related("fact")
    rows = rows.prefetch_related("phones", "schedules", "locations")
    return {
        row.fact.ref: items.Contact(**_place(next(iter(row.locations.all()), None)), **_reach(row))
        for row in rows
        if row.fact
    }


@items.contact_sources.add(Kind.SERVICE, Kind.HOTLINE)
def contacts_of_services(facts: Sequence[Fact]) -> dict[str, items.Contact]:
    rows = Service.objects.filter(fact__in=facts).select_related("fact", "organization")
    rows = rows.prefetch_related("phones", "schedules", "at_locations__location")
    return {
        row.fact.ref: items.Contact(
            **_place(next((at.location for at in row.at_locations.all()), None)),
            **_reach(row),
            operator=row.organization.name,
            needs=tuple(row.needs),
            notice=row.alert,
            is_active=row.status == Service.Status.ACTIVE,
        )
        for row in rows
    }


@items.contact_sources.add(Kind.HUB)
def contacts_of_hubs(facts: Sequence[Fact]) -> dict[str, items.Contact]:
    rows = Hub.objects.filter(ref__in=[fact.ref for fact in facts]).prefetch_related("hours")
    return {
        row.ref: items.Contact(
            phones=tuple(_phone_from_json(phone) for phone in row.phones),
            city=row.city,
            address=row.address,
            latitude=row.latitude,
            longitude=row.longitude,
            operator=row.host,
            hours=tuple(_hub_hours(row)),
            notice=row.notice,
            is_active=row.state == Hub.State.OPEN,
        )
        for row in rows
    }


def _place(location: Location | None) -> dict[str, Any]:
    if location is None or location.location_type == Location.Type.VIRTUAL:
        return {}
    if location.is_confidential:
        return {"area": location.area, "is_confidential": True}
    return {
        "city": location.city,
        "address": location.address,
        "latitude": location.latitude,
        "longitude": location.longitude,
    }


def _reach(row: Organization | Service) -> dict[str, Any]:
    schedules = list(row.schedules.all())
    phones = sorted(row.phones.all(), key=lambda phone: phone.position)
    return {
        "phones": tuple(items.Phone(p.number, p.type, p.e164, p.description) for p in phones),
        "email": row.email,
        "website": row.website,
        "hours": tuple(_schedule_hours(s) for s in schedules if s.opens_at),
        "is_always_open": any(s.opens_at is None for s in schedules),
    }


def _schedule_hours(schedule: Schedule) -> dict[str, Any]:
    days = [day.lower() for day in schedule.byday.split(",")]
    return {"days": days, "opens": schedule.opens_at, "closes": schedule.closes_at}


def _hub_hours(hub: Hub) -> list[dict[str, Any]]:
    names = ("mo", "tu", "we", "th", "fr", "sa", "su")
    spells: dict[tuple[Any, Any], list[str]] = {}
    for row in sorted(hub.hours.all(), key=lambda row: (row.weekday, row.opens)):
        spells.setdefault((row.opens, row.closes), []).append(names[row.weekday])
    return [{"days": days, "opens": o, "closes": c} for (o, c), days in spells.items()]


def _phone_from_json(phone: dict[str, Any]) -> items.Phone:
    return items.Phone(
        phone["number"], phone.get("kind", "voice"), phone.get("e164", ""), phone.get("note") or {}
    )
