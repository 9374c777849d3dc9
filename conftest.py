"""What all tests share: no network but loopback, and a small database with two countries of the packs."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import SimpleTestCase, TransactionTestCase

# Few tests that take long: begun first, so that no process is left alone with them at the end.
LONG = ("test_addresses.py", "test_keys_on_disk.py", "test_sentinels.py", "test_offline.py", "test_crowd.py")
HAS_DATABASE = pytest.StashKey[bool]()
_LOCAL = ("127.0.0.1", "::1", "localhost")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="leave out tests that need no database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test with a database has both: the data and the key store. Long files come first."""
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        marks = list(item.iter_markers("django_db"))
        if not marks and {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(databases="__all__"))
        for mark in marks:
            mark.kwargs.setdefault("databases", "__all__")
        case = getattr(item, "cls", None)
        if case is not None and issubclass(case, SimpleTestCase):
            case.databases = "__all__"
    if config.getoption("--only-database"):
        items[:] = [item for item in items if item.get_closest_marker("django_db")]


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """The key store is made without walking through the history of every app, and says so."""
    from django.core.management import call_command

    from ventanilla.privacy.sealing.router import KEY_APP, KEY_STORE

    with django_db_blocker.unblock():
        call_command("migrate", KEY_APP, database=KEY_STORE, fake=True, verbosity=0)
    request.config.stash[HAS_DATABASE] = True


@pytest.fixture(autouse=True, scope="session")
def tables_that_are_only_added_to_can_be_emptied() -> None:
    """Tests with real transactions empty all tables when they end."""
    from ventanilla.privacy import append_only

    empty = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with append_only.lifted():
            empty(self)

    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach another machine fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in _LOCAL:
            raise AssertionError("A test tried to reach another machine.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_keys_of_another_test() -> None:
    """Keys are remembered by the process, but each test has a key store of its own."""
    from ventanilla.privacy.sealing import keys

    keys.forget_everything()


@pytest.fixture(autouse=True, scope="module")
def no_keys_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test commits by a connection of its own is not rolled back: it clears it up itself."""
    yield
    if not request.config.stash.get(HAS_DATABASE, False):
        return
    from ventanilla.privacy.models import ScopeKey

    with request.getfixturevalue("django_db_blocker").unblock():
        left = sorted(ScopeKey.objects.values_list("scope", flat=True))
    if left:
        pytest.fail(f"Keys outlive the tests that made them: {left}")


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


@pytest.fixture
def commits(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """What waits for the commit happens at the end of each outermost transaction, as when it is served."""
    # What is written outside the database after a commit is not rolled back with the test.
    settings.KEYS_ROOT = tmp_path
    leave = transaction.Atomic.__exit__
    wait = BaseDatabaseWrapper.on_commit

    def is_outermost(connection: BaseDatabaseWrapper) -> bool:
        return all(block._from_testcase for block in connection.atomic_blocks)

    def leaving(self: transaction.Atomic, *error: object) -> None:
        leave(self, *error)
        connection = transaction.get_connection(self.using)
        if error[0] is None and is_outermost(connection):
            waiting, connection.run_on_commit = connection.run_on_commit, []
            for _savepoints, then, _robust in waiting:
                then()

    def on_commit(self: BaseDatabaseWrapper, then: Callable[[], object], robust: bool = False) -> None:
        if is_outermost(self):
            then()
        else:
            wait(self, then, robust)

    monkeypatch.setattr(transaction.Atomic, "__exit__", leaving)
    monkeypatch.setattr(BaseDatabaseWrapper, "on_commit", on_commit)
