"""Talks, workshops and fairs: how many came, by sex and age where somebody counted, and what about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Hub
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log

from . import facts
from .models import GroupSession, GroupSessionQuerySet, HeadCount

MOST_HEADS = 100_000
# How many of which (sex, age band) came; an empty code is "not noted".
Heads = Mapping[tuple[str, str], int]


class NotHeldYet(DomainError):
    message = _("This day is still to come. Note the session once it was held.")


class NobodyCounted(DomainError):
    message = _("Write down how many came, at least as one number.")


def sexes() -> list[str]:
    """Codes of the rows of the table of heads; the last, empty one is for who was not noted."""
    return [*facts.questions()["sex"].choices, ""]


def age_bands() -> list[str]:
    """Codes of the columns; the last, empty one is for who was not noted."""
    return [*facts.questions()["age_band"].choices, ""]


@transaction.atomic
def note_session(
    *,
    hub: Hub,
    held_on: date,
    topic: str,
    languages: list[str],
    heads: Heads,
    by: User,
    at: datetime,
    place: str = "",
    materials: Iterable[str] = (),
    session: GroupSession | None = None,
) -> GroupSession:
    """Write a session down, or anew where `session` is given. Raises NotHeldYet and NobodyCounted."""
    if held_on > hub.country.today(at):
        raise NotHeldYet
    if not sum(heads.values()):
        raise NobodyCounted
    row = session or GroupSession(noted_at=at, noted_by=by)
    row.hub, row.held_on, row.topic = hub, held_on, topic
    row.languages, row.place, row.materials = languages, place.strip(), list(materials)
    row.save()
    row.heads.all().delete()
    counted = ((sex, band, count) for (sex, band), count in heads.items() if count)
    HeadCount.objects.bulk_create(
        [HeadCount(session=row, sex=sex, age_band=band, count=count) for sex, band, count in counted]
    )
    _log(row, by=by, at=at)
    return row


@transaction.atomic
def remove_session(*, session: GroupSession, by: User, at: datetime) -> None:
    """Take back one that was noted by mistake."""
    _log(session, by=by, at=at)
    session.delete()


def _log(row: GroupSession, *, by: User, at: datetime) -> None:
    access_log.record(
        by=by, action="write", kind="group-session", ref=row.pk, country=row.hub.country_id, hub=row.hub.ref,
        at=at,
    )  # fmt: skip


# Reads


@dataclass(slots=True)
class Totals:
    """How many sessions and people, and the people by sex, age band and both; "" is "not noted"."""

    sessions: int = 0
    people: int = 0
    by_topic: dict[str, int] = field(default_factory=dict)
    by_both: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_sex(self, sex: str) -> int:
        return sum(count for (one, _band), count in self.by_both.items() if one == sex)

    def of_age(self, band: str) -> int:
        return sum(count for (_sex, one), count in self.by_both.items() if one == band)


def with_people(rows: GroupSessionQuerySet) -> GroupSessionQuerySet:
    """With `people`: how many came."""
    return rows.annotate(people=Sum("heads__count"))


def totals(rows: GroupSessionQuerySet) -> Totals:
    """Sums over some sessions: two queries."""
    found = Totals()
    for row in with_people(rows.order_by()):
        people: int = row.people or 0  # type: ignore[attr-defined]  # annotated
        found.sessions += 1
        found.people += people
        found.by_topic[row.topic] = found.by_topic.get(row.topic, 0) + people
    counted = HeadCount.objects.filter(session__in=rows).values("sex", "age_band")
    for one in counted.annotate(n=Sum("count")).order_by("sex", "age_band"):
        found.by_both[one["sex"], one["age_band"]] = one["n"]
    return found


def heads_of(session: GroupSession) -> dict[tuple[str, str], int]:
    rows: Any = session.heads.values_list("sex", "age_band", "count")
    return {(sex, band): count for sex, band, count in rows}
