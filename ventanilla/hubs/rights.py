"""What each role may do, and where. The only place that knows; closed by default."""

from enum import StrEnum
from typing import Any

from django.db.models import Q

from ventanilla.privacy.doors import NOWHERE as NOWHERE
from ventanilla.privacy.doors import Reach as Reach

from .models import Country, CountryQuerySet, Hub, Membership, Role


class Right(StrEnum):
    """Something that a role may do inside its scope."""

    READ = "read"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    APPROVE = "approve"
    HUB = "hub"
    STAFF = "staff"
    COUNTRY = "country"
    NETWORK = "network"
    CASES = "cases"
    MANAGE_CASES = "manage-cases"
    PROTECTED = "protected"
    BREAK_GLASS = "break-glass"
    OVERSIGHT = "oversight"
    EXPORT_MODERATE = "export-moderate"
    EXPORT_HIGH = "export-high"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.REGIONAL: frozenset({Right.READ, Right.STAFF, Right.COUNTRY, Right.NETWORK}),
    Role.NATIONAL: frozenset(
        {
            Right.READ, Right.PROPOSE, Right.CONFIRM, Right.APPROVE, Right.HUB, Right.STAFF, Right.COUNTRY,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            Right.READ, Right.HUB, Right.STAFF, Right.CASES, Right.MANAGE_CASES, Right.BREAK_GLASS,
            Right.EXPORT_MODERATE,
        }
    ),
    Role.EDITOR: frozenset({Right.READ, Right.PROPOSE, Right.CONFIRM}),
    Role.ADVISER: frozenset({Right.READ, Right.CASES, Right.BREAK_GLASS}),
    Role.PROTECTION: frozenset({Right.READ, Right.CASES, Right.PROTECTED, Right.BREAK_GLASS}),
    Role.DATA_PROTECTION: frozenset(
        {Right.READ, Right.OVERSIGHT, Right.EXPORT_MODERATE, Right.EXPORT_HIGH}
    ),
    Role.TRAINER: frozenset({Right.READ}),
    Role.OBSERVER: frozenset({Right.READ}),
}  # fmt: skip

# Rights that a role in a hub holds over that hub alone; the others reach the hub's whole country.
OF_THE_HUB_ALONE = frozenset(
    {Right.HUB, Right.STAFF, Right.CASES, Right.MANAGE_CASES, Right.PROTECTED, Right.EXPORT_MODERATE}
)
# What only a role gives: whoever keeps the machine running does not read what people told.
NOT_BY_BEING_SUPERUSER = frozenset(
    {Right.CASES, Right.MANAGE_CASES, Right.PROTECTED, Right.BREAK_GLASS, Right.EXPORT_HIGH}
)
# Whoever holds one of these sees a person's words, or who read them: nobody does without a second factor.
SENSITIVE = frozenset({Right.CASES, Right.MANAGE_CASES, Right.PROTECTED, Right.BREAK_GLASS, Right.OVERSIGHT})


def reach(user: Any, right: Right) -> Reach:
    """Where this member of the staff holds a right."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    if user.is_superuser and right not in NOT_BY_BEING_SUPERUSER:
        return Reach(everywhere=True)
    return _joined([held for held in _held(user) if right in RIGHTS[held.role]], right)


def remember_roles(user: Any) -> None:
    """Read the roles of somebody once: for an object that lives as long as one request and no longer."""
    user.roles_now = _held(user)


def _held(user: Any) -> list[Membership]:
    remembered: list[Membership] | None = getattr(user, "roles_now", None)
    if remembered is not None:
        return remembered
    return list(Membership.objects.filter(user=user.pk).select_related("hub"))


def _joined(memberships: list[Membership], right: Right) -> Reach:
    in_hubs = [m.hub for m in memberships if m.hub]
    single = right in OF_THE_HUB_ALONE
    countries = {m.country_id for m in memberships if m.country_id}
    return Reach(
        everywhere=any(m.country_id is None and m.hub_id is None for m in memberships),
        countries=frozenset(countries | ({hub.country_id for hub in in_hubs} if not single else set())),
        hubs=frozenset(hub.ref for hub in in_hubs) if single else frozenset(),
    )


def countries_with(user: Any, right: Right) -> CountryQuerySet:
    """Countries as a whole in which this member of the staff holds a right."""
    where = reach(user, right)
    return Country.objects.all() if where.everywhere else Country.objects.filter(code__in=where.countries)


def hubs_with(user: Any, right: Right) -> Any:
    """Hubs over which this member of the staff holds a right."""
    where = reach(user, right)
    if where.everywhere:
        return Hub.objects.all()
    return Hub.objects.filter(Q(country__in=where.countries) | Q(ref__in=where.hubs))


def sees_words(user: Any) -> bool:
    """Whether somebody has a role that sees what people told, or who read it: it needs a second factor."""
    return any(RIGHTS[held.role] & SENSITIVE for held in _held(user))


def roles_to_give(user: Any) -> dict[str, Reach]:
    """Roles that this person may give to others, and where.

    Only the regional office names a national authority: otherwise one person could make themselves the
    second pair of eyes.
    """
    if user.is_superuser:
        return dict.fromkeys(RIGHTS, Reach(everywhere=True))
    given: dict[str, Reach] = {}
    for membership in _held(user):
        where = _joined([membership], Right.STAFF)
        for role in _GIVES.get(membership.role, ()):
            given[role] = _union(given.get(role, NOWHERE), where)
    return given


_LOCAL = (
    Role.COORDINATOR, Role.ADVISER, Role.EDITOR, Role.TRAINER, Role.OBSERVER, Role.PROTECTION,
    Role.DATA_PROTECTION,
)  # fmt: skip
_GIVES: dict[str, tuple[Role, ...]] = {
    Role.REGIONAL: tuple(Role),
    Role.NATIONAL: _LOCAL,
    Role.COORDINATOR: (Role.ADVISER, Role.EDITOR, Role.OBSERVER, Role.PROTECTION),
}


def _union(one: Reach, other: Reach) -> Reach:
    return Reach(one.everywhere or other.everywhere, one.countries | other.countries, one.hubs | other.hubs)
