"""Rows of HSDS from our models. Of a confidential place only the area leaves, through whatever door."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.translation import override

from ventanilla.hubs.models import Country
from ventanilla.lib.text import in_language
from ventanilla.verification.items import Item, ItemText
from ventanilla.verification.models import Topic

from .models import Location, Organization, Phone, Schedule, Service, ServiceAtLocation
from .needs import Need

Named = tuple[str, dict[str, Any]]

# Our two classifications. Their identifiers never change: other directories remember them.
NEEDS_ID = UUID("5d1f7a52-9b0e-5c39-8f4e-6d3f0a1c2b01")
TOPICS_ID = UUID("5d1f7a52-9b0e-5c39-8f4e-6d3f0a1c2b02")
TAXONOMIES: Mapping[UUID, tuple[str, str, type[Need] | type[Topic]]] = {
    NEEDS_ID: ("Ventanilla needs", "What a person on the move needs.", Need),
    TOPICS_ID: ("Ventanilla topics", "Where people look for it on the public site.", Topic),
}
ALL_DAYS = "MO,TU,WE,TH,FR,SA,SU"
DAY_START, DAY_END = time(0, 0), time(23, 59)
P_CODE = "P-code"
# The standard's word for a phone that takes text messages.
PHONE_TYPES = {"sms": "text"}
LANGUAGE_NAMES = {
    "es": "Español",
    "en": "English",
    "fr": "Français",
    "ht": "Kreyòl ayisyen",
    "pt": "Português",
}


class Writer:
    """Rows in one language at one moment; texts missing in it come in the best substitute."""

    def __init__(self, items: Mapping[str, Item], *, language: str, at: datetime) -> None:
        self._items = items
        self._language = language
        self._at = at

    def taxonomies(self) -> Iterator[Named]:
        for taxonomy, (name, description, _terms) in TAXONOMIES.items():
            yield "taxonomy", {"id": str(taxonomy), "name": name, "description": description}

    def terms(self) -> Iterator[Named]:
        with override(self._language):
            for taxonomy, (name, _description, terms) in TAXONOMIES.items():
                for code, label in terms.choices:
                    yield (
                        "taxonomy_term",
                        {
                            "id": str(uuid5(taxonomy, code)),
                            "code": code,
                            "name": str(label),
                            "description": str(label),
                            "taxonomy": name,
                            "taxonomy_id": str(taxonomy),
                        },
                    )

    def organization(self, row: Organization) -> Iterator[Named]:
        """An organisation and its places. One whose fact is not public is a name, nothing more."""
        item = self._items.get(row.fact.ref) if row.fact else None
        base = {"id": str(row.pk), "name": row.name, "ventanilla_country": row.country_id}
        if row.fact and not item:
            yield "organization", base
            return
        yield (
            "organization",
            {
                **base,
                "alternate_name": row.alternate_name,
                "description": item.text(self._language).summary if item else row.description,
                "email": row.email,
                "website": row.website,
                "ventanilla_ref": item.ref if item else "",
                "ventanilla_language": item.language(self._language) if item else "",
            },
        )
        yield from self._phones(row.phones.all(), {"organization_id": str(row.pk)})
        places = sorted(row.locations.all(), key=lambda place: str(place.pk))
        for place in places:
            yield from self._location(place, row.country)
        if places:
            # HSDS knows no hours of an organisation: they are those of its place.
            owner = {"location_id": str(places[0].pk)}
            yield from self._schedules(row.schedules.all(), owner, row.country)

    def service(self, row: Service) -> Iterator[Named]:
        """A service and all that hangs on it."""
        item = self._items[row.fact.ref]
        text = item.text(self._language)
        owner = {"service_id": str(row.pk)}
        yield "service", {**self._about(row, text), "ventanilla_language": item.language(self._language)}
        yield from self._phones(row.phones.all(), owner)
        yield from self._schedules(row.schedules.all(), owner, row.fact.country)
        if text.hours:
            yield "schedule", {"id": _derived(row, "hours"), "description": text.hours, **owner}
        yield from self._lists(row, text)
        yield from self._attributes(row)
        for at in sorted(row.at_locations.all(), key=lambda at: str(at.pk)):
            yield from self._at_location(at, row, text)

    def _about(self, row: Service, text: ItemText) -> dict[str, Any]:
        assured = row.fact.checked_on or row.assured_on
        return {
            "id": str(row.pk),
            "organization_id": str(row.organization_id),
            "name": text.title,
            "description": description_of(text),
            "url": row.website,
            "email": row.email,
            "status": row.status,
            "interpretation_services": row.interpretation_services,
            "application_process": "\n".join(" ".join(step.split()) for step in text.steps),
            "fees_description": text.fee,
            "eligibility_description": "\n\n".join(filter(None, [text.audience, text.eligibility])),
            "minimum_age": row.minimum_age,
            "maximum_age": row.maximum_age,
            "assured_date": assured.isoformat() if assured else None,
            # Who of our staff checked it is nobody's business; the partner's address is its own.
            "assurer_email": "" if row.fact.checked_on else row.assurer_email,
            "alert": in_language(row.alert, self._language),
            "ventanilla_ref": row.fact.ref,
            "ventanilla_type": row.type,
            "ventanilla_concept": row.fact.concept,
            "ventanilla_capacity": row.capacity,
        }

    def _lists(self, row: Service, text: ItemText) -> Iterator[Named]:
        owner = {"service_id": str(row.pk)}
        for code in row.languages:
            name = LANGUAGE_NAMES.get(code, code)
            yield "language", {"id": _derived(row, f"language:{code}"), "code": code, "name": name, **owner}
        for number, option in enumerate(row.cost_options):
            yield "cost_option", {**option, "id": _derived(row, f"cost:{number}"), **owner}
        for number, document in enumerate(text.requirements):
            yield (
                "required_document",
                {"id": _derived(row, f"document:{number}"), "document": document, **owner},
            )

    def _attributes(self, row: Service) -> Iterator[Named]:
        for taxonomy, codes in ((NEEDS_ID, row.needs), (TOPICS_ID, row.fact.topics)):
            known = TAXONOMIES[taxonomy][2].values
            for code in codes:
                if code in known:
                    yield (
                        "attribute",
                        {
                            "id": _derived(row, f"{taxonomy}:{code}"),
                            "link_id": str(row.pk),
                            "link_entity": "service",
                            "taxonomy_term_id": str(uuid5(taxonomy, code)),
                        },
                    )

    def _at_location(self, at: ServiceAtLocation, row: Service, text: ItemText) -> Iterator[Named]:
        # What an editor wrote under "where" may name the street.
        where = "" if at.location.is_confidential else text.where
        ids = {"id": str(at.pk), "service_id": str(row.pk), "location_id": str(at.location_id)}
        yield "service_at_location", {**ids, "description": where}
        yield from self._location(at.location, row.fact.country)

    def _location(self, row: Location, country: Country) -> Iterator[Named]:
        base = {
            "id": str(row.pk),
            "location_type": row.location_type,
            "organization_id": str(row.organization_id) if row.organization_id else None,
        }
        if row.is_confidential:
            area = in_language(row.area, self._language)
            yield "location", {**base, "name": area, "ventanilla_is_confidential": True}
            return
        yield (
            "location",
            {
                **base,
                "name": row.name,
                "latitude": row.latitude,
                "longitude": row.longitude,
                "external_identifier": row.p_code,
                "external_identifier_type": P_CODE if row.p_code else "",
            },
        )
        owner = {"location_id": str(row.pk)}
        if row.address or row.city or row.state_province or row.postal_code:
            yield "address", {"id": _derived(row, "address"), **_address(row, country), **owner}
        if row.accessibility:
            identifier = _derived(row, "accessibility")
            yield "accessibility", {"id": identifier, "description": row.accessibility, **owner}

    def _phones(self, phones: Iterable[Phone], owner: dict[str, Any]) -> Iterator[Named]:
        for row in sorted(phones, key=lambda phone: (phone.position, str(phone.pk))):
            yield (
                "phone",
                {
                    "id": str(row.pk),
                    **owner,
                    "number": row.number,
                    "type": PHONE_TYPES.get(row.type, row.type),
                    "description": in_language(row.description, self._language),
                    "ventanilla_e164": row.e164,
                },
            )

    def _schedules(
        self, schedules: Iterable[Schedule], owner: dict[str, Any], country: Country
    ) -> Iterator[Named]:
        offset = self._at.astimezone(ZoneInfo(country.timezone)).strftime("%z")
        zone = f"{offset[:3]}:{offset[3:5]}"
        for row in sorted(schedules, key=lambda s: (s.byday, s.opens_at or DAY_START, str(s.pk))):
            yield (
                "schedule",
                {
                    "id": str(row.pk),
                    **owner,
                    "freq": "WEEKLY",
                    "byday": row.byday,
                    "opens_at": f"{row.opens_at or DAY_START:%H:%M}{zone}",
                    "closes_at": f"{row.closes_at or DAY_END:%H:%M}{zone}",
                    "valid_from": row.valid_from.isoformat() if row.valid_from else None,
                    "valid_to": row.valid_to.isoformat() if row.valid_to else None,
                    "notes": row.notes,
                },
            )


def description_of(text: ItemText) -> str:
    """The one text of HSDS out of our summary, list of offers and body."""
    offers = "\n".join(f"- {' '.join(offer.split())}" for offer in text.offers)
    return "\n\n".join(filter(None, [text.summary, offers, text.body]))


def _address(row: Location, country: Country) -> dict[str, Any]:
    return {
        "address_1": row.address,
        "city": row.city,
        "state_province": row.state_province,
        "postal_code": row.postal_code,
        "country": country.code.upper(),
        "address_type": row.location_type,
    }


def _derived(row: Service | Location, part: str) -> str:
    """An identifier for what has no row of its own: the same for the same thing, always."""
    return str(uuid5(row.pk, part))
