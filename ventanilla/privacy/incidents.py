"""Incidents with data of people: reported in two minutes, handled in five steps, closed with lessons."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .access_log import record
from .codes import new_code
from .country_rules import rule_for
from .models import Incident, IncidentEntry
from .sealing import new_key

Step, Event = Incident.Step, IncidentEntry.Event


class NotThisStep(DomainError):
    """The incident is at another step."""

    message = _("This step does not follow: look at the steps already taken.")


class KnownInTheFuture(DomainError):
    message = _("It cannot have become known later than now.")


class ReasonNeeded(DomainError):
    """A decision without a reason."""

    message = _("Write down why.")


class LessonsNeeded(DomainError):
    """Nothing is closed before somebody wrote down what was learned."""

    message = _("Write down the lessons before closing: what made it possible, and what has to change.")


class StillToBeTold(DomainError):
    """Closing would leave the authority or people untold without a decision."""

    message = _("Tell the authority and the people, or write down why they need not be told, before closing.")


@transaction.atomic
def report_incident(
    *,
    what_happened: str,
    country: str,
    hub: str,
    known_at: datetime,
    by: User,
    at: datetime,
    data: Sequence[str] = (),
    people_count: int | None = None,
) -> Incident:
    """Step 1, by anybody of the staff; starts the clocks of the country. Raises KnownInTheFuture."""
    if known_at > at:
        raise KnownInTheFuture
    rule = rule_for(country)
    incident = Incident.objects.create(
        code=new_code("I"),
        country=country,
        hub=hub,
        sealed_under=new_key(scope=f"country:{country}"),
        what_happened=what_happened,
        known_at=known_at,
        reported_at=at,
        reported_by=by,
        data=list(data),
        people_count=people_count,
        authority_due_at=known_at + timedelta(hours=rule.hours_to_authority),
        people_due_at=known_at + timedelta(hours=rule.hours_to_people),
    )
    _enter(incident, Event.REPORTED, "", by=by, at=at)
    return incident


@transaction.atomic
def classify_incident(
    *,
    incident: Incident,
    severity: str,
    threat: str,
    data: Sequence[str],
    people_count: int | None,
    cause: str,
    harm: str,
    by: User,
    at: datetime,
) -> None:
    """Step 2; may be corrected until the incident is treated. Raises NotThisStep."""
    incident = _locked(incident, Step.NOTIFICATION, Step.CLASSIFICATION)
    incident.severity, incident.threat, incident.data = severity, threat, list(data)
    incident.people_count, incident.cause, incident.harm = people_count, cause, harm
    incident.step, incident.classified_at, incident.handled_by = Step.CLASSIFICATION, at, by
    incident.save()
    _enter(incident, Event.CLASSIFIED, severity, by=by, at=at)


@transaction.atomic
def note_on_incident(*, incident: Incident, text: str, by: User, at: datetime) -> None:
    """Add to the timeline; possible at every step, and after closing too."""
    _enter(incident, Event.NOTED, text, by=by, at=at)


@transaction.atomic
def authority_told(*, incident: Incident, told_at: datetime, text: str, by: User, at: datetime) -> None:
    """The authority was notified: `text` says who, how, and the reference. Raises KnownInTheFuture."""
    if told_at > at:
        raise KnownInTheFuture
    incident = _locked(incident, *Step)
    incident.authority_notified_at = told_at
    incident.save()
    _enter(incident, Event.AUTHORITY_TOLD, text, by=by, at=at)


@transaction.atomic
def people_told(
    *, incident: Incident, told_at: datetime, how_many: int | None, text: str, by: User, at: datetime
) -> None:
    """The people concerned were told: `text` says how and what. Raises KnownInTheFuture."""
    if told_at > at:
        raise KnownInTheFuture
    incident = _locked(incident, *Step)
    incident.people_notified_at, incident.people_notified = told_at, how_many
    incident.save()
    _enter(incident, Event.PEOPLE_TOLD, text, by=by, at=at)


@transaction.atomic
def waive_authority(*, incident: Incident, reason: str, by: User, at: datetime) -> None:
    """Decide that the authority need not be told. Raises ReasonNeeded."""
    incident = _locked(incident, *Step)
    incident.authority_waived_at = at
    _waive(incident, Event.AUTHORITY_WAIVED, reason, by=by, at=at)


@transaction.atomic
def waive_people(*, incident: Incident, reason: str, by: User, at: datetime) -> None:
    """Decide that people need not be told, as when telling would put them in danger. Raises ReasonNeeded."""
    incident = _locked(incident, *Step)
    incident.people_waived_at = at
    _waive(incident, Event.PEOPLE_WAIVED, reason, by=by, at=at)


@transaction.atomic
def treat_incident(*, incident: Incident, measures: str, by: User, at: datetime) -> None:
    """Step 3: what was done to stop it and to help the people. Raises NotThisStep."""
    incident = _locked(incident, Step.CLASSIFICATION, Step.TREATMENT)
    incident.measures, incident.step, incident.treated_at = measures, Step.TREATMENT, at
    incident.save()
    _enter(incident, Event.TREATED, "", by=by, at=at)


@transaction.atomic
def close_incident(*, incident: Incident, lessons: str, by: User, at: datetime) -> None:
    """Step 4. Raises NotThisStep, LessonsNeeded, StillToBeTold."""
    incident = _locked(incident, Step.TREATMENT)
    if not lessons.strip():
        raise LessonsNeeded
    if incident.authority_is_open or incident.people_are_open:
        raise StillToBeTold
    incident.lessons, incident.step, incident.closed_at = lessons, Step.CLOSURE, at
    incident.save()
    _enter(incident, Event.CLOSED, "", by=by, at=at)


@transaction.atomic
def learn_from_incident(*, incident: Incident, changed: str, by: User, at: datetime) -> None:
    """Step 5: what is different now because of the lessons. Raises NotThisStep, ReasonNeeded."""
    incident = _locked(incident, Step.CLOSURE)
    if not changed.strip():
        raise ReasonNeeded(_("Write down what was changed."))
    incident.changed_since, incident.step, incident.learned_at = changed, Step.LEARNING, at
    incident.save()
    _enter(incident, Event.LEARNED, "", by=by, at=at)


def _locked(incident: Incident, *steps: str) -> Incident:
    """The row as it is now, ours until the transaction ends. Raises NotThisStep."""
    row = Incident.objects.select_for_update().get(pk=incident.pk)
    if row.step not in steps:
        raise NotThisStep
    return row


def _waive(incident: Incident, event: str, reason: str, *, by: User, at: datetime) -> None:
    if not reason.strip():
        raise ReasonNeeded
    incident.save()
    _enter(incident, event, reason, by=by, at=at)


def _enter(incident: Incident, event: str, text: str, *, by: User, at: datetime) -> None:
    entry = IncidentEntry(
        incident=incident, sealed_under=incident.sealed_under, event=event, text=text, by=by, at=at
    )
    entry.save()
    record(
        by=by,
        action="write",
        kind="incident",
        ref=incident.pk,
        country=incident.country,
        hub=incident.hub,
        at=at,
    )
