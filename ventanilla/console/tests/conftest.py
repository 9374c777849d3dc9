"""The cast of the console's tests. Costa Rica is ours, Belize is the neighbour."""

import pytest
from django.core.cache import cache
from django.test import Client

from ventanilla.accounts.models import User
from ventanilla.accounts.testing import sign_in
from ventanilla.hubs.models import Country, Hub, Membership, Role
from ventanilla.library.models import ProcedurePage, RiskPage
from ventanilla.verification.models import Fact

from .people import PASSWORD, give_app

# name: (role, country, hub)
ROLES = {
    "rosa": (Role.REGIONAL, None, None),
    "daniel": (Role.NATIONAL, "cr", None),
    "diana": (Role.NATIONAL, "cr", None),
    "elena": (Role.EDITOR, "cr", None),
    "carmen": (Role.COORDINATOR, None, "cr-hub-upala"),
    "luis": (Role.ADVISER, None, "cr-hub-upala"),
    "paula": (Role.PROTECTION, None, "cr-hub-upala"),
    "vera": (Role.ADVISER, None, "cr-hub-limon"),
    "bruno": (Role.ADVISER, None, "bz-hub-benque"),
    "oscar": (Role.OBSERVER, "cr", None),
    "marie": (Role.NATIONAL, "bz", None),
    "fabiola": (Role.DATA_PROTECTION, "cr", None),
    "felipe": (Role.DATA_PROTECTION, "cr", None),
    "berta": (Role.DATA_PROTECTION, "bz", None),
    "nora": (Role.DATA_PROTECTION, None, None),
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
            sign_in(self._clients[name], self.user(name))
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


@pytest.fixture
def people(cast):
    """Give somebody of the cast a password, and an app when asked: `people("luis", with_app=True)`."""
    # Codes that people of another test used, under the same numbers.
    cache.clear()

    def ready(name, *, with_app=False):
        user = cast.user(name)
        user.set_password(PASSWORD)
        user.save()
        if with_app:
            give_app(user)
        return user

    return ready
