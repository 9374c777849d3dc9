import json
import shutil
import socket
from argparse import Namespace
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder
from django_tasks_db.models import DBTaskResult

from ventanilla.accounts.models import User
from ventanilla.config import doctor
from ventanilla.config.commands import check, verify_log
from ventanilla.config.commands.demo import PASSWORD
from ventanilla.hubs.models import Country, Network
from ventanilla.privacy import anchors, append_only
from ventanilla.privacy.access_log import record
from ventanilla.verification.models import Fact

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def production(site, settings, tmp_path):
    """Two closed countries whose facts are older than NOW, with a backup and rendered pages."""
    settings.DEMO = False
    settings.DATA_DIR = tmp_path
    settings.BAKED_ROOT = tmp_path / "baked"
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://hub.example", ["hub.example"]
    Country.objects.update(is_open=False)
    Network.objects.update(shows_starter=False)
    Fact.objects.update(changed_at=NOW - timedelta(days=1))
    (tmp_path / "last-backup").write_text((NOW - timedelta(days=1)).isoformat())
    for number in range(200):
        page = settings.BAKED_ROOT / "aa" / f"{number}.baked"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
    return settings


def told(level=None):
    return [finding.what for finding in doctor.findings(at=NOW) if level in (None, finding.level)]


def is_told(words, level=None):
    return any(words in what for what in told(level))


def test_every_finding_has_a_remedy_of_one_sentence(production):
    Country.objects.update(is_open=True)
    Network.objects.update(shows_starter=True)
    User.objects.create_superuser("rosa@ventanilla.example", PASSWORD)
    production.ALLOWED_HOSTS = ["other.example"]
    found = doctor.findings(at=NOW)
    assert len(found) > 4
    assert all(finding.remedy and "\n" not in finding.remedy for finding in found)


def test_emergency_numbers_of_an_open_country_come_first(production):
    Country.objects.filter(code="cr").update(is_open=True)
    User.objects.create_superuser("root@hub.example", PASSWORD)
    first = doctor.findings(at=NOW)[0]
    assert first.level == "unsafe"
    assert first.what == "Costa Rica is open to the public and its emergency numbers are not verified."
    assert "cr-hotline" in first.remedy


def test_a_closed_country_is_reminded_of_its_emergency_numbers(production):
    assert is_told("The emergency numbers of Costa Rica are not verified.", "missing")
    assert told("unsafe") == []


def test_verified_emergency_numbers_are_no_finding(production):
    country = Country.objects.get(code="cr")
    Fact.objects.filter(ref__in=country.emergency).update(
        has_source=True, checked_on="2026-05-01", check_again_on="2026-08-01", hide_on="2026-09-01"
    )
    assert not is_told("Costa Rica")


def test_starter_content_shown_in_production_is_told(production):
    assert not is_told("Starter content")
    Network.objects.update(shows_starter=True)
    assert is_told("Starter content is shown", "missing")


def test_sample_people_in_production_are_unsafe(production):
    User.objects.create_user("rosa@ventanilla.example", "another pass phrase")
    assert is_told("1 sample people of the demonstration", "unsafe")
    User.objects.update(is_active=False)
    assert not is_told("sample people")


def test_a_superuser_with_the_known_password_is_unsafe(production):
    user = User.objects.create_superuser("root@hub.example", PASSWORD)
    assert is_told("password of the demonstration", "unsafe")
    user.set_password("something else entirely")
    user.save()
    assert not is_told("password of the demonstration")


def test_an_address_that_is_not_among_the_hosts_is_unsafe(production):
    production.ALLOWED_HOSTS = ["other.example"]
    assert is_told("Nobody can open PUBLIC_URL", "unsafe")
    production.ALLOWED_HOSTS = [".example"]
    assert not is_told("PUBLIC_URL")


def test_a_clock_that_went_back_is_unsafe(production):
    Fact.objects.update(changed_at=NOW + timedelta(hours=1))
    assert is_told("clock of this machine is behind", "unsafe")


def test_an_unknown_time_zone_is_unsafe(production):
    Country.objects.filter(code="bz").update(timezone="America/Atlantis")
    assert "The time zone of Belize is not known here." in told("unsafe")


def test_a_worker_that_does_not_work_is_unsafe(production):
    task = DBTaskResult.objects.create(
        task_path="ventanilla.console.mail.send",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        exception_class_path="",
        traceback="",
        run_after=datetime(9999, 1, 1, tzinfo=UTC),
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=NOW - timedelta(minutes=5))
    assert not is_told("Background work")
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=NOW - timedelta(minutes=11))
    assert is_told("Background work", "unsafe")


def test_an_index_is_missed_once_there_is_something_to_find(production, tmp_path):
    production.INDEX_ROOT = tmp_path / "none"
    assert is_told("Nothing is public yet", "missing")
    Network.objects.update(shows_starter=True)
    assert is_told("There is no index", "unsafe")


def test_pages_not_rendered_ahead_are_told(production, monkeypatch):
    monkeypatch.setattr(doctor.baking, "all_paths", lambda: ["/"] * 300)
    assert not is_told("rendered ahead")
    shutil.rmtree(production.BAKED_ROOT)
    assert is_told("0 of some", "missing")


def test_the_age_of_the_backup_is_told(production, tmp_path):
    assert not is_told("backup")
    (tmp_path / "last-backup").write_text((NOW - timedelta(days=9)).isoformat())
    assert "The last backup is 9 days old." in told("missing")
    (tmp_path / "last-backup").unlink()
    assert "No backup was made from here yet." in told("missing")


@pytest.mark.parametrize(("free", "level"), [(100_000_000, "unsafe"), (900_000_000, "missing")])
def test_a_full_disk_is_told_before_it_is_full(production, monkeypatch, free, level):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**12, 0, free))
    assert is_told(f"Only {free // 1_000_000} MB are free", level)


def test_a_folder_that_is_not_there_is_unsafe(production, tmp_path):
    production.DATA_DIR = tmp_path / "gone"
    assert is_told("cannot be written", "unsafe")


def test_a_missing_migration_stops_the_other_checks(production):
    MigrationRecorder.Migration.objects.filter(app="hubs").delete()
    assert told() == ["The database is not up to date with this version."]


def test_a_database_that_is_away_is_told_in_a_sentence(production, monkeypatch):
    class Away:
        def ensure_connection(self):
            raise Error

    monkeypatch.setattr(doctor, "connection", Away())
    assert told() == ["The database does not answer."]


def test_sqlite_is_for_one_machine(production, monkeypatch):
    production.VALKEY_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr(doctor, "valkey_answers", lambda url: True)
    assert is_told("SQLite is for one") == (doctor.connection.vendor == "sqlite")


def test_a_store_that_does_not_answer_is_found_out():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert not doctor.valkey_answers(f"redis://127.0.0.1:{port}")
    assert not doctor.valkey_answers("not an address")


@pytest.fixture
def started(production, monkeypatch):
    """The command without loading Django a second time."""
    monkeypatch.setattr(check, "start_django", lambda: None)
    monkeypatch.setattr(doctor, "findings", partial(doctor.findings, at=NOW))


def test_the_command_fails_only_when_something_is_unsafe(started, capsys):
    assert check.run(Namespace(json=False, quiet=False)) == 0
    User.objects.create_user("rosa@ventanilla.example", "another pass phrase")
    assert check.run(Namespace(json=False, quiet=True)) == 1
    assert "UNSAFE   1 sample people" in capsys.readouterr().out


def test_machines_read_json(started, capsys):
    check.run(Namespace(json=True, quiet=False))
    told = json.loads(capsys.readouterr().out)
    assert told["unsafe"] == 0
    notes = [finding for finding in told["findings"] if finding["level"] == "note"]
    assert told["missing"] == len(told["findings"]) - len(notes) > 0
    assert told["findings"][0].keys() == {"level", "what", "remedy"}


def test_tampering_with_the_access_log_is_unsafe_and_named(production):
    production.KEYS_ROOT = production.DATA_DIR
    for _ in range(3):
        record(by=None, action="read", kind="enquiry", ref="x", country="cr", hub="", at=NOW)
    assert not is_told("Access log")
    with append_only.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_accessentry SET hub = 'other' WHERE number = 2")
    assert is_told("Access log of CR: entry 2 was changed or forged.", "unsafe")


def test_an_access_log_that_fits_is_noted_outside_the_database(production):
    production.KEYS_ROOT = production.DATA_DIR
    record(by=None, action="read", kind="enquiry", ref="x", country="cr", hub="", at=NOW)
    doctor.findings(at=NOW)
    assert [(anchor.country, anchor.count) for anchor in anchors.read()] == [("cr", 1)]


def test_tables_without_their_triggers_are_unsafe(production):
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON privacy_accessentry"
        cursor.execute(f"DROP TRIGGER privacy_accessentry_no_delete{on}")
    assert is_told("can be changed", "unsafe")


def test_the_command_verifies_row_by_row(production, capsys):
    production.KEYS_ROOT = production.DATA_DIR
    record(by=None, action="read", kind="enquiry", ref="x", country="cr", hub="", at=NOW)
    assert verify_log.run(Namespace()) == 0
    assert "The 1 entries" in capsys.readouterr().out
    with append_only.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM privacy_accessentry")
    assert verify_log.run(Namespace()) == 1
    assert "entries 1 to 1 were cut off" in capsys.readouterr().out


def test_how_staff_sign_in_is_looked_at(production):
    production.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    production.LOCK_MINUTES = 0
    production.UNDERTAKING = "version: '9'\ntitle: {es: x}\ntext: {es: x}"
    production.OIDC_ISSUER = "http://id.ministry.example"
    production.OIDC_ROLES = [{"group": "lost", "role": "adviser", "hub": "cr-hub-that-is-not"}]
    assert is_told("No mail leaves", "missing")
    assert is_told("never lock", "unsafe")
    assert is_told("missing in: en", "missing")
    assert is_told("without encryption", "unsafe")
    assert is_told("'lost'", "missing")
