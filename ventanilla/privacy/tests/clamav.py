"""A real clamd of our own with one signature of ours, which finds the word VENTANILLA-TEST-VIRUS."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
VIRUS = b"VENTANILLA-TEST-VIRUS"
MUST = os.environ.get("VENTANILLA_REQUIRE_CLAMAV") == "true"
needs_clamd = pytest.mark.skipif(
    not CLAMD and not MUST, reason="no clamd on this machine: install Debian's clamav-daemon to run it"
)
CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
PidFile {folder}/clamd.pid
LogFile {folder}/clamd.log
StreamMaxLength 20M
"""


def running(folder: Path, port: int) -> Iterator[None]:
    """Serve until the generator is closed."""
    assert CLAMD, "VENTANILLA_REQUIRE_CLAMAV is set, and there is no clamd."
    (folder / "signatures").mkdir(parents=True)
    # Extended signature: name, any type of file, anywhere, what it looks like.
    (folder / "signatures" / "own.ndb").write_text(f"Ventanilla.Test:0:*:{VIRUS.hex()}\n")
    (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
    # It may serve as another user, who has to reach its folder.
    for one in (folder, folder / "signatures"):
        one.chmod(0o777)
    server = subprocess.Popen([CLAMD, "--config-file", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL)
    try:
        _wait(folder / "clamd.sock", server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(socket: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while not socket.exists():
        assert server.poll() is None, "clamd did not start"
        assert time.monotonic() < until, "clamd takes too long"
        time.sleep(0.05)
