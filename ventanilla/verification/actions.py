from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Country
from ventanilla.lib.errors import DomainError

from .models import FOUR_EYES, GRACE, Check, Fact, Kind, Source
from .signals import announce


class OwnChange(DomainError):
    message = _("You changed this fact yourself. Somebody else has to confirm it.")


class NoSourceLookedAt(DomainError):
    message = _("Say which source you looked at: a fact without a source is never shown.")


class SourceOnFile(DomainError):
    message = _("This source is on file already: correct that one.")


class LastSource(DomainError):
    message = _("This is the only source. Add another one first, or hide the fact.")


class NotYourCountry(DomainError):
    message = _("This fact belongs to a country in which you have no role that may do this.")


@transaction.atomic
def confirm_fact(
    *, fact: Fact, by: Any, at: datetime, source: str, authority: Fact | None = None, note: str = ""
) -> Fact:
    """Record that somebody looked at a source and the fact is still correct.

    Raises OwnChange for legal and procedural facts (four eyes) and NoSourceLookedAt.
    """
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    if fact.kind in FOUR_EYES and by.pk in authors_since_confirmed(fact):
        raise OwnChange
    if not source:
        raise NoSourceLookedAt
    today = fact.country.today(at)
    Source.objects.update_or_create(
        fact=fact, url=source, defaults={"seen_on": today, "seen_precision": Source.Precision.DAY}
    )
    _set_dates(fact, today)
    fact.has_source = True
    fact.checked_by = by
    fact.authority = authority or fact.authority
    fact.hidden_on, fact.hidden_reason = None, ""
    fact.save()
    Check.objects.create(fact=fact, outcome=Check.Outcome.CONFIRMED, by=by, at=at, source=source, note=note)
    announce([fact.ref])
    return fact


@transaction.atomic
def name_authority(*, fact: Fact, authority: Fact | None) -> None:
    """Say which authority answers for a fact; raises NotYourCountry for one of another country."""
    if authority and authority.country_id != fact.country_id:
        raise NotYourCountry
    fact.authority = authority
    fact.save(update_fields=["authority", "changed_at"])
    announce([fact.ref])


def authors_since_confirmed(fact: Fact) -> frozenset[int]:
    """Everybody who changed what people read since somebody last confirmed it."""
    checks = fact.checks.all()
    last = checks.filter(outcome=Check.Outcome.CONFIRMED).order_by("-pk").first()
    changes = checks.filter(outcome=Check.Outcome.CHANGED, pk__gt=last.pk if last else 0)
    return frozenset(changes.values_list("by", flat=True))


def _set_dates(fact: Fact, today: date) -> None:
    fact.checked_on = today
    fact.check_again_on = today + fact.validity
    fact.hide_on = fact.check_again_on + timedelta(days=GRACE)


@transaction.atomic
def hide_fact(*, fact: Fact, by: Any, at: datetime, reason: str) -> Fact:
    """Take a fact off every page, answer and pack at once."""
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    fact.hidden_on, fact.hidden_reason = fact.country.today(at), reason
    fact.save()
    Check.objects.create(fact=fact, outcome=Check.Outcome.HIDDEN, by=by, at=at, note=reason)
    announce([fact.ref])
    return fact


@transaction.atomic
def show_fact(*, fact: Fact, by: Any, at: datetime) -> Fact:
    """Undo a hiding by hand; the clock of checks goes on as it was."""
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    fact.hidden_on, fact.hidden_reason = None, ""
    fact.save()
    Check.objects.create(fact=fact, outcome=Check.Outcome.SHOWN, by=by, at=at)
    announce([fact.ref])
    return fact


@transaction.atomic
def change_fact(
    *, fact: Fact, by: Any, at: datetime, note: str = "", source: str = "", also_by: Sequence[Any] = ()
) -> Fact:
    """Record that somebody, alone or with others, changed what the public reads about a fact."""
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    fact.changed_by = by
    fact.edited_by_people = True
    fact.save()
    for author in (*also_by, by):
        Check.objects.create(
            fact=fact, outcome=Check.Outcome.CHANGED, by=author, at=at, note=note, source=source
        )
    announce([fact.ref])
    return fact


@transaction.atomic
def add_source(*, fact: Fact, values: Mapping[str, Any], by: Any, at: datetime) -> Source:
    """Put a source on file; `values` has url, publisher, title and seen_on (a day). Raises SourceOnFile.

    A fact without a source gets its first: from then on it is starter content. Confirming it is another deed.
    """
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    if fact.sources.filter(url=values["url"]).exists():
        raise SourceOnFile
    source = Source.objects.create(fact=fact, position=fact.sources.count(), **values)
    if not fact.has_source:
        fact.has_source = True
        fact.confidence = "medium" if fact.confidence == "none" else fact.confidence
        fact.save()
    change_fact(fact=fact, by=by, at=at, note=gettext("Source added"), source=source.url)
    return source


@transaction.atomic
def correct_source(*, source: Source, values: Mapping[str, Any], by: Any, at: datetime) -> None:
    """Correct publisher, title or day of a source; its address stays. A day typed here is an exact one."""
    if "seen_on" in values:
        values = {**values, "seen_precision": Source.Precision.DAY}
    for name, value in values.items():
        setattr(source, name, value)
    source.save(update_fields=list(values))
    change_fact(fact=source.fact, by=by, at=at, note=gettext("Source corrected"), source=source.url)


@transaction.atomic
def remove_source(*, source: Source, by: Any, at: datetime) -> None:
    """Take a source off a fact. Raises LastSource while the fact is not hidden by hand."""
    fact = Fact.objects.select_for_update().get(pk=source.fact_id)
    is_last = not fact.sources.exclude(pk=source.pk).exists()
    if is_last and not fact.hidden_on:
        raise LastSource
    source.delete()
    if is_last:
        fact.has_source = False
        fact.save()
    change_fact(fact=fact, by=by, at=at, note=gettext("Source removed"), source=source.url)


class EmergencyNumbersFirst(DomainError):
    message = _(
        "Verify the emergency numbers of this country first: a person in danger must never be given a "
        "number that nobody has checked."
    )


@transaction.atomic
def open_country(*, country: Country, at: datetime) -> None:
    """Let the public read a country. Raises EmergencyNumbersFirst outside the demonstration."""
    if not settings.DEMO and emergency_lines_missing(country, at=country.today(at)):
        raise EmergencyNumbersFirst
    _set_open(country, True)


@transaction.atomic
def close_country(*, country: Country) -> None:
    """Take a country off the public site; nothing else about it changes."""
    _set_open(country, False)


def _set_open(country: Country, is_open: bool) -> None:
    country.is_open = is_open
    country.save(update_fields=["is_open"])
    announce(Fact.objects.filter(country=country).values_list("ref", flat=True))


def emergency_lines_missing(country: Country, *, at: date) -> Sequence[str]:
    """References of a country's emergency lines that nobody has verified; `["*"]` when it has none."""
    lines = Fact.objects.filter(country=country, ref__in=country.emergency, kind=Kind.HOTLINE)
    verified = {fact.ref for fact in lines if fact.state(at=at) == "verified"}
    if not country.emergency:
        return ["*"]
    return [ref for ref in country.emergency if ref not in verified]
