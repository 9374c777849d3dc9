"""Giving and taking roles, always inside the scope of the one who does it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .models import Country, Hub, Membership, Role
from .rights import NOWHERE, roles_to_give


class OutsideYourScope(DomainError):
    message = _("You cannot give or take this role in this place.")


class RoleNeedsAnotherPlace(DomainError):
    message = _("This role does not go with this place.")


class RoleHeldAlready(DomainError):
    message = _("This person already has this role there.")


@transaction.atomic
def give_role(
    *, user: Any, role: str, by: Any, country: Country | None = None, hub: Hub | None = None
) -> Membership:
    """Give somebody a role in the network, a country or a hub.

    Raises OutsideYourScope, RoleNeedsAnotherPlace and RoleHeldAlready.
    """
    if not place_fits(role, country=country, hub=hub):
        raise RoleNeedsAnotherPlace
    if not _may_give(by, role, country, hub):
        raise OutsideYourScope
    membership, is_new = Membership.objects.get_or_create(user=user, role=role, country=country, hub=hub)
    if not is_new:
        raise RoleHeldAlready
    return membership


@transaction.atomic
def add_member(
    *,
    email: str,
    first_name: str,
    last_name: str,
    password: str,
    role: str,
    by: Any,
    country: Country | None = None,
    hub: Hub | None = None,
) -> Membership:
    """Make an account with a first role; an address that has an account gets the role and nothing else.

    Raises what `give_role` raises; then there is no account either.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(
            email, password, first_name=first_name, last_name=last_name, is_staff=True
        )
    return give_role(user=user, role=role, by=by, country=country, hub=hub)


@transaction.atomic
def take_role(*, membership: Membership, by: Any) -> None:
    """Take a role away. Raises OutsideYourScope."""
    if not _may_give(by, membership.role, membership.country, membership.hub):
        raise OutsideYourScope
    membership.delete()


def place_fits(role: str, *, country: Country | None, hub: Hub | None) -> bool:
    """Whether a role can be held there: the words of the database's constraint."""
    if country and hub:
        return False
    if role == Role.REGIONAL:
        return country is None and hub is None
    if role == Role.NATIONAL:
        return country is not None
    if role in (Role.COORDINATOR, Role.ADVISER):
        return hub is not None
    return role != Role.EDITOR or bool(country or hub)


def _may_give(by: Any, role: str, country: Country | None, hub: Hub | None) -> bool:
    where = roles_to_give(by).get(role, NOWHERE)
    if hub:
        return where.covers(hub.country_id, hub=hub.ref)
    if country:
        return where.covers(country.pk)
    return where.everywhere
