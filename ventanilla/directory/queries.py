"""What the public may read of the directory, as rows of HSDS."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from ventanilla.verification.items import items
from ventanilla.verification.models import Fact, FactQuerySet

from . import hsds
from .models import Organization, Service, ServiceAtLocation
from .outgoing import Named, Writer


def public_facts(*, at: datetime) -> FactQuerySet:
    """Facts of open countries that may be shown at this moment."""
    return Fact.objects.filter(country__is_open=True).public(at=at.date())


def public_services(*, at: datetime) -> QuerySet[Service]:
    """Services and hotlines whose fact is public, in the order of their references."""
    return Service.objects.filter(fact__in=public_facts(at=at)).order_by("fact__ref")


def public_organizations(*, at: datetime) -> QuerySet[Organization]:
    """Organisations with a public fact of their own, or that run a public service."""
    public = public_facts(at=at)
    with_services = Service.objects.filter(fact__in=public).values("organization")
    return Organization.objects.filter(Q(fact__in=public) | Q(pk__in=with_services)).order_by("pk")


def public_service_at_locations(*, at: datetime) -> QuerySet[ServiceAtLocation]:
    return ServiceAtLocation.objects.filter(service__fact__in=public_facts(at=at)).order_by("pk")


def whole_directory(*, language: str, at: datetime, country: str | None = None) -> hsds.Dataset:
    """Everything public, of all open countries or of one, as it is exported."""
    organizations, services = public_organizations(at=at), public_services(at=at)
    if country:
        organizations, services = (
            organizations.filter(country=country),
            services.filter(fact__country=country),
        )
    return directory_dataset(services, organizations, language=language, at=at)


def directory_dataset(
    services: QuerySet[Service] | Sequence[Service],
    organizations: QuerySet[Organization] | Sequence[Organization] = (),
    *,
    language: str,
    at: datetime,
) -> hsds.Dataset:
    """Rows of these services, of these organisations and of those that run the services.

    Callers pass what `public_services` and `public_organizations` let through.
    """
    service_rows = _loaded_services(services)
    wanted = {row.organization_id for row in service_rows} | {row.pk for row in organizations}
    organization_rows = _loaded_organizations(wanted)
    facts = {row.fact_id for row in service_rows} | {row.fact_id for row in organization_rows}
    public = public_facts(at=at).filter(pk__in=[pk for pk in facts if pk])
    found = {item.ref: item for item in items(public.order_by("ref"), at=at.date())}
    writer = Writer(found, language=language, at=at)
    # A service without any text cannot be told to anybody.
    told = [row for row in service_rows if row.fact.ref in found]
    return hsds.of_rows(_rows(writer, organization_rows, told))


def _rows(
    writer: Writer, organizations: Iterable[Organization], services: Iterable[Service]
) -> Iterator[Named]:
    yield from writer.taxonomies()
    yield from writer.terms()
    for organization in organizations:
        yield from writer.organization(organization)
    for service in services:
        yield from writer.service(service)


def _loaded_services(services: QuerySet[Service] | Sequence[Service]) -> list[Service]:
    identifiers = [row.pk for row in services]
    rows = Service.objects.filter(pk__in=identifiers).select_related("fact__country", "organization")
    rows = rows.prefetch_related("phones", "schedules", "at_locations__location")
    return sorted(rows, key=lambda row: row.fact.ref)


def _loaded_organizations(identifiers: Iterable[object]) -> list[Organization]:
    rows = Organization.objects.filter(pk__in=list(identifiers)).select_related("fact", "country")
    rows = rows.prefetch_related("phones", "schedules", "locations")
    return sorted(rows, key=lambda row: (row.country_id, row.name, str(row.pk)))
