"""A key store in a file of its own, and processes that are killed: what is left on the disk."""

import os
import signal
import subprocess
import sys

import pytest

from ventanilla.config.databases import key_store_from_url

PREPARE = """
import django; django.setup()
from django.core.management import call_command
for alias in ("default", "keys"):
    call_command("migrate", "privacy", database=alias, verbosity=0)
"""
DESTROY = """
from django.utils import timezone
from ventanilla.privacy.sealing import destroy_key, new_key
from ventanilla.privacy.sealing.rows import DataKey
keys = [new_key(scope="hub:cr-hub-upala") for _ in range(3)]
print(bytes(DataKey.objects.get(pk=keys[1]).wrapped).hex())
print(bytes(DataKey.objects.get(pk=keys[2]).wrapped).hex(), flush=True)
input()
destroy_key(keys[1], reason="test", by=None, at=timezone.now())
print("done", flush=True)
input()
"""
SEAL_MANY = """
from django.db import transaction
from ventanilla.privacy.sealing import new_key
with transaction.atomic(using="keys"):
    for _ in range(4000):
        new_key(scope="hub:cr-hub-upala")
"""
OPEN_ALL = """
import django; django.setup()
from ventanilla.privacy.sealing import keys, rotation
from ventanilla.privacy.sealing.rows import DataKey, ScopeKey
ids = list(DataKey.objects.values_list("pk", flat=True))
for one in ids:
    keys.key(one)
newest = ScopeKey.objects.filter(retired_at=None).get()
print(len(ids), DataKey.objects.filter(scope_key=newest).count(), newest.version)
"""


@pytest.fixture
def env(tmp_path):
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "KEYS_DATABASE_URL")
    }
    return kept | {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(tmp_path),
    }


def python(code, env, **options):
    return subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True, **options
    ).stdout


def everything_in(folder):
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_a_destroyed_key_leaves_no_byte_in_the_files_of_the_key_store(env, tmp_path):
    command = [sys.executable, "-c", PREPARE + DESTROY]
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        gone, kept = (bytes.fromhex(process.stdout.readline().decode()) for _number in range(2))
        assert gone in everything_in(tmp_path / "keys")
        process.stdin.write(b"\n")
        assert process.stdout.readline() == b"done\n"
        # The process is still running: nothing was tidied up by closing the database.
        left = everything_in(tmp_path)
        process.stdin.write(b"\n")
    assert process.returncode == 0
    assert gone not in left
    assert kept in left
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_was_killed_is_finished_by_running_it_again(env, tmp_path):
    python(PREPARE + SEAL_MANY, env)
    command = [sys.executable, "-m", "ventanilla.config.command", "keys", "rotate-hub", "cr-hub-upala"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as rotating:
        assert b"1000/4000" in rotating.stderr.readline()
        rotating.send_signal(signal.SIGKILL)
    total, moved, version = map(int, python(OPEN_ALL, env).split())
    assert (total, version) == (4000, 2)
    assert 1000 <= moved < 4000
    subprocess.run(command, env=env, check=True, capture_output=True)
    assert python(OPEN_ALL, env).split() == ["4000", "4000", "2"]


def test_a_key_is_on_the_disk_before_words_are_sealed_under_it(tmp_path):
    options = key_store_from_url(f"sqlite:///{tmp_path / 'k' / 'keys.sqlite3'}")["OPTIONS"]
    assert options["init_command"].endswith("PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;")
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o700
