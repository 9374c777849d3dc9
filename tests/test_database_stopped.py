"""The database stops; people go on reading, and whoever asks is told plainly that we cannot answer now."""

import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as shipped
from django.db import connection

from ventanilla.config.serve import wait_until_ready, web_command
from ventanilla.web import baking
from ventanilla.web.assets import asset_path

READ = ("/es/cr/", "/es/cr/cr-asylum/", "/es/cr/procedures/", "/es/cr/take/cr-es.html")
NOT_BAKED = "/es/cr/cr-cet/"
TRACES = ("Traceback", "OperationalError", "sqlite", "psycopg", "Exception")
NO_DATABASE = {
    "sqlite": "sqlite:////nowhere/at/all.sqlite3",
    "postgresql": "postgresql://nobody@127.0.0.1:1/nothing",
}


@pytest.fixture
def data(site, settings, tmp_path) -> Path:
    """A data folder with the pages of readers baked, the index, and (SQLite) a copy of the database."""
    settings.BAKED_ROOT = tmp_path / "baked"
    baking.bake_paths([*READ, asset_path("site.css"), "/es/unavailable/"])
    shutil.copytree(shipped.INDEX_ROOT, tmp_path / "index")
    return tmp_path


@dataclass(frozen=True)
class Server:
    url: str

    def get(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, data=body)  # noqa: S310 (our own address)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 (our own address)
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def ask(self, question: str) -> tuple[int, str]:
        return self.get("/es/cr/ask/", urllib.parse.urlencode({"q": question}).encode())


def start(data: Path, database: str) -> Iterator[Server]:
    """The web server as `ventanilla serve` starts it, on this data and this database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(data),
        "DATABASE_URL": database,
        "PUBLIC_URL": f"http://localhost:{port}",
    }
    with (data / "serve.log").open("w") as log:
        command = web_command(host="127.0.0.1", port=port, workers=1)
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            server = Server(f"http://127.0.0.1:{port}")
            assert wait_until_ready(f"{server.url}/health/live", timeout=60), (data / "serve.log").read_text()
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(params=NO_DATABASE)
def started_without(request, data) -> Iterator[Server]:
    """A server whose database was not there when it started."""
    yield from start(data, NO_DATABASE[request.param])


def test_a_server_without_a_database_serves_readers(started_without: Server):
    assert_readers_are_served(started_without)
    assert_it_says_so(started_without)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="copies the database file of the tests")
def test_a_database_that_stops_and_comes_back(data: Path):
    file = data / "copy.sqlite3"
    file.write_bytes(connection.connection.serialize())
    for server in start(data, f"sqlite:///{file}"):
        assert server.get("/health/ready")[0] == 200
        assert server.ask("q nesesito pa pedir refujio")[0] == 200
        away = file.rename(data / "away")
        file.mkdir()  # where a folder stands SQLite cannot make a new file
        assert_readers_are_served(server)
        assert_it_says_so(server)
        file.rmdir()
        away.rename(file)
        assert server.get("/health/ready")[0] == 200
        assert "1311" in server.ask("q nesesito pa pedir refujio")[1]


def assert_readers_are_served(server: Server) -> None:
    for path in (*READ, asset_path("site.css")):
        status, text = server.get(path)
        assert status == 200, path
        assert len(text) > 1_000
    assert "refugio" in server.get("/es/cr/cr-asylum/")[1]


def assert_it_says_so(server: Server) -> None:
    assert server.get("/health/live")[0] == 200
    assert server.get("/health/ready")[0] == 503
    asked = server.ask("q nesesito pa pedir refujio")
    opened = server.get(NOT_BAKED)
    by_program = server.get("/api/ask", b'{"text": "refugio"}', "application/json")
    assert (asked[0], opened[0], by_program[0]) == (503, 503, 503)
    for text in (asked[1], opened[1], by_program[1]):
        assert [trace for trace in TRACES if trace.lower() in text.lower()] == []
    assert "En este momento no podemos responder" in asked[1]
    assert "refujio" not in asked[1]
