"""Who has a case open: a beat of each open page, forgotten after a minute."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ventanilla.accounts.models import User

from .models import Enquiry, Presence

HERE = timedelta(seconds=45)


def beat(*, enquiry: Enquiry, user: User, is_typing: bool, at: datetime) -> list[Presence]:
    """Say that somebody has the case open; returns the others who have."""
    Presence.objects.update_or_create(
        enquiry=enquiry, user=user, defaults={"seen_at": at, "is_typing": is_typing}
    )
    return others(enquiry, user, at=at)


def others(enquiry: Enquiry, user: Any, *, at: datetime) -> list[Presence]:
    """Colleagues who have the case open now, in the order of their names."""
    rows = Presence.objects.filter(enquiry=enquiry, seen_at__gt=at - HERE).exclude(user=user)
    return list(rows.select_related("user").order_by("user__first_name", "user"))


def here(enquiries: list[UUID], user: Any, *, at: datetime) -> dict[UUID, list[str]]:
    """Names of colleagues who have each of these cases open."""
    rows = Presence.objects.filter(enquiry__in=enquiries, seen_at__gt=at - HERE).exclude(user=user)
    found: dict[UUID, list[str]] = {}
    for row in rows.select_related("user").order_by("user__first_name", "user"):
        found.setdefault(row.enquiry_id, []).append(str(row.user))
    return found


def leave(*, enquiry: Enquiry, user: User) -> None:
    """The page was closed."""
    Presence.objects.filter(enquiry=enquiry, user=user).delete()


def forget(*, at: datetime) -> int:
    """Delete beats that tell nothing any more."""
    return Presence.objects.filter(seen_at__lt=at - HERE * 4).delete()[0]
