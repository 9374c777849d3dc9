"""Connections to other machines are encrypted, or `ventanilla check` says so."""

from datetime import UTC, datetime

import pytest

from ventanilla.config.databases import database_from_url
from ventanilla.config.line_findings import findings_of_lines, is_here

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def told(settings, monkeypatch):
    """What is said of these addresses, by level."""

    def ask(*, database="sqlite:////tmp/x", keys="sqlite:////tmp/y", valkey="", clamav="", demo=False):
        settings.DEMO, settings.VALKEY_URL, settings.CLAMAV = demo, valkey, clamav
        monkeypatch.setitem(settings.DATABASES, "default", database_from_url(database))
        monkeypatch.setitem(settings.DATABASES, "keys", database_from_url(keys))
        return [(one.level, one.what.split()[0]) for one in findings_of_lines(NOW)]

    return ask


ELSEWHERE = "postgresql://hub:secret@db.example/hub"


@pytest.mark.parametrize(
    "address", [ELSEWHERE, f"{ELSEWHERE}?sslmode=prefer", f"{ELSEWHERE}?sslmode=disable"]
)
def test_a_database_on_another_machine_in_the_clear_is_unsafe(told, address):
    assert told(database=address) == [("unsafe", "DATABASE_URL")]
    assert told(keys=address) == [("unsafe", "KEYS_DATABASE_URL")]


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_an_encrypted_database_is_no_finding(told, mode):
    assert told(database=f"{ELSEWHERE}?sslmode={mode}") == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://hub@localhost/hub",
        "postgresql://hub@127.0.0.1:5433/hub",
        "postgresql://hub@[::1]/hub",
        "postgresql:///hub",
        "postgresql:///hub?host=/run/postgresql",
    ],
)
def test_a_database_of_this_machine_needs_no_encryption(told, address):
    assert told(database=address) == []


def test_a_host_among_the_options_counts(told):
    assert told(database="postgresql://localhost/hub?host=db.example") == [("unsafe", "DATABASE_URL")]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("redis://valkey.example:6379/0", [("unsafe", "VALKEY_URL")]),
        ("rediss://valkey.example:6379/0", []),
        ("redis://127.0.0.1:6379/0", []),
        ("unix:///run/valkey.sock", []),
    ],
)
def test_valkey_on_another_machine_is_encrypted_too(told, address, found):
    assert told(valkey=address) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("clamav.example:3310", [("missing", "Files")]),
        ("127.0.0.1:3310", []),
        ("/run/clamav/clamd.ctl", []),
    ],
)
def test_files_on_their_way_to_a_scanner_elsewhere_are_told(told, address, found):
    assert told(clamav=address) == found


def test_a_demonstration_is_left_in_peace(told):
    assert told(database=ELSEWHERE, demo=True) == []


@pytest.mark.parametrize(
    ("host", "here"),
    [("10.0.0.7", False), ("localhost.example", False), ("[::1]", True), ("127.8.8.8", True)],
)
def test_only_this_machine_is_here(host, here):
    assert is_here(host) is here
