"""Who holds personal data: each app says which fields, and how to find, export, correct and erase them.

A test walks every model: a field that looks personal must belong to a holder, or stand in
`not_personal.yaml` with the reason why it is not.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

import yaml
from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry

NOT_PERSONAL = Path(__file__).with_name("not_personal.yaml")


class NotHeld(DomainError):
    """Nobody holds anything of this person: erased before, or never there."""

    message = _("Nothing is held about this person any more.")


@dataclass(frozen=True, slots=True)
class PersonalField:
    """`model` as in "enquiries.Message"; `sensitivity` and `retention` are codes of their registers."""

    model: str
    field: str
    what: str | Promise
    purpose: str
    sensitivity: str
    retention: str

    @property
    def path(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data: somebody who asked (id of the person) or somebody of the staff (number of the account)."""

    kind: Literal["person", "staff"]
    id: str

    @classmethod
    def of_person(cls, person: UUID) -> "Subject":
        return cls("person", str(person))

    @classmethod
    def of_staff(cls, user: User) -> "Subject":
        return cls("staff", str(user.pk))

    @property
    def person(self) -> UUID:
        return UUID(self.id)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that goes along, in the clear."""

    name: str
    content_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"<ExportedFile {self.content_type}>"

    @property
    def encoded(self) -> str:
        return base64.b64encode(self.content).decode()


@dataclass(frozen=True, slots=True)
class ExportedRecord:
    """One record as its person reads it: a heading, labelled values, and records that belong to it.

    A value without a label is what was said.
    """

    heading: str
    values: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None
    records: tuple["ExportedRecord", ...] = ()
    file: ExportedFile | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "heading": self.heading,
            "at": self.at.isoformat() if self.at else None,
            "values": [{"label": label, "value": value} for label, value in self.values],
            "records": [record.as_json() for record in self.records],
            "file": self.file
            and {"name": self.file.name, "type": self.file.content_type, "base64": self.file.encoded},
        }


@dataclass(frozen=True, slots=True)
class Held:
    """What the page of a person's own data shows first: where, since when, how much; no words."""

    label: str
    country: str
    hub: str
    language: str = ""
    is_restricted: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


class Holder(Protocol):
    """One app's answer for the personal data it holds. `kinds` says whose data it can hold."""

    name: str
    kinds: frozenset[str]

    def fields(self) -> tuple[PersonalField, ...]:
        """Every personal field of the app."""

    def find(self, subject: Subject) -> Held | None:
        """What is held about somebody, in outline; None where nothing is."""

    def export(self, subject: Subject, *, for_staff: bool) -> list[ExportedRecord]:
        """All of it, in the language in use. `for_staff`: an adviser goes through it with the person."""

    def correct(self, subject: Subject, values: Mapping[str, str], *, at: datetime) -> int:
        """Write corrected values into the fields that have these names; returns how many."""

    def restrict(self, subject: Subject, *, is_restricted: bool, at: datetime) -> int:
        """Have it left alone, or worked with again; returns how many records."""

    def erase(self, subject: Subject, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
        """Destroy it; returns the certificates of the keys that were destroyed."""


holders: Registry[Holder] = Registry()


def holders_of(subject: Subject) -> list[Holder]:
    """The holders that can hold data of this kind of person, in the order in which they plugged in."""
    return [holder for holder in holders.values() if subject.kind in holder.kinds]


def find(subject: Subject) -> Held:
    """The outline of what is held. Raises NotHeld."""
    found = next((held for holder in holders_of(subject) if (held := holder.find(subject))), None)
    if found is None:
        raise NotHeld
    return found


def all_fields() -> list[PersonalField]:
    """Every personal field of every holder, by model."""
    return sorted((row for holder in holders.values() for row in holder.fields()), key=lambda row: row.path)


def every_link_to_staff() -> Iterator[tuple[str, str]]:
    """(model, field) of every reference to an account: who of the staff did something."""
    for model in apps.get_models():
        for one in model._meta.get_fields():
            if one.concrete and one.is_relation and one.related_model is User:
                yield model._meta.label, one.name


@cache
def not_personal() -> Mapping[str, str]:
    """Models and fields that look personal and are not, with the reason."""
    rows: dict[str, str] = yaml.safe_load(NOT_PERSONAL.read_text(encoding="utf-8"))
    return rows
