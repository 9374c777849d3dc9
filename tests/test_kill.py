"""A short version of `ventanilla bench kill`: real processes die by SIGKILL while people write."""

import os
from pathlib import Path

import pytest
from django.conf import settings as shipped
from django.db import connections

from benchmarks.ground import environment, in_a_child

pytestmark = pytest.mark.skipif(
    connections["default"].vendor != "sqlite", reason="copies the database files of the tests"
)
HELD = {
    "in_missing": 0,
    "in_twice": 0,
    "in_not_filed": 0,
    "out_missing": 0,
    "out_taken_twice": 0,
    "out_called_sent_but_not_taken": 0,
    "out_still_under_way": 0,
}


@pytest.fixture
def ground(site, tmp_path: Path) -> dict[str, str]:
    """The environment of processes on a copy of the two databases of the tests."""
    (tmp_path / "data").mkdir()
    for alias in ("default", "keys"):
        (tmp_path / "data" / f"{alias}.sqlite3").write_bytes(connections[alias].connection.serialize())
    at = f"sqlite:///{tmp_path}/data"
    env = environment(tmp_path, data=f"{at}/default.sqlite3", keys=f"{at}/keys.sqlite3")
    return env | {"MASTER_KEY": shipped.MASTER_KEY}


def play(ground: dict[str, str], tmp_path: Path, *rest: str) -> dict[str, dict[str, object]]:
    return in_a_child("benchmarks.kill", str(tmp_path), "--prepared", *rest, env={**os.environ, **ground})


def test_nothing_is_lost_or_said_twice_when_processes_are_killed(ground, tmp_path):
    found = play(ground, tmp_path, "--scenario=kill", "--messages=300", "--every=1")["kill"]
    assert found["killed"]
    assert {name: found[name] for name in HELD} == HELD
    assert found["in_conversations"] == 300


def test_a_full_disk_an_outage_a_wrong_clock_and_a_poison_lose_nothing(ground, tmp_path):
    names = ("disk_full", "outage", "clock", "poison")
    found = play(ground, tmp_path, *(f"--scenario={name}" for name in names))
    assert {name: found[name]["broken"] for name in names} == dict.fromkeys(names, False)
