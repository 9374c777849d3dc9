"""Inviting somebody into a role in a place: made, revoked, accepted once.

The secret goes into the mail; the database holds a digest of it. Who invites must be able to give the role
both then and when it is accepted.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Invitation, User
from ventanilla.lib.errors import DomainError

from .actions import OutsideYourScope, RoleHeldAlready, RoleNeedsAnotherPlace, give_role, may_give, place_fits
from .models import Country, Hub, Membership

# Closed invitations are forgotten with the address in them.
KEPT = timedelta(days=30)


class InvitationClosed(DomainError):
    message = _("This invitation was used, taken back or is too old. Ask for a new one.")


@transaction.atomic
def invite(
    *, email: str, role: str, by: Any, at: datetime, country: Country | None = None, hub: Hub | None = None
) -> tuple[Invitation, str]:
    """Offer a role; returns the invitation and its secret, which nobody can look up again.

    An older open invitation of the same address to the same role and place is taken back. Raises
    RoleNeedsAnotherPlace and OutsideYourScope.
    """
    if not place_fits(role, country=country, hub=hub):
        raise RoleNeedsAnotherPlace
    if not may_give(by, role, country, hub):
        raise OutsideYourScope
    forget_closed(at=at)
    secret = secrets.token_urlsafe(32)
    same = {"email": email.lower(), "role": role, "country": country.pk if country else "",
            "hub": hub.ref if hub else ""}  # fmt: skip
    Invitation.objects.open(at=at).filter(**same).update(revoked_at=at)
    made = Invitation.objects.create(
        **same, token_digest=_digest(secret), invited_by=by, invited_at=at,
        expires_at=at + timedelta(days=settings.INVITATION_DAYS),
    )  # fmt: skip
    return made, secret


def revoke(*, invitation: Invitation, by: Any, at: datetime) -> None:
    """Take an open invitation back. Raises OutsideYourScope and InvitationClosed."""
    country, hub = place_of(invitation)
    if not may_give(by, invitation.role, country, hub):
        raise OutsideYourScope
    if not Invitation.objects.open(at=at).filter(pk=invitation.pk).update(revoked_at=at):
        raise InvitationClosed


def find(secret: str, *, at: datetime) -> Invitation:
    """The open invitation with this secret. Raises InvitationClosed, whatever is wrong with it."""
    found = Invitation.objects.open(at=at).filter(token_digest=_digest(secret)).first()
    if found is None:
        raise InvitationClosed
    return found


@transaction.atomic
def accept(*, secret: str, at: datetime, user: User | None = None, **person: str) -> User:
    """Use an invitation: `user` is whose account has its address already, else `person` describes the new one
    (`first_name`, `last_name`, `password`).

    Raises InvitationClosed; also where whoever invited may not give this role any more.
    """
    invitation = find(secret, at=at)
    if not Invitation.objects.open(at=at).filter(pk=invitation.pk).update(accepted_at=at):
        raise InvitationClosed
    country, hub = place_of(invitation)
    if user is None:
        user = User.objects.create_user(invitation.email, is_staff=True, **person)
    elif user.email != invitation.email:
        raise InvitationClosed
    try:
        give_role(user=user, role=invitation.role, by=invitation.invited_by, country=country, hub=hub)
    except RoleHeldAlready:
        return user
    except DomainError:
        raise InvitationClosed from None
    return user


def open_invitations(user: Any, *, at: datetime) -> list[Invitation]:
    """Open invitations to what this person may give, the oldest first."""
    rows = Invitation.objects.open(at=at).select_related("invited_by").order_by("expires_at", "pk")
    return [row for row in rows if may_revoke(user, row)]


def may_revoke(user: Any, invitation: Invitation) -> bool:
    """Whether this person may give what the invitation offers."""
    try:
        return may_give(user, invitation.role, *place_of(invitation))
    except InvitationClosed:
        return False


def place_of(invitation: Invitation) -> tuple[Country | None, Hub | None]:
    """Where the role is; a place that is gone meanwhile raises InvitationClosed."""
    country = Country.objects.filter(pk=invitation.country).first() if invitation.country else None
    hub = Hub.objects.select_related("country").filter(ref=invitation.hub).first() if invitation.hub else None
    if (invitation.country and country is None) or (invitation.hub and hub is None):
        raise InvitationClosed
    return country, hub


def may_give_all_roles_of(by: Any, user: User) -> bool:
    """Whether this person may give every role that somebody holds, so may also restore their way in."""
    rows = Membership.objects.filter(user=user).select_related("country", "hub__country")
    held = list(rows)
    return (
        bool(held)
        and not user.is_superuser
        and all(may_give(by, row.role, row.country, row.hub) for row in held)
    )


def forget_closed(*, at: datetime) -> None:
    """Delete invitations that ended long ago."""
    Invitation.objects.filter(expires_at__lt=at - KEPT).delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
