"""A directory as flat HSDS rows, and the checks that every row passes before anything is done with it."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from ventanilla.verification.packs.marked_yaml import Problem

from .tables import TABLES, Column, Table

Value = str | int | float | bool
Row = dict[str, Value]
# Where something was said: a file and a line, worked out only when somebody has to be told.
Place = Callable[[], tuple[str, int]]

MAX_PROBLEMS = 200


class HsdsRefused(Exception):
    """Nothing was read or imported; `problems` says why, line by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Said:
    """One row as a file says it, with where it says so."""

    table: str
    values: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Dataset:
    """Checked rows by table, in order; what is not said is an absent key.

    `ignored` counts what a file said and we do not keep; neither it nor `places` counts for equality.
    """

    tables: Mapping[str, tuple[Row, ...]]
    ignored: Mapping[str, int] = field(default_factory=dict, compare=False)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, table: str) -> tuple[Row, ...]:
        return self.tables.get(table, ())

    def problem(self, table: str, identifier: str, message: str) -> Problem:
        """A problem with one row, at the line of the file it came from."""
        place = self.places.get((table, identifier))
        file, line = place() if place else ("", 0)
        return Problem(file, line, message)


def tidy(text: str) -> str:
    """Paragraphs as they are kept: no trailing blanks, one empty line between two, none around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def of_rows(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Dataset:
    """A dataset of rows of our own making. Raises HsdsRefused as for a file of strangers."""
    return build(Said(table, values, lambda: ("", 0)) for table, values in rows)


def build(said: Iterable[Said], *, ignored: Mapping[str, int] | None = None) -> Dataset:
    """Check rows one by one, then that what they point to is there; drop what belongs to nothing.

    Raises HsdsRefused with every problem, at most MAX_PROBLEMS.
    """
    builder = _Builder(Counter(ignored or {}))
    for row in said:
        builder.add(row)
    builder.check_required()
    builder.check_references()
    if builder.problems:
        raise HsdsRefused(builder.problems[:MAX_PROBLEMS])
    builder.drop_orphans()
    tables = {name: tuple(rows.values()) for name in TABLES if (rows := builder.rows[name])}
    return Dataset(tables, dict(builder.ignored), builder.places)


class _Builder:
    def __init__(self, ignored: Counter[str]) -> None:
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self.places: dict[tuple[str, str], Place] = {}
        self.ignored = ignored
        self.problems: list[Problem] = []

    def add(self, said: Said) -> None:
        if said.table == "attribute" and said.values.get("link_entity") not in ("service", None, ""):
            self.ignored[f"attribute of {str(said.values['link_entity'])[:40]}"] += 1
            return
        row = self._checked(said)
        if row is None:
            return
        identifier = str(row["id"])
        known = self.rows[said.table].setdefault(identifier, row)
        self.places.setdefault((said.table, identifier), said.place)
        # Files repeat what they nest: an organisation inside each of its services. Later ones only add.
        for name, value in row.items():
            known.setdefault(name, value)

    def _checked(self, said: Said) -> Row | None:
        columns, row, is_good = TABLES[said.table].columns, Row(), True
        for name in said.values.keys() - columns.keys():
            self.ignored[f"{said.table}.{str(name)[:60]}"] += 1
        for column in columns.values():
            try:
                value = _value(column, said.values.get(column.name))
            except ValueError as refusal:
                self._problem(said, f"{said.table}.{column.name}: {refusal}")
                is_good = False
                continue
            if value is not None:
                row[column.name] = value
        if is_good and "id" not in row:
            self._problem(said, f"{said.table}.id is missing")
            is_good = False
        return row if is_good else None

    def _problem(self, said: Said, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(*said.place(), message))

    def check_required(self) -> None:
        # Only now: a file may name an organisation in passing before it tells all of it.
        for name, rows in self.rows.items():
            for identifier, row in rows.items():
                for message in _missing(name, row):
                    self._problem(Said(name, row, self.places[name, identifier]), message)

    def check_references(self) -> None:
        for name, rows in self.rows.items():
            keys = [column for column in TABLES[name].columns.values() if column.references]
            for identifier, row in rows.items():
                for column in keys:
                    target = row.get(column.name)
                    if target is not None and target not in self.rows[column.references]:
                        message = f"{name}.{column.name}: there is no {column.references} {target}"
                        self._problem(Said(name, row, self.places[name, identifier]), message)

    def drop_orphans(self) -> None:
        """What hangs on nothing cannot be nested: it is counted and left out."""
        for name in ("phone", "schedule", "language", "required_document", "accessibility", "address"):
            self._keep(name, partial(_hangs_on_something, TABLES[name]))
        held = {row["location_id"] for row in self.rows["service_at_location"].values()}
        self._keep("location", lambda row: row["id"] in held or "organization_id" in row)
        for name in ("address", "phone", "schedule", "accessibility"):
            self._keep(name, lambda row: row.get("location_id", "") in {"", *self.rows["location"]})
        terms = {row["taxonomy_term_id"] for row in self.rows["attribute"].values()}
        self._keep("taxonomy_term", lambda row: row["id"] in terms)
        used = {row.get("taxonomy_id") for row in self.rows["taxonomy_term"].values()}
        self._keep("taxonomy", lambda row: row["id"] in used)

    def _keep(self, name: str, is_held: Callable[[Row], bool]) -> None:
        kept = {identifier: row for identifier, row in self.rows[name].items() if is_held(row)}
        if gone := len(self.rows[name]) - len(kept):
            self.ignored[f"{name} that belongs to nothing"] += gone
        self.rows[name] = kept


def _hangs_on_something(table: Table, row: Row) -> bool:
    return any(column.references and column.name in row for column in table.columns.values())


def _missing(table: str, row: Row) -> Iterator[str]:
    """What has to be said and is not. Texts that others leave empty (a postal code) may stay so."""
    may_be_empty = {"description", "address_1", "city", "state_province", "postal_code", "country"}
    for column in TABLES[table].columns.values():
        if column.required and column.name not in row and column.name not in may_be_empty:
            yield f"{table}.{column.name} is missing"


def _value(column: Column, value: Any) -> Value | None:
    """The value as we keep it, None where nothing is said. Raises ValueError with the reason."""
    if value is None or value == "":
        return None
    if column.type == "number":
        return _number(value)
    if column.type == "boolean":
        return _boolean(value)
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:40]!r} has to be a text")
    return _string(column, value)


def _number(value: Any) -> int | float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e12:
        raise ValueError(f"{str(value)[:40]!r} is not a number")
    return int(number) if number.is_integer() else number


def _boolean(value: Any) -> bool | None:
    known = {True: True, False: None, "true": True, "false": None}
    if not isinstance(value, bool | str) or value not in known:
        raise ValueError(f"{str(value)[:40]!r} is not 'true' or 'false'")
    return known[value]


_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _string(column: Column, value: str) -> str | None:
    if len(value) > column.limit * 2 + 100:
        raise ValueError(f"longer than {column.limit:,} characters")
    if _FORBIDDEN.search(value):
        raise ValueError("holds a control character")
    text = tidy(value) if column.type == "text" else " ".join(value.split())
    if len(text) > column.limit:
        raise ValueError(f"longer than {column.limit:,} characters")
    if not text:
        return None
    if column.choices and text not in column.choices:
        raise ValueError(f"{text[:40]!r} is not one of {', '.join(column.choices)}")
    check = _FORMATS.get(column.format or column.type)
    return check(text) if check else text


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a UUID") from None


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date as in 2026-01-31") from None


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date and time as in 2026-01-31T10:00:00Z") from None
    return text


def _uri(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or " " in text:
        raise ValueError(f"{text[:60]!r} is not a web address")
    return text


def _mail(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", text):
        raise ValueError(f"{text[:60]!r} is not an e-mail address")
    return text


_FORMATS: Mapping[str, Callable[[str], str]] = {
    "uuid": _uuid, "date": _date, "date-time": _moment, "uri": _uri, "email": _mail,
}  # fmt: skip
