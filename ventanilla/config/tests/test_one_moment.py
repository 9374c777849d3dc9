"""A backup of SQLite reads one moment while others write; tried outside the transaction of a test."""

import subprocess
import sys

_TRY = """
import sqlite3, sys
import django
django.setup()
from django.db import connection
from ventanilla.config import tables
from ventanilla.hubs.models import Network
with connection.schema_editor() as editor:
    editor.create_model(Network)
Network.objects.create(pk=1, name="before")
other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
with tables.one_moment():
    first = list(tables.lines(Network))
    other.execute("UPDATE hubs_network SET name = 'after'")
    assert list(tables.lines(Network)) == first
    assert '"name": "before"' in first[0]
assert '"name": "after"' in list(tables.lines(Network))[0]
"""


def test_a_backup_reads_one_moment_and_nobody_waits_for_it(tmp_path):
    env = {
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "VENTANILLA_MODE": "demo",
        "DATA_DIR": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", _TRY], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
