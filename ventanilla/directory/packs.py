"""Organisations, services, places, phones, hours and hubs from country packs."""

import re
from datetime import time
from typing import Any

from ventanilla.hubs.models import Hub, OpeningHours
from ventanilla.lib.text import in_language
from ventanilla.verification.models import Fact, Kind
from ventanilla.verification.packs.importing import pack_writers
from ventanilla.verification.packs.reading import PackItem

from .models import Location, Organization, Phone, Schedule, Service, ServiceAtLocation
from .records import operator_named

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
EVERY_DAY = ",".join(day.upper() for day in WEEKDAYS)


@pack_writers.add(Kind.AUTHORITY)
def write_organization(fact: Fact, item: PackItem) -> None:
    organization, _ = Organization.objects.update_or_create(
        fact=fact,
        defaults={
            "country": fact.country,
            "name": in_language(item.names, "es") or fact.ref,
            "alternate_name": _detail(item, "abbr", 100),
            "website": _website(item),
            "email": _detail(item, "email", 254),
        },
    )
    organization.locations.all().delete()
    if _has_place(item):
        _new_location(item, organization=organization)
    _write_phones_and_hours(organization, item, owner="organization")


@pack_writers.add(Kind.SERVICE, Kind.HOTLINE)
def write_service(fact: Fact, item: PackItem) -> None:
    """A hotline is a service of virtual location, as HSDS has it."""
    said = item.structure.get("service") or {}
    service, _ = Service.objects.update_or_create(
        fact=fact,
        defaults={
            "organization": _operator(fact, item),
            "type": "hotline" if item.kind == Kind.HOTLINE else _detail(item, "type", 60),
            "website": _website(item),
            "email": _detail(item, "email", 254),
            "needs": list(item.structure.get("needs") or []),
            "capacity": _detail(item, "capacity", 200),
            "status": said.get("status", Service.Status.ACTIVE),
            "alert": dict(said.get("notice") or {}),
        },
    )
    Location.objects.filter(services_here__service=service).delete()
    if item.kind == Kind.HOTLINE:
        location = Location.objects.create(location_type=Location.Type.VIRTUAL)
    else:
        location = _new_location(item)
    ServiceAtLocation.objects.create(service=service, location=location)
    _write_phones_and_hours(service, item, owner="service")


@pack_writers.add(Kind.HUB)
def write_hub(fact: Fact, item: PackItem) -> None:
    said = item.structure.get("hub") or {}
    hub, _ = Hub.objects.update_or_create(
        ref=fact.ref,
        defaults={
            "country": fact.country,
            "names": item.names,
            "host": _detail(item, "operator", 300),
            "kind": said.get("kind", Hub.Kind.COUNTER),
            "state": said.get("state", Hub.State.OPEN),
            "notice": dict(said.get("notice") or {}),
            "city": _detail(item, "city", 200),
            "address": _detail(item, "address", 500),
            "latitude": item.latitude,
            "longitude": item.longitude,
            "phones": list(item.structure.get("phones") or []),
            "channels": list(said.get("channels") or ["counter"]),
            "languages": list(said.get("languages") or fact.country.languages[:1]),
        },
    )
    hub.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(hub=hub, weekday=WEEKDAYS.index(day), opens=spell["opens"], closes=spell["closes"])
        for spell in _spells(item)
        for day in spell["days"]
    )


def _operator(fact: Fact, item: PackItem) -> Organization:
    """The organisation of that name in the country; the country's unnamed one where nobody is named."""
    name = _detail(item, "operator", 400) or in_language(item.names, "es") or fact.ref
    return operator_named(fact.country, name)


def _new_location(item: PackItem, organization: Organization | None = None) -> Location:
    return Location.objects.create(
        organization=organization,
        address=_detail(item, "address", 500),
        city=_detail(item, "city", 200),
        latitude=item.latitude,
        longitude=item.longitude,
        is_confidential=bool(item.structure.get("confidential")),
        area=dict(item.structure.get("area") or {}),
    )


def _write_phones_and_hours(holder: Organization | Service, item: PackItem, *, owner: str) -> None:
    holder.phones.all().delete()
    holder.schedules.all().delete()
    Phone.objects.bulk_create(
        Phone(
            **{owner: holder},
            number=phone["number"],
            e164=phone.get("e164", ""),
            type=phone.get("kind", "voice"),
            description=dict(phone.get("note") or {}),
            position=position,
        )
        for position, phone in enumerate(item.structure.get("phones") or [])
    )
    if item.structure.get("hours") == "always":
        Schedule.objects.create(**{owner: holder}, byday=EVERY_DAY)
    Schedule.objects.bulk_create(
        Schedule(
            **{owner: holder},
            byday=",".join(day.upper() for day in spell["days"]),
            opens_at=spell["opens"],
            closes_at=spell["closes"],
        )
        for spell in _spells(item)
    )


def _spells(item: PackItem) -> list[dict[str, Any]]:
    hours = item.structure.get("hours") or []
    if not isinstance(hours, list):
        return []
    return [
        {
            "days": s["days"],
            "opens": time.fromisoformat(s["opens"]),
            "closes": time.fromisoformat(s["closes"]),
        }
        for s in hours
    ]


def _detail(item: PackItem, key: str, limit: int) -> str:
    value = item.details.get(key)
    return value[:limit] if isinstance(value, str) else ""


def _website(item: PackItem) -> str:
    match = re.search(
        r"https?://[^\s;,)]+", str(item.details.get("website") or item.details.get("portal") or "")
    )
    return match[0] if match else ""


def _has_place(item: PackItem) -> bool:
    return item.latitude is not None or bool(item.details.get("address"))
