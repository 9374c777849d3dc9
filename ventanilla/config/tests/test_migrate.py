"""The key store is brought up to date without playing through what concerns it not."""

import os
import re
import sqlite3
import subprocess
import sys


def migrate(folder):
    env = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    env |= {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(folder),
    }
    command = [sys.executable, "-m", "django", "migrate", "--database", "keys", "--no-color"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return re.findall(r"Applying (\w+)\.", done.stdout)


def test_only_the_app_of_the_keys_is_played_and_nothing_is_left_to_do(tmp_path):
    assert set(migrate(tmp_path)) == {"privacy"}
    with sqlite3.connect(tmp_path / "keys" / "keys.sqlite3") as base:
        tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        noted = {app for (app,) in base.execute("SELECT DISTINCT app FROM django_migrations")}
    assert {"privacy_datakey", "privacy_lookupkey", "privacy_scopekey"} <= tables
    assert "enquiries_message" not in tables
    assert {"privacy", "enquiries", "wagtailcore"} <= noted
    assert migrate(tmp_path) == []
