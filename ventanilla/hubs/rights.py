"""What each role may do, and where. The only place that knows; closed by default."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q

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


RIGHTS: dict[str, frozenset[Right]] = {
    Role.REGIONAL: frozenset({Right.READ, Right.STAFF, Right.COUNTRY, Right.NETWORK}),
    Role.NATIONAL: frozenset(
        {
            Right.READ, Right.PROPOSE, Right.CONFIRM, Right.APPROVE, Right.HUB, Right.STAFF, Right.COUNTRY,
        }
    ),
    Role.COORDINATOR: frozenset({Right.READ, Right.HUB, Right.STAFF}),
    Role.EDITOR: frozenset({Right.READ, Right.PROPOSE, Right.CONFIRM}),
    Role.ADVISER: frozenset({Right.READ}),
    Role.TRAINER: frozenset({Right.READ}),
    Role.OBSERVER: frozenset({Right.READ}),
}  # fmt: skip

# Rights that a role in a hub holds over that hub alone; the others reach the hub's whole country.
OF_THE_HUB_ALONE = frozenset({Right.HUB, Right.STAFF})


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody holds a right: everywhere, in whole countries (codes), in single hubs (references)."""

    everywhere: bool = False
    countries: frozenset[str] = frozenset()
    hubs: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.countries or self.hubs)

    def covers(self, country: str, *, hub: str = "") -> bool:
        return self.everywhere or country in self.countries or (bool(hub) and hub in self.hubs)


NOWHERE = Reach()


def reach(user: Any, right: Right) -> Reach:
    """Where this member of the staff holds a right."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    if user.is_superuser:
        return Reach(everywhere=True)
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    held = Membership.objects.filter(user=user, role__in=roles).select_related("hub")
    return _joined(list(held), right)


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


def roles_to_give(user: Any) -> dict[str, Reach]:
    """Roles that this person may give to others, and where.

    Only the regional office names a national authority: otherwise one person could make themselves the
    second pair of eyes.
    """
    if user.is_superuser:
        return dict.fromkeys(RIGHTS, Reach(everywhere=True))
    given: dict[str, Reach] = {}
    for membership in Membership.objects.filter(user=user).select_related("hub"):
        where = _joined([membership], Right.STAFF)
        for role in _GIVES.get(membership.role, ()):
            given[role] = _union(given.get(role, NOWHERE), where)
    return given


_LOCAL = (Role.COORDINATOR, Role.ADVISER, Role.EDITOR, Role.TRAINER, Role.OBSERVER)
_GIVES: dict[str, tuple[Role, ...]] = {
    Role.REGIONAL: tuple(Role),
    Role.NATIONAL: _LOCAL,
    Role.COORDINATOR: (Role.ADVISER, Role.EDITOR, Role.OBSERVER),
}


def _union(one: Reach, other: Reach) -> Reach:
    return Reach(one.everywhere or other.everywhere, one.countries | other.countries, one.hubs | other.hubs)
