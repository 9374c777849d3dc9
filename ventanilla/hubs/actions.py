"""Giving and taking roles, always inside the scope of the one who does it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.errors import DomainError

from .models import Country, Hub, Membership, Role
from .rights import NOWHERE, RIGHTS, SENSITIVE, roles_to_give


class OutsideYourScope(DomainError):
    message = _("You cannot give or take this role in this place.")


class RoleNeedsAnotherPlace(DomainError):
    message = _("This role does not go with this place.")


class NotToYourself(DomainError):
    message = _("Somebody else has to give you this role: it opens what people have told.")


class RoleHeldAlready(DomainError):
    message = _("This person already has this role there.")


@transaction.atomic
def give_role(
    *, user: Any, role: str, by: Any, country: Country | None = None, hub: Hub | None = None
) -> Membership:
    """Give somebody a role in the network, a country or a hub.

    Raises OutsideYourScope, NotToYourself, RoleNeedsAnotherPlace and RoleHeldAlready.
    """
    if not place_fits(role, country=country, hub=hub):
        raise RoleNeedsAnotherPlace
    if not may_give(by, role, country, hub):
        raise OutsideYourScope
    if user == by and RIGHTS[role] & SENSITIVE:
        raise NotToYourself
    membership, is_new = Membership.objects.get_or_create(user=user, role=role, country=country, hub=hub)
    if not is_new:
        raise RoleHeldAlready
    return membership


@transaction.atomic
def take_role(*, membership: Membership, by: Any) -> None:
    """Take a role away. Raises OutsideYourScope."""
    if not may_give(by, membership.role, membership.country, membership.hub):
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
    if role == Role.DATA_PROTECTION:
        return hub is None
    return role not in (Role.EDITOR, Role.PROTECTION) or bool(country or hub)


def may_give(by: Any, role: str, country: Country | None, hub: Hub | None) -> bool:
    """Whether this person may give and take that role there."""
    where = roles_to_give(by).get(role, NOWHERE)
    if hub:
        return where.covers(hub.country_id, hub=hub.ref)
    if country:
        return where.covers(country.pk)
    return where.everywhere
