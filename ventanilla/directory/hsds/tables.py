"""The part of HSDS 3.1 that we read and write: its tables, their columns, and what nests in what.

Names, types and requirements are those of https://docs.openreferral.org/en/3.1/hsds/schema_reference.html.
Columns that start with `ventanilla_` are ours; the standard lets publishers add properties.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

VERSION = "3.1"
PROFILE = "https://docs.openreferral.org/en/3.1/hsds/schema_reference.html"


@dataclass(frozen=True, slots=True)
class Column:
    """`type`: string, text (may hold paragraphs), number, boolean, date or uuid. `limit` is in characters."""

    name: str
    type: str = "string"
    limit: int = 1_000
    required: bool = False
    format: str = ""
    choices: tuple[str, ...] = ()
    references: str = ""


@dataclass(frozen=True, slots=True)
class Nest:
    """A property that holds rows of another table: many that point back by `key`, or the one it points to."""

    property: str
    table: str
    key: str
    is_many: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    path: str
    columns: Mapping[str, Column]
    nests: tuple[Nest, ...] = ()


def _id(name: str, references: str = "", *, required: bool = False) -> Column:
    return Column(name, "uuid", 36, required=required, references=references)


def _text(name: str, limit: int = 20_000, *, required: bool = False) -> Column:
    return Column(name, "text", limit, required=required)


def _url(name: str) -> Column:
    return Column(name, limit=1_000, format="uri")


def _email(name: str) -> Column:
    return Column(name, limit=254, format="email")


def _table(name: str, path: str, *columns: Column, nests: tuple[Nest, ...] = ()) -> Table:
    every = (_id("id", required=True), *columns)
    return Table(name, path, MappingProxyType({column.name: column for column in every}), nests)


_STATUSES = ("active", "inactive", "defunct", "temporarily closed")
_PLACES = ("physical", "postal", "virtual")

_ALL = (
    _table(
        "organization",
        "organizations.csv",
        Column("name", limit=400, required=True),
        Column("alternate_name", limit=100),
        _text("description", required=True),
        _email("email"),
        _url("website"),
        Column("ventanilla_ref", limit=120),
        Column("ventanilla_country", limit=2),
        Column("ventanilla_language", limit=8),
        nests=(
            Nest("phones", "phone", "organization_id"),
            Nest("locations", "location", "organization_id"),
            Nest("services", "service", "organization_id"),
        ),
    ),
    _table(
        "service",
        "services.csv",
        _id("organization_id", "organization", required=True),
        Column("name", limit=255, required=True),
        _text("description"),
        _url("url"),
        _email("email"),
        Column("status", limit=20, required=True, choices=_STATUSES),
        Column("interpretation_services", limit=300),
        _text("application_process"),
        _text("fees_description"),
        _text("eligibility_description"),
        Column("minimum_age", "number"),
        Column("maximum_age", "number"),
        Column("assured_date", "date"),
        _email("assurer_email"),
        _text("alert", 1_000),
        Column("last_modified", limit=40, format="date-time"),
        Column("ventanilla_ref", limit=120),
        Column("ventanilla_type", limit=60),
        Column("ventanilla_concept", limit=80),
        Column("ventanilla_capacity", limit=200),
        Column("ventanilla_language", limit=8),
        nests=(
            Nest("organization", "organization", "organization_id", is_many=False),
            Nest("phones", "phone", "service_id"),
            Nest("schedules", "schedule", "service_id"),
            Nest("languages", "language", "service_id"),
            Nest("service_at_locations", "service_at_location", "service_id"),
            Nest("cost_options", "cost_option", "service_id"),
            Nest("required_documents", "required_document", "service_id"),
            Nest("attributes", "attribute", "link_id"),
        ),
    ),
    _table(
        "service_at_location",
        "service_at_location.csv",
        _id("service_id", "service", required=True),
        _id("location_id", "location", required=True),
        _text("description"),
        nests=(
            Nest("location", "location", "location_id", is_many=False),
            Nest("phones", "phone", "service_at_location_id"),
            Nest("schedules", "schedule", "service_at_location_id"),
        ),
    ),
    _table(
        "location",
        "locations.csv",
        Column("location_type", limit=10, required=True, choices=_PLACES),
        _id("organization_id", "organization"),
        Column("name", limit=300),
        _text("description", 1_000),
        Column("latitude", "number"),
        Column("longitude", "number"),
        Column("external_identifier", limit=20),
        Column("external_identifier_type", limit=60),
        Column("ventanilla_is_confidential", "boolean"),
        nests=(
            Nest("addresses", "address", "location_id"),
            Nest("phones", "phone", "location_id"),
            Nest("schedules", "schedule", "location_id"),
            Nest("accessibility", "accessibility", "location_id"),
        ),
    ),
    _table(
        "address",
        "addresses.csv",
        _id("location_id", "location"),
        Column("address_1", limit=500, required=True),
        Column("address_2", limit=500),
        Column("city", limit=200, required=True),
        Column("state_province", limit=100, required=True),
        Column("postal_code", limit=20, required=True),
        Column("country", limit=2, required=True),
        Column("address_type", limit=10, required=True, choices=_PLACES),
    ),
    _table(
        "phone",
        "phones.csv",
        _id("location_id", "location"),
        _id("service_id", "service"),
        _id("organization_id", "organization"),
        _id("service_at_location_id", "service_at_location"),
        Column("number", limit=60, required=True),
        Column("extension", "number"),
        Column("type", limit=20),
        _text("description", 1_000),
        Column("ventanilla_e164", limit=20),
    ),
    _table(
        "schedule",
        "schedules.csv",
        _id("service_id", "service"),
        _id("location_id", "location"),
        _id("service_at_location_id", "service_at_location"),
        Column("valid_from", "date"),
        Column("valid_to", "date"),
        Column("dtstart", "date"),
        Column("timezone", "number"),
        Column("until", "date"),
        Column("count", "number"),
        Column("freq", limit=10, choices=("WEEKLY", "MONTHLY")),
        Column("interval", "number"),
        Column("byday", limit=60),
        Column("byweekno", limit=200),
        Column("bymonthday", limit=200),
        Column("byyearday", limit=200),
        _text("description", 1_000),
        Column("opens_at", limit=20),
        Column("closes_at", limit=20),
        Column("notes", limit=300),
    ),
    _table(
        "language",
        "languages.csv",
        _id("service_id", "service"),
        Column("name", limit=100),
        Column("code", limit=8),
        Column("note", limit=300),
    ),
    _table(
        "cost_option",
        "cost_options.csv",
        _id("service_id", "service", required=True),
        Column("valid_from", "date"),
        Column("valid_to", "date"),
        Column("option", limit=300),
        Column("currency", limit=3),
        Column("amount", "number"),
        Column("amount_description", limit=300),
    ),
    _table(
        "required_document",
        "required_documents.csv",
        _id("service_id", "service"),
        Column("document", limit=1_000),
    ),
    _table(
        "accessibility",
        "accessibility.csv",
        _id("location_id", "location"),
        Column("description", limit=300),
    ),
    _table(
        "attribute",
        "attributes.csv",
        _id("link_id", "service", required=True),
        _id("taxonomy_term_id", "taxonomy_term", required=True),
        Column("link_type", limit=60),
        Column("link_entity", limit=60, required=True),
        nests=(Nest("taxonomy_term", "taxonomy_term", "taxonomy_term_id", is_many=False),),
    ),
    _table(
        "taxonomy_term",
        "taxonomy_terms.csv",
        Column("code", limit=200),
        Column("name", limit=300, required=True),
        _text("description", 2_000, required=True),
        Column("taxonomy", limit=300),
        _id("taxonomy_id", "taxonomy"),
        nests=(Nest("taxonomy_detail", "taxonomy", "taxonomy_id", is_many=False),),
    ),
    _table(
        "taxonomy",
        "taxonomies.csv",
        Column("name", limit=300, required=True),
        _text("description", 2_000, required=True),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _ALL})

# The rest of the standard: read over, counted, never kept. Contacts are people; we do not store them.
LEFT_OUT = MappingProxyType(
    {
        "contact": "contacts.csv",
        "funding": "funding.csv",
        "meta_table_description": "meta_table_descriptions.csv",
        "metadata": "metadata.csv",
        "organization_identifier": "organization_identifiers.csv",
        "program": "programs.csv",
        "service_area": "service_areas.csv",
        "service_capacity": "service_capacity.csv",
        "unit": "units.csv",
        "url": "urls.csv",
    }
)
