"""What all tests share: no network but loopback, and a small database with two countries of the packs."""

import socket

import pytest

_LOCAL = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach another machine fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in _LOCAL:
            raise AssertionError("A test tried to reach another machine.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def two_countries(django_db_setup, django_db_blocker):
    """Belize and Costa Rica loaded once from the packs, open, starter content shown, index built.

    A test that uses it also asks for `db`; what it changes is rolled back, the index excepted.
    """
    with django_db_blocker.unblock():
        from django.conf import settings

        from ventanilla.answers.actions import rebuild_index
        from ventanilla.hubs.models import Country, Network
        from ventanilla.verification.packs.importing import import_packs
        from ventanilla.verification.packs.reading import read_packs

        if not Country.objects.exists():
            list(import_packs(read_packs(settings.PACKS_ROOT, only=["bz", "cr"])))
            Network.objects.update_or_create(pk=1, defaults={"shows_starter": True})
            Country.objects.update(is_open=True)
            rebuild_index()


@pytest.fixture
def site(two_countries, db):
    """The database of two countries, for one test."""
