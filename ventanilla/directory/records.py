"""The structure of a new organisation, service or hub; its fact and text are made first."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ventanilla.hubs.models import Country, Hub
from ventanilla.verification.models import Fact, Kind

from .models import Location, Organization, Phone, Service, ServiceAtLocation


def operator_named(country: Country, name: str) -> Organization:
    """The organisation of that name in the country, made where nobody has spoken of it yet."""
    known = Organization.objects.filter(country=country, name=name).order_by("pk").first()
    return known or Organization.objects.create(country=country, name=name)


@transaction.atomic
def start_organization(
    *, fact: Fact, name: str, phone: str = "", place: Location | None = None, **values: Any
) -> Organization:
    """Keep an organisation under its fact: the one that runs services under this name, where there is one.

    `values` are further fields of the organisation; `place` is not saved yet.
    """
    known = Organization.objects.filter(country=fact.country, name=name, fact=None).first()
    organization = known or Organization(country=fact.country, name=name)
    organization.fact = fact
    for field, value in values.items():
        setattr(organization, field, value)
    organization.save()
    if place:
        place.organization = organization
        place.save()
    _add_phone(phone, organization=organization)
    return organization


@transaction.atomic
def start_service(
    *,
    fact: Fact,
    operator: str,
    needs: Sequence[str] = (),
    phone: str = "",
    place: Location | None = None,
    **values: Any,
) -> Service:
    """Keep a service, or a hotline, which has no place; `values` are further fields of the service."""
    service = Service.objects.create(
        fact=fact,
        organization=operator_named(fact.country, operator),
        type="hotline" if fact.kind == Kind.HOTLINE else "",
        needs=list(needs),
        **values,
    )
    place = place or Location(location_type=Location.Type.VIRTUAL)
    place.save()
    ServiceAtLocation.objects.create(service=service, location=place)
    _add_phone(phone, service=service)
    return service


@transaction.atomic
def start_hub(*, fact: Fact, phone: str = "", **values: Any) -> Hub:
    """Keep a hub, with a counter and the country's main language until somebody says more."""
    return Hub.objects.create(
        ref=fact.ref,
        country=fact.country,
        names=fact.names,
        phones=[{"number": phone}] if phone else [],
        channels=["counter"],
        languages=fact.country.languages[:1],
        **values,
    )


def _add_phone(number: str, **owner: Any) -> None:
    if number:
        Phone.objects.create(number=number, **owner)
