"""Breaking the glass: seeing a case outside one's own reach for an hour, with a reason, under review."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry

from . import access_log
from .doors import reach
from .models.glass import Break
from .sealing import new_key

BREAK_GLASS = "break-glass"
OPEN_FOR = timedelta(hours=1)
SHORTEST_REASON = 20

# Called with the id of a break after the commit, so that the focal point hears of it at once.
noticed: Registry[Callable[[UUID], None]] = Registry()


class GlassStaysClosed(DomainError):
    message = _("Your role does not open this.")


class ReasonNeeded(DomainError):
    message = _("Write why you must see this now, in a sentence: the focal point will read it.")


class ReviewedAlready(DomainError):
    message = _("This has been reviewed already.")


class NotYourOwnReview(DomainError):
    message = _("Somebody else has to review what you opened.")


def opened_by(user: Any, *, kind: str, at: datetime | None = None) -> QuerySet[Break, UUID]:
    """Ids of the records of a kind that this person holds open right now; losing the role closes them."""
    at, where = at or timezone.now(), reach(user, BREAK_GLASS)
    rows = Break.objects.filter(by=user.pk, kind=kind, until__gt=at)
    return (rows if where.everywhere else rows.filter(country__in=where.countries)).values_list(
        "ref", flat=True
    )


@transaction.atomic
def break_glass(
    *, by: User, kind: str, ref: UUID, country: str, hub: str, reason: str, at: datetime
) -> Break:
    """Open a record for an hour. Raises GlassStaysClosed and ReasonNeeded."""
    if not reach(by, BREAK_GLASS).covers(country, hub=hub):
        raise GlassStaysClosed
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded
    row = Break(
        sealed_under=new_key(scope=f"country:{country}"), by=by, kind=kind, ref=ref, country=country, hub=hub,
        at=at, until=at + OPEN_FOR,
    )  # fmt: skip
    row.reason = reason.strip()
    row.save()
    access_log.record(
        by=by, action="break-glass", kind=kind, ref=ref, country=country, hub=hub, at=at, reason=reason
    )
    for tell in noticed.values():
        transaction.on_commit(partial(tell, row.pk))
    return row


@transaction.atomic
def review(*, row: Break, by: User, is_justified: bool, remark: str, at: datetime) -> None:
    """The focal point's judgement. Raises ReviewedAlready, NotYourOwnReview."""
    if row.by_id == by.pk:
        raise NotYourOwnReview
    if not Break.objects.filter(pk=row.pk, reviewed_at=None).update(
        reviewed_at=at, reviewed_by=by, is_justified=is_justified
    ):
        raise ReviewedAlready
    row.refresh_from_db()
    row.remark = remark.strip()
    row.save(update_fields=["remark"])
    access_log.record(
        by=by, action="review", kind="break-glass", ref=row.pk, country=row.country, hub=row.hub, at=at
    )
