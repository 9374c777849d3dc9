"""The cast of the console's tests. Costa Rica is ours, Belize is the neighbour."""

import pytest
from django.test import Client

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Country, Hub, Membership, Role
from ventanilla.library.models import ProcedurePage, RiskPage
from ventanilla.verification.models import Fact

# name: (role, country, hub)
ROLES = {
    "rosa": (Role.REGIONAL, None, None),
    "daniel": (Role.NATIONAL, "cr", None),
    "diana": (Role.NATIONAL, "cr", None),
    "elena": (Role.EDITOR, "cr", None),
    "carmen": (Role.COORDINATOR, None, "cr-hub-upala"),
    "luis": (Role.ADVISER, None, "cr-hub-upala"),
    "oscar": (Role.OBSERVER, "cr", None),
    "marie": (Role.NATIONAL, "bz", None),
    "nadie": (None, None, None),
}


class Cast:
    """People who sign in on first use: `cast.elena.get(...)`, `cast.user("elena")`."""

    def __init__(self):
        self._users, self._clients = {}, {}

    def user(self, name):
        if name not in self._users:
            self._users[name] = self._make(name)
        return self._users[name]

    def _make(self, name):
        if name == "root":
            return User.objects.create_superuser("root@example.org", "long enough for a test")
        user = User.objects.create_user(f"{name}@example.org", first_name=name.title(), is_staff=True)
        role, country, hub = ROLES[name]
        if role:
            Membership.objects.create(
                user=user,
                role=role,
                country=Country.objects.get(code=country) if country else None,
                hub=Hub.objects.get(ref=hub) if hub else None,
            )
        return user

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._clients:
            self._clients[name] = Client()
            self._clients[name].force_login(self.user(name))
        return self._clients[name]


@pytest.fixture
def cast(site):
    return Cast()


@pytest.fixture
def procedure(site):
    """A legal page of Costa Rica in Spanish."""
    return ProcedurePage.objects.filter(fact__country="cr", locale__language_code="es").order_by("pk").first()


@pytest.fixture
def risk(site):
    """A page that needs no second pair of eyes."""
    return RiskPage.objects.filter(fact__country="cr", locale__language_code="es").order_by("pk").first()


@pytest.fixture
def neighbours(site):
    """A procedure page of Belize."""
    return ProcedurePage.objects.filter(fact__country="bz", locale__language_code="es").order_by("pk").first()


@pytest.fixture
def agreement(site):
    """A record of a four-eyes kind."""
    return Fact.objects.filter(country="cr", kind="agreement").order_by("ref").first()


@pytest.fixture
def hotline(site):
    return Fact.objects.filter(country="cr", kind="hotline").order_by("ref").first()
