"""What `ventanilla check` says about where keys are kept."""

import socket

import pytest
from django.conf import settings
from django.utils import timezone

from ventanilla.config import key_findings
from ventanilla.privacy.sealing import keys

pytestmark = pytest.mark.django_db
POSTGRES = {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "PORT": "5432"}


@pytest.fixture
def production(monkeypatch, tmp_path):
    """A key store with a folder of its own, and a master key in a file elsewhere."""
    for name, value in {"DEMO": False, "DATA_DIR": tmp_path / "data", "CLAMAV": "", "VALKEY_URL": ""}.items():
        monkeypatch.setattr(settings, name, value)
    store = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(a_file(tmp_path / "keys" / "keys.sqlite3"))}
    databases(
        monkeypatch, default={"ENGINE": "sqlite3", "NAME": str(tmp_path / "data" / "v.sqlite3")}, keys=store
    )
    master_key(monkeypatch, a_file(tmp_path / "etc" / "master.key"))


def databases(monkeypatch, **changed):
    """The settings alone: the connections of the test stay what they are."""
    monkeypatch.setattr(settings, "DATABASES", settings.DATABASES | changed)


def a_file(path):
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch(mode=0o600)
    return path


def master_key(monkeypatch, file):
    monkeypatch.setenv("MASTER_KEY_FILE", str(file))


def told():
    return [(found.level, found.what) for found in key_findings.findings_of_keys(timezone.now())]


def test_all_is_well_with_each_in_its_place(production):
    assert told() == []


def test_a_master_key_beside_the_data_is_unsafe(production, monkeypatch):
    master_key(monkeypatch, a_file(settings.DATA_DIR / "keys" / "master.key"))
    assert told() == [
        ("unsafe", "The master key lies in DATA_DIR: a thief of the data, or of its copy, has the key too.")
    ]


def test_a_master_key_that_others_can_read_is_unsafe(production, tmp_path):
    (tmp_path / "etc" / "master.key").chmod(0o644)
    assert told() == [("unsafe", "Others on this machine can read the master key.")]


def test_a_key_store_that_others_can_read_is_unsafe(production, tmp_path):
    (tmp_path / "keys").chmod(0o755)
    assert told() == [("unsafe", "Others on this machine can read the key store.")]


def test_one_database_for_data_and_keys_is_unsafe(production, monkeypatch):
    databases(monkeypatch, default=POSTGRES | {"NAME": "hub"}, keys=POSTGRES | {"NAME": "hub"})
    assert told() == [
        ("unsafe", "The key store is the database of the data: deleting is not final in its backups.")
    ]


def test_one_server_for_both_is_told(production, monkeypatch):
    databases(monkeypatch, default=POSTGRES | {"NAME": "hub"}, keys=POSTGRES | {"NAME": "keys"})
    assert told() == [
        ("missing", "The key store is on the server of the data: a copy of the whole server holds both.")
    ]


def test_without_a_master_key_nothing_else_is_said(production, monkeypatch):
    monkeypatch.setattr(settings, "MASTER_KEY", "")
    keys.forget_everything()
    assert told() == [("unsafe", "There is no usable master key.")]


def test_a_scanner_that_is_away_is_unsafe(production, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setattr(settings, "CLAMAV", f"127.0.0.1:{probe.getsockname()[1]}")
    assert told() == [("unsafe", "ClamAV does not answer.")]
