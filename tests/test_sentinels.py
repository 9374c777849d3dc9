"""After a busy day nothing that is kept holds a word, a name or a number of a person in the clear."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MARK = "zqsentinelq"
DAY = f"""
import django
django.setup()
from django.utils import timezone
from ventanilla.config import busy_day
now = timezone.now()
made = busy_day.fill(count=60, at=now, step=int, words=busy_day.Words("{MARK}"))
assert made == 60
"""


def run(*command: str, env: dict[str, str]) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def a_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, str]]:
    """The folder of all data, a backup, and everything that was printed."""
    data = tmp_path_factory.mktemp("day")
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VALKEY_URL")}
    env |= {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(data),
    }
    env.pop("KEYS_DATABASE_URL", None)
    command = (sys.executable, "-m", "ventanilla.config.command")
    said = run(*command, "demo", "--load-only", "--country", "cr", env=env)
    said += run(sys.executable, "-c", DAY, env=env)
    backup = data.parent / f"{data.name}.tar.gz"
    said += run(*command, "backup", str(backup), env=env)
    yield data, backup, said
    backup.unlink()


def readable(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes()


def in_any_form(content: bytes) -> bool:
    return any(MARK.encode(form) in content for form in ("utf-8", "utf-16-le", "utf-16-be"))


def test_no_file_of_the_day_holds_a_word(a_day):
    data, _backup, _said = a_day
    kept = dict(readable(data))
    assert any(name.endswith(".sqlite3") for name in kept)
    assert [name for name, content in kept.items() if in_any_form(content)] == []


def test_nothing_that_was_printed_holds_a_word(a_day):
    assert MARK not in a_day[2]


def test_the_backup_holds_no_word_and_no_key(a_day):
    data, backup, _said = a_day
    with tarfile.open(backup) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}
    assert [name for name, content in members.items() if in_any_form(content)] == []
    assert members["database/enquiries.message.jsonl"].count(b"\n") > 60
    assert [name for name in members if "datakey" in name or "scopekey" in name or "lookupkey" in name] == []
    master = (data / "keys" / "master.key").read_bytes().strip()
    assert [name for name, content in members.items() if master in content] == []


def test_the_words_are_there_for_who_holds_the_keys(a_day):
    data, _backup, _said = a_day
    env = dict(os.environ) | {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(data),
    }
    for name in ("DATABASE_URL", "VALKEY_URL", "KEYS_DATABASE_URL"):
        env.pop(name, None)
    look = (
        "import django; django.setup()\n"
        "from ventanilla.enquiries.models import Message\n"
        f"print(sum('{MARK}' in row.body for row in Message.objects.all()))"
    )
    assert int(run(sys.executable, "-c", look, env=env).split()[-1]) > 60
