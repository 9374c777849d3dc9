"""Taking over a partner's directory: all or nothing, never over what people here edited or verified."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Fact, Kind, Source, Topic, Wording
from ventanilla.verification.packs.marked_yaml import Problem
from ventanilla.verification.signals import announce

from .hsds import Dataset, HsdsRefused, Row
from .incoming import OrganizationSaid, Place, ServiceSaid, Tables
from .models import Location, Organization, Phone, Schedule, Service, ServiceAtLocation


@dataclass(frozen=True, slots=True)
class Partner:
    """Whose directory it is: the name and address that stand as source under every service."""

    name: str
    url: str


@dataclass(slots=True)
class ImportReport:
    """What an import did, by reference. `conflicts` says why each was left alone; `ignored` counts rows."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The report for a person."""
        counts = ", ".join(f"{len(getattr(self, name))} {name}" for name in ("added", "updated", "unchanged"))
        return [
            counts,
            *(f"left alone: {ref}: {reason}" for ref, reason in self.conflicts.items()),
            *(f"no longer in the file: {ref}" for ref in self.gone),
            *(f"not kept: {what} ({count})" for what, count in sorted(self.ignored.items())),
        ]


_ALONE = Dataset({})

EDITED = "it was edited or verified here"
NOT_THEIRS = "it is not from this partner"
REF_TAKEN = "another fact has this reference"
NAME_TAKEN = "another organisation of the country has this name"
ID_TAKEN = "a place, phone or schedule of it has an identifier that something else has here"


def import_directory(
    *, dataset: Dataset, partner: Partner, language: str, at: datetime, country: str | None = None
) -> ImportReport:
    """Write a partner's services as starter facts with the partner as their source.

    `language` and `country` hold where the rows name none. Raises HsdsRefused, with the line of each problem,
    when a country is unknown; nothing is written then. Nothing imported counts as verified.
    """
    with transaction.atomic():
        run = _Import(dataset, partner, language, at, country)
        run.write()
    return run.report


class _Import:
    def __init__(
        self, dataset: Dataset, partner: Partner, language: str, at: datetime, country: str | None
    ) -> None:
        self.tables, self.partner, self.language, self.at = Tables(dataset), partner, language, at
        self.report = ImportReport(ignored=dict(dataset.ignored))
        self.countries = self._countries(dataset, country)
        self.organizations: dict[object, Organization] = {}

    def _countries(self, dataset: Dataset, default: str | None) -> dict[object, Country]:
        """The country of each organisation. Raises HsdsRefused when one has none that we know."""
        known = {row.code: row for row in Country.objects.all()}
        found, problems = dict[object, Country](), list[Problem]()
        for row in dataset.rows("organization"):
            code = str(row.get("ventanilla_country") or default or "").lower()
            if code in known:
                found[row["id"]] = known[code]
            else:
                message = f"organization: the country {code!r} is not one of this network"
                problems.append(dataset.problem("organization", str(row["id"]), message))
        if problems:
            raise HsdsRefused(problems)
        return found

    def write(self) -> None:
        for row in self.tables.dataset.rows("organization"):
            said = OrganizationSaid(row, self.tables, self.countries[row["id"]], self.language)
            self.organizations[row["id"]] = self._organization(said)
        seen = [self._service(self._said(row)) for row in self.tables.dataset.rows("service")]
        mine = Service.objects.filter(origin=self.partner.name).exclude(pk__in=seen)
        self.report.gone = sorted(mine.values_list("fact__ref", flat=True))
        announce([*self.report.added, *self.report.updated])

    def _said(self, row: Row) -> ServiceSaid:
        return ServiceSaid(row, self.tables, self.countries[row["organization_id"]], self.language)

    def _organization(self, said: OrganizationSaid) -> Organization:
        """The organisation to which the services go: ours where we have it, and then as we have it."""
        name = str(said.row["name"])
        known = Organization.objects.filter(pk=said.id).select_related("fact").first()
        known = known or Organization.objects.filter(country=said.country, name=name, fact=None).first()
        ref = said.ref or str(said.id)
        digest = said.digest()
        if known and known.import_digest == digest:
            if said.ref:
                self.report.unchanged.append(ref)
            return known
        if known and (reason := self._refusal(known.origin, known.fact)):
            self.report.conflicts[known.fact.ref if known.fact else ref] = reason
            return known
        if known and self._is_name_taken(known, name, said.country):
            self.report.conflicts[ref] = NAME_TAKEN
            return known
        if self._has_taken_ids(said, {"organization": known.pk if known else said.id}):
            self.report.conflicts[ref] = ID_TAKEN
            said = OrganizationSaid(said.row, Tables(_ALONE), said.country, self.language)
        if not known and said.ref and Fact.objects.filter(ref=said.ref).exists():
            self.report.conflicts[ref] = REF_TAKEN
            said = OrganizationSaid(_without_ref(said.row), self.tables, said.country, self.language)
        return self._write_organization(said, known, name, digest)

    def _is_name_taken(self, known: Organization, name: str, country: Country) -> bool:
        same = Organization.objects.filter(country=country, name=name, fact=None).exclude(pk=known.pk)
        return known.fact is None and same.exists()

    def _write_organization(
        self, said: OrganizationSaid, known: Organization | None, name: str, digest: str
    ) -> Organization:
        row = known or Organization(pk=said.id)
        if said.ref:
            row.fact = self._fact(row.fact, said.ref, Kind.AUTHORITY, said.country)
            row.fact.names = {said.language: name}
            row.fact.save()
            summary = {"title": name[:255], "summary": said.row.get("description") or name}
            self._wording(row.fact, said.language, summary)
            (self.report.updated if known else self.report.added).append(said.ref)
        for field_name, value in said.fields().items():
            setattr(row, field_name, value)
        row.name, row.origin, row.import_digest = name, self.partner.name, digest
        row.save()
        places = [place for _at, place in said.places()]
        self._save_places(places, Location.objects.filter(organization=row), organization=row)
        _replace(row.phones, said.phones(), organization=row)
        # Hours hang on the place in HSDS; without one they were never said.
        _replace(row.schedules, said.schedules(), organization=row)
        return row

    def _service(self, said: ServiceSaid) -> Any:
        known = Service.objects.filter(pk=said.id).select_related("fact").first()
        ref, digest = known.fact.ref if known else said.ref, said.digest()
        if known and known.import_digest == digest and known.origin == self.partner.name:
            self.report.unchanged.append(ref)
        elif known and (reason := self._refusal(known.origin, known.fact)):
            self.report.conflicts[ref] = reason
        elif not known and Fact.objects.filter(ref=ref).exists():
            self.report.conflicts[ref] = REF_TAKEN
        elif self._has_taken_ids(said, {"service": said.id}):
            self.report.conflicts[ref] = ID_TAKEN
        else:
            self._write_service(said, known, ref, digest)
            (self.report.updated if known else self.report.added).append(ref)
        return said.id

    def _refusal(self, origin: str, fact: Fact | None) -> str:
        """Why the partner may not change this row; empty where it may."""
        if origin != self.partner.name:
            return NOT_THEIRS
        return EDITED if fact and (fact.edited_by_people or fact.checked_on or fact.hidden_on) else ""

    def _write_service(self, said: ServiceSaid, known: Service | None, ref: str, digest: str) -> None:
        fact = self._fact(known.fact if known else None, ref, said.kind, said.country)
        fact.topics, fact.concept = said.topics(), str(said.row.get("ventanilla_concept", ""))
        fact.names = {said.language: said.row["name"]}
        fact.save()
        self._wording(fact, said.language, said.wording())
        row = known or Service(pk=said.id, fact=fact)
        for field_name, value in said.fields().items():
            setattr(row, field_name, value)
        row.organization = self.organizations[said.row["organization_id"]]
        row.origin, row.import_digest = self.partner.name, digest
        row.save()
        self._places(row, said)
        _replace(row.phones, said.phones(), service=row)
        _replace(row.schedules, said.schedules(), service=row)

    def _has_taken_ids(self, said: OrganizationSaid | ServiceSaid, owner: dict[str, Any]) -> bool:
        """Whether the file would reach through an identifier for what belongs to somebody else."""
        theirs = Q(services_here__service__origin=self.partner.name) | Q(
            organization__origin=self.partner.name
        )
        left_behind = Q(services_here=None, organization=None)
        own = Location.objects.filter(theirs | left_behind).values("pk")
        places = [place.id for _at, place in said.places()]
        ats = [at for at, _place in said.places() if at]
        phones, schedules = [row.pk for row in said.phones()], [row.pk for row in said.schedules()]
        return (
            Location.objects.filter(pk__in=places).exclude(pk__in=own).exists()
            or ServiceAtLocation.objects.filter(pk__in=ats).exclude(service=said.id).exists()
            or Phone.objects.filter(pk__in=phones).exclude(**owner).exists()
            or Schedule.objects.filter(pk__in=schedules).exclude(**owner).exists()
        )

    def _places(self, row: Service, said: ServiceSaid) -> None:
        before = Location.objects.filter(services_here__service=row, organization=None)
        only_here = before.exclude(pk__in=ServiceAtLocation.objects.exclude(service=row).values("location"))
        places = said.places()
        self._save_places([place for _at, place in places], only_here)
        row.at_locations.all().delete()
        ServiceAtLocation.objects.bulk_create(
            ServiceAtLocation(pk=at, service=row, location_id=place.id) for at, place in places
        )

    def _save_places(
        self, places: Sequence[Place], before: QuerySet[Location], organization: Organization | None = None
    ) -> None:
        """Write places and drop those of `before` that are gone. What was confidential here stays so."""
        wanted = [place.id for place in places]
        secret = set(
            Location.objects.filter(pk__in=wanted, is_confidential=True).values_list("pk", flat=True)
        )
        Location.objects.filter(
            pk__in=list(before.exclude(pk__in=wanted).values_list("pk", flat=True))
        ).delete()
        for place in places:
            fields = place.fields()
            if place.id in secret and not fields.get("is_confidential"):
                continue
            fields = {**_blank_place(), **fields}
            if organization:
                fields["organization"] = organization
            Location.objects.update_or_create(pk=place.id, defaults=fields)

    def _fact(self, known: Fact | None, ref: str, kind: Kind, country: Country) -> Fact:
        """A starter fact: it has the partner as its source, and nobody here has confirmed it."""
        fact = known or Fact(ref=ref, country=country, topics=[Topic.SERVICES.value])
        fact.kind, fact.confidence, fact.has_source = kind, "medium", True
        fact.save()
        today = country.today(self.at)
        Source.objects.update_or_create(
            fact=fact,
            url=self.partner.url,
            defaults={
                "publisher": self.partner.name,
                "seen_on": today,
                "seen_precision": Source.Precision.DAY,
            },
        )
        return fact

    def _wording(self, fact: Fact, language: str, texts: dict[str, Any]) -> None:
        fact.wordings.filter(language=language).delete()
        Wording.objects.create(fact=fact, language=language, maker=Wording.Maker.PERSON, **texts)


def _without_ref(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "ventanilla_ref"}


def _blank_place() -> dict[str, Any]:
    """What a place has that nothing is said of, so that an update also takes back."""
    texts = ("name", "address", "city", "state_province", "postal_code", "p_code", "accessibility")
    return {
        **dict.fromkeys(texts, ""),
        "latitude": None,
        "longitude": None,
        "is_confidential": False,
        "area": {},
    }


def _replace(manager: Any, rows: Sequence[Any], **owner: Any) -> None:
    manager.all().delete()
    for row in rows:
        for name, holder in owner.items():
            setattr(row, name, holder)
    manager.model.objects.bulk_create(rows)
