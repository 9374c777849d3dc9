"""HSDS 3.1 of Open Referral: the directory for other directories, as its API reference describes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Field, Query, Router
from ninja import Schema as NinjaSchema
from ninja.errors import HttpError

from ventanilla.directory.hsds import Nester, flat
from ventanilla.directory.hsds.tables import PROFILE, VERSION
from ventanilla.directory.models import Organization, Service, ServiceAtLocation
from ventanilla.directory.needs import Need
from ventanilla.directory.outgoing import NEEDS_ID, TOPICS_ID, Writer
from ventanilla.directory.queries import (
    directory_dataset,
    public_organizations,
    public_service_at_locations,
    public_services,
)
from ventanilla.lib.text import clean, fold
from ventanilla.verification.models import Topic

from . import hsds_schemas as schemas
from .languages import language_of
from .paging import MOST_PER_PAGE, PER_PAGE, cut, paged
from .reading import open_country
from .schemas import CountryCode, LanguageCode, PageNumber, Problem

router = Router(tags=["hsds"])

_PROBLEMS: dict[int, Any] = {404: Problem, 422: Problem, 429: Problem}


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """What the OpenAPI document says of an answer whose shape is HSDS's own."""
    content = {"application/json": {"schema": schema}}
    return {"responses": {200: {"description": "OK", "content": content}}}


class Listing(NinjaSchema):
    page: PageNumber = 1
    per_page: int = Field(PER_PAGE, ge=1, le=MOST_PER_PAGE)
    lang: LanguageCode | None = None


class ServiceFilter(Listing):
    search: str = Field("", max_length=1_000, description="words that all have to be in it")
    country: CountryCode | None = None
    need: Need | None = None
    organization_id: UUID | None = None
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    modified_after: datetime | None = None
    full: bool = Field(False, description="with everything that hangs on it")


class OrganizationFilter(Listing):
    search: str = Field("", max_length=1_000)
    country: CountryCode | None = None
    full: bool = False


@router.get("/", response=_PROBLEMS, openapi_extra=_described(schemas.VERSION))
def get_version(request: HttpRequest) -> HttpResponse:
    """The version of HSDS and where this API is described."""
    return JsonResponse(
        {
            "version": VERSION,
            "profile": PROFILE,
            "openapi_url": f"{settings.PUBLIC_URL}/api/openapi.json",
            "description": "Services for people on the move: verified, or labelled as not yet verified.",
        }
    )


@router.get(
    "/services",
    response=_PROBLEMS,
    openapi_extra=_described(schemas.page(schemas.service(), schemas.service_line())),
)
def list_services(request: HttpRequest, filters: Query[ServiceFilter]) -> HttpResponse:
    """Services and hotlines. Filters add up."""
    at, language = timezone.now(), language_of(request, filters.lang)
    found = _filtered(public_services(at=at), filters, at)
    shown = found[cut(len(found), filters.page, filters.per_page)]
    nester = Nester(directory_dataset(shown, language=language, at=at))
    known = {str(row.pk): row for row in shown}
    draw = nester.service if filters.full else nester.service_line
    contents = [_finished(draw(identifier), known, at) for identifier in nester.identifiers("service")]
    return JsonResponse(paged(contents, total=len(found), page=filters.page, per_page=filters.per_page))


@router.get("/services/{uuid:id}", response=_PROBLEMS, openapi_extra=_described(schemas.service()))
def get_service(request: HttpRequest, id: UUID, lang: LanguageCode | None = None) -> HttpResponse:
    at = timezone.now()
    rows = list(public_services(at=at).filter(pk=id).select_related("fact"))
    nester = Nester(directory_dataset(rows, language=language_of(request, lang), at=at))
    if str(id) not in nester.identifiers("service"):
        raise HttpError(404, "There is no such service here.")
    return JsonResponse(_finished(nester.service(str(id)), {str(row.pk): row for row in rows}, at))


@router.get(
    "/organizations",
    response=_PROBLEMS,
    openapi_extra=_described(
        schemas.page(schemas.organization(), schemas.row("organization")),
    ),
)
def list_organizations(request: HttpRequest, filters: Query[OrganizationFilter]) -> HttpResponse:
    """Authorities, and whoever runs a service that is public."""
    at, language = timezone.now(), language_of(request, filters.lang)
    rows = list(_of_country(public_organizations(at=at), filters.country))
    words = fold(clean(filters.search, limit=200)).split()
    rows = [row for row in rows if all(word in fold(f"{row.name} {row.alternate_name}") for word in words)]
    shown = rows[cut(len(rows), filters.page, filters.per_page)]
    contents = _organizations(shown, language, at, is_full=filters.full)
    return JsonResponse(paged(contents, total=len(rows), page=filters.page, per_page=filters.per_page))


@router.get("/organizations/{uuid:id}", response=_PROBLEMS, openapi_extra=_described(schemas.organization()))
def get_organization(request: HttpRequest, id: UUID, lang: LanguageCode | None = None) -> HttpResponse:
    at = timezone.now()
    rows = list(public_organizations(at=at).filter(pk=id))
    if not rows:
        raise HttpError(404, "There is no such organization here.")
    return JsonResponse(_organizations(rows, language_of(request, lang), at, is_full=True)[0])


@router.get(
    "/service_at_locations",
    response=_PROBLEMS,
    openapi_extra=_described(schemas.page(schemas.at_location(), schemas.at_location_line())),
)
def list_service_at_locations(request: HttpRequest, filters: Query[ServiceFilter]) -> HttpResponse:
    """Services at the places where they are given. Filters are those of services."""
    at, language = timezone.now(), language_of(request, filters.lang)
    services = {row.pk: row for row in _filtered(public_services(at=at), filters, at)}
    pairs = [pair for pair in public_service_at_locations(at=at) if pair.service_id in services]
    shown = pairs[cut(len(pairs), filters.page, filters.per_page)]
    contents = _at_locations(shown, services, language, at, is_full=filters.full)
    return JsonResponse(paged(contents, total=len(pairs), page=filters.page, per_page=filters.per_page))


@router.get(
    "/service_at_locations/{uuid:id}", response=_PROBLEMS, openapi_extra=_described(schemas.at_location())
)
def get_service_at_location(
    request: HttpRequest,
    id: UUID,
    lang: LanguageCode | None = None,
) -> HttpResponse:
    at = timezone.now()
    pairs = list(public_service_at_locations(at=at).filter(pk=id).select_related("service__fact"))
    services = {pair.service_id: pair.service for pair in pairs}
    found = _at_locations(pairs, services, language_of(request, lang), at, is_full=True)
    if not found:
        raise HttpError(404, "There is no such service at a location here.")
    return JsonResponse(found[0])


@router.get(
    "/taxonomies", response=_PROBLEMS, openapi_extra=_described(schemas.page(schemas.row("taxonomy")))
)
def list_taxonomies(request: HttpRequest, filters: Query[Listing]) -> HttpResponse:
    """Our two classifications: needs and topics."""
    writer = _writer(language_of(request, filters.lang))
    return _plain_page([flat(table, row) for table, row in writer.taxonomies()], filters)


@router.get(
    "/taxonomy_terms",
    response=_PROBLEMS,
    openapi_extra=_described(schemas.page(schemas.full("taxonomy_term"))),
)
def list_taxonomy_terms(
    request: HttpRequest, filters: Query[Listing], taxonomy_id: UUID | None = None
) -> HttpResponse:
    """The terms of our classifications, named in the language asked for."""
    writer = _writer(language_of(request, filters.lang))
    details = {row["id"]: flat(table, row) for table, row in writer.taxonomies()}
    terms = [row for _table, row in writer.terms() if taxonomy_id in (None, UUID(row["taxonomy_id"]))]
    rows = [{**flat("taxonomy_term", row), "taxonomy_detail": details[row["taxonomy_id"]]} for row in terms]
    return _plain_page(rows, filters)


def _writer(language: str) -> Writer:
    return Writer({}, language=language, at=timezone.now())


def _plain_page(rows: Sequence[Any], filters: Listing) -> HttpResponse:
    shown = rows[cut(len(rows), filters.page, filters.per_page)]
    return JsonResponse(paged(shown, total=len(rows), page=filters.page, per_page=filters.per_page))


def _of_country(rows: QuerySet[Organization], code: str | None) -> QuerySet[Organization]:
    country = open_country(code)
    return rows.filter(country=country) if country else rows


def _filtered(services: QuerySet[Service], filters: ServiceFilter, at: datetime) -> list[Service]:
    """The services that pass every filter; lists of JSON are looked into here, SQLite cannot."""
    country = open_country(filters.country)
    services = services.filter(fact__country=country) if country else services
    if filters.organization_id:
        services = services.filter(organization=filters.organization_id)
    if filters.modified_after:
        services = services.filter(fact__changed_at__gte=_moment(filters.modified_after))
    rows = list(services.select_related("fact", "organization").prefetch_related("fact__wordings"))
    words = fold(clean(filters.search, limit=200)).split()
    return [row for row in rows if _is_wanted(row, filters) and (not words or _has_words(row, words))]


def _moment(said: datetime) -> datetime:
    """A moment that every database can compare with; without a zone it is UTC."""
    said = said.replace(year=min(max(said.year, 1971), 9998))
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _is_wanted(row: Service, filters: ServiceFilter) -> bool:
    terms = {uuid5(NEEDS_ID, need) for need in row.needs} | {
        uuid5(TOPICS_ID, topic) for topic in row.fact.topics
    }
    taxonomies = {NEEDS_ID} if set(row.needs) & set(Need.values) else set()
    taxonomies |= {TOPICS_ID} if set(row.fact.topics) & set(Topic.values) else set()
    return (
        (filters.need is None or filters.need in row.needs)
        and (filters.taxonomy_term_id is None or filters.taxonomy_term_id in terms)
        and (filters.taxonomy_id is None or filters.taxonomy_id in taxonomies)
    )


def _has_words(row: Service, words: Iterable[str]) -> bool:
    texts = [row.organization.name, *(f"{w.title} {w.summary}" for w in row.fact.wordings.all())]
    folded = fold(" ".join(texts))
    return all(word in folded for word in words)


def _finished(nested: dict[str, Any], services: Mapping[str, Service], at: datetime) -> dict[str, Any]:
    """A service with what only we know. What a partner says it checked is not shown as checked."""
    row = services[nested["id"]]
    if row.fact.checked_on is None:
        nested = {name: v for name, v in nested.items() if name not in ("assured_date", "assurer_email")}
    language = nested.get("ventanilla_language", settings.LANGUAGE_CODE)
    return {
        **nested,
        "last_modified": row.fact.changed_at.isoformat(timespec="milliseconds"),
        "ventanilla_state": str(row.fact.state(at=at.date())),
        "ventanilla_url": f"{settings.PUBLIC_URL}/{language}/{row.fact.country_id}/{row.fact.ref}/",
    }


def _organizations(
    rows: Sequence[Organization], language: str, at: datetime, *, is_full: bool
) -> list[dict[str, Any]]:
    services = list(public_services(at=at).filter(organization__in=rows).select_related("fact"))
    nester = Nester(directory_dataset(services if is_full else (), rows, language=language, at=at))
    if not is_full:
        return nester.lines("organization")
    known = {str(row.pk): row for row in services}
    drawn = [nester.organization(identifier) for identifier in nester.identifiers("organization")]
    return [{**one, "services": [_finished(s, known, at) for s in one["services"]]} for one in drawn]


def _at_locations(
    pairs: Sequence[ServiceAtLocation],
    services: Mapping[UUID, Service],
    language: str,
    at: datetime,
    *,
    is_full: bool,
) -> list[dict[str, Any]]:
    wanted = [services[identifier] for identifier in dict.fromkeys(pair.service_id for pair in pairs)]
    nester = Nester(directory_dataset(wanted, language=language, at=at))
    draw = nester.service_at_location if is_full else nester.service_at_location_line
    known, told = {str(row.pk): row for row in wanted}, nester.identifiers("service_at_location")
    drawn = [draw(str(pair.pk)) for pair in pairs if str(pair.pk) in told]
    return [{**one, "service": _finished(one["service"], known, at)} for one in drawn]
