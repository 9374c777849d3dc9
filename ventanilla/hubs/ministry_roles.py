"""Roles that a ministry gives and takes, by the mapping in the setting OIDC_ROLES.

    [{"group": "upala-advisers", "role": "adviser", "hub": "cr-hub-upala"},
     {"group": "cr-editors", "role": "editor", "country": "cr"}]

Only what stands there can be given. Lines with a place or a role that does not exist give nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from ventanilla.accounts.models import RoleOfMinistry, User

from .actions import place_fits
from .models import Country, Hub, Membership, Role


@dataclass(frozen=True, slots=True, order=True)
class MappedRole:
    """A role in a place, both as in the mapping."""

    role: str
    country: str = ""
    hub: str = ""

    def __str__(self) -> str:
        return f"{self.role} {self.hub or self.country or '*'}"


def mapped_roles(groups: Iterable[str]) -> frozenset[MappedRole]:
    """What the mapping makes of these groups."""
    known = frozenset(groups)
    lines: list[dict[str, Any]] = settings.OIDC_ROLES
    return frozenset(_role(line) for line in lines if line["group"] in known and _is_possible(_role(line)))


def impossible_lines() -> list[str]:
    """Groups of the mapping whose line can give nothing, for whoever runs the installation."""
    return [line["group"] for line in settings.OIDC_ROLES if not _is_possible(_role(line))]


@transaction.atomic
def follow_ministry(
    *, user: User, wanted: frozenset[MappedRole]
) -> tuple[list[MappedRole], list[MappedRole]]:
    """Give what is wanted, take what an earlier sign-in gave and is wanted no more.

    Roles that somebody here gave stay. Returns what was given and what was taken.
    """
    kept = RoleOfMinistry.objects.filter(user=user)
    before = {MappedRole(row.role, row.country, row.hub): row for row in kept}
    taken = sorted(before.keys() - wanted)
    for role in taken:
        # A place that is gone took its roles with it.
        if _is_possible(role):
            Membership.objects.filter(user=user, role=role.role, **_place(role)).delete()
        before[role].delete()
    given = [role for role in sorted(wanted - before.keys()) if _give(user, role)]
    return given, taken


def _give(user: User, role: MappedRole) -> bool:
    """False where somebody here had given it already: then it stays theirs to take."""
    is_new = Membership.objects.get_or_create(user=user, role=role.role, **_place(role))[1]
    if is_new:
        RoleOfMinistry.objects.create(user=user, role=role.role, country=role.country, hub=role.hub)
    return is_new


def _role(line: dict[str, Any]) -> MappedRole:
    return MappedRole(str(line["role"]), str(line.get("country", "")), str(line.get("hub", "")))


def _is_possible(role: MappedRole) -> bool:
    place = _place(role)
    if (role.country and place["country"] is None) or (role.hub and place["hub"] is None):
        return False
    return role.role in Role.values and place_fits(role.role, **place)


def _place(role: MappedRole) -> dict[str, Any]:
    return {
        "country": Country.objects.filter(code=role.country).first() if role.country else None,
        "hub": Hub.objects.filter(ref=role.hub).first() if role.hub else None,
    }
