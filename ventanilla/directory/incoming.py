"""Our models from rows of HSDS: what a file says of one organisation or service, gathered."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Kind, Topic

from .hsds import Dataset, Row
from .models import Phone, Schedule
from .needs import Need
from .outgoing import ALL_DAYS, DAY_END, DAY_START, NEEDS_ID, P_CODE, PHONE_TYPES, TOPICS_ID

_OUR_TYPES = {theirs: ours for ours, theirs in PHONE_TYPES.items()}
# What changes without the service changing.
_PASSING = ("last_modified",)
_COST = ("valid_from", "valid_to", "option", "currency", "amount", "amount_description")


class Tables:
    """A dataset with an index for each question that importing asks of it."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._by: dict[tuple[str, str], dict[Any, list[Row]]] = {}

    def of(self, table: str, key: str, value: object) -> list[Row]:
        """Rows of a table whose column `key` is this value."""
        if (table, key) not in self._by:
            index: dict[Any, list[Row]] = {}
            for row in self.dataset.rows(table):
                index.setdefault(row.get(key), []).append(row)
            self._by[table, key] = index
        return self._by[table, key].get(value, [])

    def one(self, table: str, identifier: object) -> Row:
        return self.of(table, "id", identifier)[0]


@dataclass(frozen=True)
class Place:
    """A location with its address, in our fields."""

    row: Row
    tables: Tables
    language: str

    @property
    def id(self) -> UUID:
        return UUID(str(self.row["id"]))

    def fields(self) -> dict[str, Any]:
        """Fields of Location. Of a confidential place we keep the area, whatever else the file says."""
        row, name = self.row, str(self.row.get("name", ""))
        kept = {"location_type": row["location_type"]}
        if row.get("ventanilla_is_confidential"):
            return {**kept, "is_confidential": True, "area": {self.language: name} if name else {}}
        has_place = "latitude" in row and "longitude" in row
        return {
            **kept,
            **self._address(),
            "name": name,
            "latitude": row["latitude"] if has_place else None,
            "longitude": row["longitude"] if has_place else None,
            "p_code": row.get("external_identifier", "") if self._has_p_code else "",
            "accessibility": self._accessibility(),
        }

    @property
    def _has_p_code(self) -> bool:
        return self.row.get("external_identifier_type") == P_CODE

    def _address(self) -> dict[str, Any]:
        rows = self.tables.of("address", "location_id", self.row["id"])
        if not rows:
            return {}
        said = rows[0]
        lines = [str(said[name]) for name in ("address_1", "address_2") if name in said]
        return {
            "address": ", ".join(lines)[:500],
            **{name: said.get(name, "") for name in ("city", "state_province", "postal_code")},
        }

    def _accessibility(self) -> str:
        rows = self.tables.of("accessibility", "location_id", self.row["id"])
        return "; ".join(str(row["description"]) for row in rows if "description" in row)[:300]


@dataclass(frozen=True)
class ServiceSaid:
    """What a file says of one service."""

    row: Row
    tables: Tables
    country: Country
    default_language: str

    @property
    def id(self) -> UUID:
        return UUID(str(self.row["id"]))

    @property
    def language(self) -> str:
        return str(self.row.get("ventanilla_language") or self.default_language)

    @property
    def ref(self) -> str:
        """The reference it brings along, else one that is the same in every import."""
        name = slugify(str(self.row["name"]))[:60].strip("-")
        # Not the first digits themselves: identifiers that count up have the same.
        short = hashlib.sha256(self.id.bytes).hexdigest()[:8]
        own = f"{self.country.code}-{name or 'service'}-{short}"
        said = str(self.row.get("ventanilla_ref", ""))
        return said if is_ref(said, self.country) else own

    @property
    def kind(self) -> Kind:
        """Hotlines are checked more often than other services."""
        return Kind.HOTLINE if self.row.get("ventanilla_type") == "hotline" else Kind.SERVICE

    @cached_property
    def at_locations(self) -> list[Row]:
        return self.tables.of("service_at_location", "service_id", self.row["id"])

    def places(self) -> list[tuple[UUID, Place]]:
        """Where it is given: the identifier of the pairing and the place."""
        return [(UUID(str(at["id"])), self._place(at["location_id"])) for at in self.at_locations]

    def _place(self, identifier: object) -> Place:
        return Place(self.tables.one("location", identifier), self.tables, self.language)

    def digest(self) -> str:
        """A fingerprint of all that the file says of it."""
        return fingerprint(self._all_rows())

    def _all_rows(self) -> Iterator[Row]:
        yield self.row
        for table in ("language", "cost_option", "required_document"):
            yield from self.tables.of(table, "service_id", self.row["id"])
        yield from self.tables.of("attribute", "link_id", self.row["id"])
        yield from self._everywhere("phone")
        yield from self._everywhere("schedule")
        for at in self.at_locations:
            yield at
            yield self.tables.one("location", at["location_id"])
            for table in ("address", "accessibility"):
                yield from self.tables.of(table, "location_id", at["location_id"])

    def _everywhere(self, table: str) -> Iterator[Row]:
        """Phones or hours of the service itself and of the places where it is given, each once."""
        seen: set[object] = set()
        owners = [("service_id", self.row["id"])]
        for at in self.at_locations:
            owners += [("service_at_location_id", at["id"]), ("location_id", at["location_id"])]
        for key, value in owners:
            for row in self.tables.of(table, key, value):
                if row["id"] not in seen:
                    seen.add(row["id"])
                    yield row

    def fields(self) -> dict[str, Any]:
        """Fields of Service."""
        said = self.row
        texts = {
            "website": "url", "email": "email", "assurer_email": "assurer_email", "type": "ventanilla_type",
            "interpretation_services": "interpretation_services", "capacity": "ventanilla_capacity",
        }  # fmt: skip
        return {
            **{ours: said.get(theirs, "") for ours, theirs in texts.items()},
            "status": said["status"],
            "minimum_age": said.get("minimum_age"),
            "maximum_age": said.get("maximum_age"),
            "assured_on": _day(said.get("assured_date")),
            "alert": {self.language: said["alert"]} if "alert" in said else {},
            "needs": self._codes(NEEDS_ID, Need.values),
            "languages": [str(row["code"]) for row in self._of("language") if "code" in row],
            "cost_options": [
                {key: row[key] for key in _COST if key in row} for row in self._of("cost_option")
            ],
        }

    def topics(self) -> list[str]:
        return self._codes(TOPICS_ID, Topic.values) or [Topic.SERVICES.value]

    def _of(self, table: str) -> list[Row]:
        return self.tables.of(table, "service_id", self.row["id"])

    def _codes(self, taxonomy: UUID, known: Sequence[str]) -> list[str]:
        rows = self.tables.of("attribute", "link_id", self.row["id"])
        terms = [self.tables.one("taxonomy_term", row["taxonomy_term_id"]) for row in rows]
        codes = [str(term.get("code")) for term in terms if term.get("taxonomy_id") == str(taxonomy)]
        return [code for code in dict.fromkeys(codes) if code in known]

    def wording(self) -> dict[str, Any]:
        """What people read, out of the one description that HSDS has."""
        summary, _blank, body = str(self.row.get("description", "")).partition("\n\n")
        steps = str(self.row.get("application_process", "")).split("\n")
        where = next((str(at["description"]) for at in self.at_locations if "description" in at), "")
        is_confidential = any(place.row.get("ventanilla_is_confidential") for _at, place in self.places())
        return {
            "title": self.row["name"],
            "summary": summary or self.row["name"],
            "body": body,
            "eligibility": self.row.get("eligibility_description", ""),
            "fee": self.row.get("fees_description", ""),
            "steps": [step.strip() for step in steps if step.strip()],
            "requirements": [row["document"] for row in self._of("required_document") if "document" in row],
            "where": "" if is_confidential else where,
            "hours": "\n".join(hours_in_words(self._everywhere("schedule"))),
        }

    def phones(self) -> list[Phone]:
        return phones_of(self._own("phone"), self.language)

    def schedules(self) -> list[Schedule]:
        return schedules_of(self._own("schedule"), self.country)

    def _own(self, table: str) -> Iterator[Row]:
        """As `_everywhere`; what hangs on a place gets an identifier per service, for two may share it."""
        for row in self._everywhere(table):
            is_own = row.get("service_id") == self.row["id"]
            yield row if is_own else {**row, "id": str(uuid5(self.id, str(row["id"])))}


@dataclass(frozen=True)
class OrganizationSaid:
    """What a file says of one organisation."""

    row: Row
    tables: Tables
    country: Country
    default_language: str

    @property
    def id(self) -> UUID:
        return UUID(str(self.row["id"]))

    @property
    def language(self) -> str:
        return str(self.row.get("ventanilla_language") or self.default_language)

    @property
    def ref(self) -> str:
        """The reference of the fact that vouches for it, where the file names one."""
        said = str(self.row.get("ventanilla_ref", ""))
        return said if is_ref(said, self.country) else ""

    def places(self) -> list[tuple[None, Place]]:
        """Its own places, those that no service stands at; in the shape that services have."""
        rows = self.tables.of("location", "organization_id", self.row["id"])
        free = [row for row in rows if not self.tables.of("service_at_location", "location_id", row["id"])]
        return [(None, Place(row, self.tables, self.language)) for row in free]

    def fields(self) -> dict[str, Any]:
        """Fields of Organization; the name apart, which finds it."""
        names = ("alternate_name", "description", "website", "email")
        return {"country": self.country, **{name: self.row.get(name, "") for name in names}}

    def phones(self) -> list[Phone]:
        rows = [*self.tables.of("phone", "organization_id", self.row["id"])]
        for _at, place in self.places():
            rows += self.tables.of("phone", "location_id", place.row["id"])
        return phones_of(rows, self.language)

    def schedules(self) -> list[Schedule]:
        return schedules_of(self._schedule_rows(), self.country)

    def _schedule_rows(self) -> list[Row]:
        places = [place.row["id"] for _at, place in self.places()]
        return [row for place in places for row in self.tables.of("schedule", "location_id", place)]

    def digest(self) -> str:
        rows = [self.row, *self.tables.of("phone", "organization_id", self.row["id"]), *self._schedule_rows()]
        for _at, place in self.places():
            rows.append(place.row)
            for table in ("address", "accessibility", "phone"):
                rows += self.tables.of(table, "location_id", place.row["id"])
        return fingerprint(rows)


_REF = re.compile(r"[a-z]{2}-[a-z0-9][a-z0-9-]{0,100}")


def is_ref(text: str, country: Country) -> bool:
    """Whether a reference could be one of ours in this country: it becomes an address."""
    return bool(_REF.fullmatch(text)) and text.startswith(f"{country.code}-")


def fingerprint(rows: Iterable[Row]) -> str:
    kept = [{key: value for key, value in row.items() if key not in _PASSING} for row in rows]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def phones_of(rows: Iterable[Row], language: str) -> list[Phone]:
    """Phones without an owner yet, in the order of the file."""
    return [_phone(row, language, position) for position, row in enumerate(rows)]


def _phone(row: Row, language: str, position: int) -> Phone:
    extension = f" ext. {row['extension']}" if "extension" in row else ""
    kind = str(row.get("type", "voice"))
    return Phone(
        id=UUID(str(row["id"])),
        number=f"{row['number']}{extension}"[:60],
        type=_OUR_TYPES.get(kind, kind),
        description={language: row["description"]} if "description" in row else {},
        e164=str(row.get("ventanilla_e164", "")),
        position=position,
    )


def _is_weekly(row: Mapping[str, Any]) -> bool:
    """Whether we can keep it as weekly hours: every week, on named days, for all time to come."""
    special = ("count", "byweekno", "bymonthday", "byyearday", "until")
    if (
        row.get("freq", "WEEKLY") != "WEEKLY"
        or row.get("interval", 1) != 1
        or any(key in row for key in special)
    ):
        return False
    days = str(row.get("byday", "")).replace(" ", "").upper().split(",")
    return bool(days) and set(days) <= set(ALL_DAYS.split(",")) and bool(_times(row))


def hours_in_words(rows: Iterable[Row]) -> Iterator[str]:
    """What has to stay words: descriptions, and hours that no weekly table can say without lying."""
    for row in rows:
        said = ("freq", "byday", "bymonthday", "byweekno", "opens_at", "closes_at", "notes")
        if "description" in row:
            yield str(row["description"])
        elif not _is_weekly(row):
            yield " ".join(str(row[key]) for key in said if key in row)


def schedules_of(rows: Iterable[Row], country: Country) -> list[Schedule]:
    """Weekly hours in the wall time of the country, without an owner yet."""
    return [_schedule(row, country) for row in rows if _is_weekly(row)]


def _schedule(row: Row, country: Country) -> Schedule:
    opens, closes = (_wall_time(moment, country) for moment in _times(row))
    days = str(row["byday"]).replace(" ", "").upper()
    is_always = days == ALL_DAYS and opens == DAY_START and closes == DAY_END
    return Schedule(
        id=UUID(str(row["id"])),
        byday=days,
        opens_at=None if is_always else opens,
        closes_at=None if is_always else closes,
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
        notes=str(row.get("notes", "")),
    )


def _times(row: Mapping[str, Any]) -> tuple[time, time] | tuple[()]:
    try:
        return time.fromisoformat(str(row["opens_at"])), time.fromisoformat(str(row["closes_at"]))
    except (KeyError, ValueError):
        return ()


def _wall_time(moment: time, country: Country) -> time:
    """The clock in the country. An offset that the country has in some season means its own clock."""
    offset = moment.utcoffset()
    if offset is None:
        return moment
    zone, year = ZoneInfo(country.timezone), datetime.now().year
    seasons = {datetime(year, month, 1, tzinfo=zone).utcoffset() or timedelta() for month in (1, 7)}
    wall = datetime.combine(date(year, 1, 2), moment.replace(tzinfo=None))
    shift = timedelta() if offset in seasons else min(seasons) - offset
    return (wall + shift).time()


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
