"""What production refuses to start with, tried by starting it."""

import base64
import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from ventanilla.config.checks import refuse_unsafe
from ventanilla.config.databases import database_from_url

SAFE = {
    "SECRET_KEY": "k" * 50,
    "PUBLIC_URL": "https://hub.example.org",
    "ALLOWED_HOSTS": "hub.example.org",
    "TRUSTED_PROXY": "true",
    "MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
}


SHOW = "import ventanilla.config.settings as s; print(s.MODE, s.SECRET_KEY[:3], s.SESSION_COOKIE_SECURE)"


def start(tmp_path, *, code=SHOW, **changes):
    """Import the settings as a command would, with these variables only; None leaves one out."""
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **SAFE, **changes}
    env = {name: value for name, value in env.items() if value is not None}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)


def test_a_safe_production_starts(tmp_path):
    done = start(tmp_path)
    assert done.stdout.split() == ["production", "kkk", "True"], done.stderr


def test_cookies_of_staff_are_bound_to_the_host_where_there_is_tls(tmp_path):
    code = (
        "import ventanilla.config.settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_PATH,"
        " getattr(s, 'SESSION_COOKIE_DOMAIN', None), s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE)"
    )
    production = start(tmp_path, code=code).stdout.split()
    assert production == ["__Host-session", "/", "__Host-csrf", "/", "None", "True"]
    demo = start(tmp_path, code=code, VENTANILLA_MODE="demo").stdout.split()
    assert demo == ["sessionid", "/console/", "csrftoken", "/console/", "None", "False"]


def test_installations_that_share_a_valkey_do_not_share_what_is_in_it(tmp_path):
    code = "import ventanilla.config.settings as s; print(s.CACHES['default']['KEY_PREFIX'])"

    def prefix(**changes):
        return start(tmp_path, code=code, VALKEY_URL="redis://127.0.0.1/0", **changes).stdout.strip()

    of_one = {
        "DATABASE_URL": "postgresql://a:b@db-1/hub",
        "KEYS_DATABASE_URL": "postgresql://a:b@db-2/keys",
    }
    mine = prefix(**of_one)
    assert len(mine) == 16
    # Another machine of the same installation, that knows the database by another host and password.
    assert prefix(**of_one | {"DATABASE_URL": "postgresql://a:c@10.0.0.7/hub"}) == mine
    assert prefix(**of_one | {"DATABASE_URL": "postgresql://a:b@db-1/other"}) != mine
    assert prefix(**of_one, SECRET_KEY="z" * 50) != mine


def test_a_secret_from_a_file_is_enough(tmp_path):
    (tmp_path / "key").write_text("f" * 60 + "\n")
    done = start(tmp_path, SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert done.stdout.split()[1] == "fff"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY"),
        ({"DEBUG": "true"}, "DEBUG shows the inside of the program"),
        ({"DEBUG": "True"}, "use 'true' or 'false'"),
        ({"VENTANILLA_MODE": "staging"}, "use 'production' or 'demo'"),
    ],
)
def test_an_unsafe_production_does_not_start(tmp_path, changes, sentence):
    done = start(tmp_path, **changes)
    assert done.returncode != 0
    assert sentence in done.stderr


def refuse(**changes):
    safe = {
        "demo": False,
        "debug": False,
        "secret_key": "k" * 50,
        "allowed_hosts": ["hub.example.org"],
        "public_url": "https://hub.example.org",
        "trusted_proxy": True,
        "metrics_token": "",
        "master_key": SAFE["MASTER_KEY"],
        "key_master": "ventanilla.privacy.sealing.masters.FromSettings",
        "database": "",
        "key_database": "",
    }
    refuse_unsafe(**safe | changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"debug": True}, "DEBUG"),
        ({"secret_key": ""}, "Set SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY is shorter"),
        ({"allowed_hosts": []}, "Set ALLOWED_HOSTS"),
        ({"allowed_hosts": ["hub.example.org", "*"]}, "ALLOWED_HOSTS=\\*"),
        ({"public_url": ""}, "Set PUBLIC_URL"),
        ({"public_url": "http://hub.example.org"}, "must start with https"),
        ({"trusted_proxy": False}, "TRUSTED_PROXY=true"),
        ({"metrics_token": "guess"}, "METRICS_TOKEN is shorter"),
        ({"master_key": ""}, "Set MASTER_KEY_FILE"),
        ({"database": "postgresql://db/hub"}, "Set KEYS_DATABASE_URL"),
        ({"master_key": "c2hvcnQ="}, "MASTER_KEY is not 32 bytes"),
        ({"master_key": "not base64"}, "MASTER_KEY is not 32 bytes"),
    ],
)
def test_each_danger_has_its_sentence_and_a_demonstration_may_start(changes, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence) as refusal:
        refuse(**changes)
    assert len(str(refusal.value).splitlines()) == 1
    refuse(**changes, demo=True)


def test_nothing_is_refused_when_all_is_safe():
    refuse()


def test_a_key_management_service_needs_no_master_key_here():
    refuse(master_key="", key_master="ministry.kms.Master")


@pytest.mark.parametrize(
    "changes", [{"CLAMAV": "clamd"}, {"CLAMAV_AWAY": "perhaps"}, {"MASTER_KEY_FILE": "/nowhere/key"}]
)
def test_a_misspelt_setting_stops_the_start(tmp_path, changes):
    done = start(tmp_path, **changes)
    assert done.returncode != 0
    assert next(iter(changes)) in done.stderr


def test_the_doctor_tells_what_stops_the_start(tmp_path):
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **SAFE, "SECRET_KEY": "short"}
    command = [sys.executable, "-m", "ventanilla.config.command", "check", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["unsafe"] == 1
    assert told["findings"][0]["remedy"].startswith("SECRET_KEY is shorter")


def test_a_wrong_database_address_is_refused_without_its_password():
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_from_url("mysql://user:tops3cret@host/name")
    assert "postgresql://" in str(refusal.value)
    assert "tops3cret" not in str(refusal.value)


def test_a_database_address_is_read_whole():
    found = database_from_url("postgresql://us%40er:p%2Fw@db.internal:6432/hubs?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("us@er", "p/w", "db.internal")
    assert (found["PORT"], found["NAME"], found["OPTIONS"]) == ("6432", "hubs", {"sslmode": "require"})
    assert database_from_url("sqlite:////var/lib/v.sqlite3")["NAME"] == "/var/lib/v.sqlite3"
