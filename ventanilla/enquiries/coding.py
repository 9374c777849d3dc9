"""What an enquiry is about (the codebook), and what people may tell about themselves for figures alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from django.db import transaction
from django.db.models import Count, QuerySet

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.lib.text import in_language

from . import facts as questions
from .actions import log, note_change
from .models import Coding, Enquiry, Person

FILE = Path(__file__).with_name("topics.yaml")


class UnknownTopic(DomainError):
    """A code that the present edition of the codebook does not have."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A code; `parent` is empty on the upper level, `until` is the last edition in which it is given."""

    code: str
    names: Mapping[str, str]
    parent: str = ""
    until: int | None = None

    def name(self, language: str) -> str:
        return in_language(self.names, language) or self.code


@cache
def codebook() -> tuple[int, Mapping[str, Topic]]:
    """The edition in force, and every code that was ever given."""
    book = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    topics: dict[str, Topic] = {}
    for code, row in book["topics"].items():
        topics[code] = Topic(code, row["names"], until=row.get("until"))
        for lower, names in row["under"].items():
            until = names.get("until")
            topics[lower] = Topic(lower, {k: v for k, v in names.items() if k != "until"}, code, until)
    return book["edition"], topics


def in_force() -> dict[str, Topic]:
    """The codes that can be given today."""
    edition, topics = codebook()
    return {code: topic for code, topic in topics.items() if topic.until is None or topic.until >= edition}


def choices(language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(code, label, [(code, label), …]) of both levels, for forms."""
    now = in_force().values()
    return [
        (
            upper.code,
            upper.name(language),
            [(t.code, t.name(language)) for t in now if t.parent == upper.code],
        )
        for upper in now
        if not upper.parent
    ]


def name_of(code: str, language: str) -> str:
    """A topic in words; a code that is no longer known stands for itself."""
    topic = codebook()[1].get(code)
    return topic.name(language) if topic else code


@transaction.atomic
def set_codes(
    *, enquiry: Enquiry, topics: Iterable[str], facts: Mapping[str, str] | None, by: User, at: datetime
) -> None:
    """Replace the topics of an enquiry and, unless None, what the person told about themselves.

    Every fact may be skipped. Raises UnknownTopic.
    """
    wanted = set(topics)
    given = set(Coding.objects.filter(enquiry=enquiry).values_list("topic", flat=True))
    if (wanted - given) - in_force().keys():
        raise UnknownTopic
    Coding.objects.filter(enquiry=enquiry).exclude(topic__in=wanted).delete()
    edition = codebook()[0]
    Coding.objects.bulk_create(
        [
            Coding(enquiry=enquiry, topic=code, edition=edition, by=by, at=at)
            for code in sorted(wanted - given)
        ]
    )
    if facts is not None and enquiry.person_id:
        _tell(enquiry.person_id, facts)
    note_change(enquiry, "coded", "", by=by, at=at)
    log(enquiry, "write", by=by, at=at)


def _tell(person_pk: UUID, facts: Mapping[str, str]) -> None:
    person = Person.objects.select_for_update().filter(pk=person_pk, erased_at=None).first()
    if person is None:
        return
    kept = dict(person.facts or {})
    for code in questions.questions():
        kept.pop(code, None)
    person.facts = kept | questions.known(facts)
    person.save(update_fields=["facts"])


def counts(enquiries: "QuerySet[Enquiry]", *, since: datetime) -> list[tuple[str, int]]:
    """How many of these enquiries were given each topic since then, most frequent first."""
    given = Coding.objects.filter(enquiry__in=enquiries, at__gte=since).values("topic")
    rows = given.annotate(n=Count("pk")).order_by("-n", "topic")
    return [(row["topic"], row["n"]) for row in rows]
