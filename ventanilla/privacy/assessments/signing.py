"""Who signed which assessment for which place. A channel may only go live where all signatures are there."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from ..access_log import record
from ..doors import reach
from ..models import ChannelAssessment
from .reading import Assessment, Level, all_assessments

Capacity = ChannelAssessment.Capacity


class MayNotSign(DomainError):
    """The person does not hold this capacity in this place."""

    message = _("Your role does not sign this, here.")


class SamePerson(DomainError):
    """One person would sign twice: each signature is a pair of eyes of its own."""

    message = _("Somebody else has to sign this: you have signed already.")


class TooDangerous(DomainError):
    """What remains after all measures is severe; nobody signs that."""

    message = _("What remains after all measures is severe: this channel cannot be signed for.")


def needed(assessment: Assessment) -> tuple[str, ...]:
    """Capacities whose signatures a kind needs; a high remaining risk needs the network's too."""
    both = (Capacity.OPERATION.value, Capacity.PROTECTION.value)
    return (*both, Capacity.NETWORK.value) if assessment.residual == Level.HIGH else both


def missing(kind: str, *, country: str, hub: str = "", at: datetime) -> tuple[str, ...]:
    """Capacities that have not signed the present version for this place; KeyError for an unknown kind."""
    rows = ChannelAssessment.objects.in_force(at=at).filter(kind=kind)
    return missing_among(rows, all_assessments()[kind], country=country, hub=hub)


def missing_among(
    rows: Iterable[ChannelAssessment], assessment: Assessment, *, country: str, hub: str = ""
) -> tuple[str, ...]:
    """The same, from signatures in force that were fetched already, perhaps of other kinds and places too."""
    signed = {
        row.signed_as
        for row in rows
        if (row.kind, row.version, row.country) == (assessment.kind, assessment.version, country)
        and row.hub in ("", hub)
    }
    return tuple(capacity for capacity in needed(assessment) if capacity not in signed)


def is_signed(kind: str, *, country: str, hub: str = "", at: datetime) -> bool:
    """Whether a channel of this kind may go live in this place: the gate asks here. False when unknown."""
    assessment = all_assessments().get(kind)
    if assessment is None or assessment.residual == Level.SEVERE:
        return False
    return not missing(kind, country=country, hub=hub, at=at)


def capacities_of(user: User, *, country: str, hub: str = "") -> tuple[str, ...]:
    """In which capacities somebody may sign for a place."""
    protects = reach(user, "oversight")
    held = {
        Capacity.OPERATION: reach(user, "hub").covers(country, hub=hub),
        Capacity.PROTECTION: protects.covers(country, hub=hub),
        Capacity.NETWORK: protects.everywhere,
    }
    return tuple(capacity.value for capacity, holds in held.items() if holds)


@transaction.atomic
def sign(
    *, kind: str, country: str, hub: str = "", capacity: str, conditions: str = "", by: User, at: datetime
) -> ChannelAssessment:
    """Sign the present version for a hub, or for a whole country.

    Raises MayNotSign, SamePerson, TooDangerous; KeyError for an unknown kind.
    """
    assessment = all_assessments()[kind]
    if assessment.residual == Level.SEVERE:
        raise TooDangerous
    if capacity not in capacities_of(by, country=country, hub=hub):
        raise MayNotSign
    place = ChannelAssessment.objects.in_force(at=at).covering(
        kind=kind, version=assessment.version, country=country, hub=hub
    )
    if place.filter(signed_by=by).exists():
        raise SamePerson
    row = ChannelAssessment.objects.create(
        kind=kind, version=assessment.version, country=country, hub=hub, signed_as=capacity,
        conditions=conditions, signed_by=by, signed_at=at,
    )  # fmt: skip
    _log(row, by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, signature: ChannelAssessment, by: User, at: datetime) -> None:
    """Take a signature back, by whoever may sign in that capacity there. Raises MayNotSign."""
    row = ChannelAssessment.objects.select_for_update().get(pk=signature.pk)
    if row.signed_as not in capacities_of(by, country=row.country, hub=row.hub):
        raise MayNotSign
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = at, by
        row.save()
        _log(row, by=by, at=at)


def _log(row: ChannelAssessment, *, by: User, at: datetime) -> None:
    record(by=by, action="write", kind="assessment", ref=row.pk, country=row.country, hub=row.hub, at=at)
