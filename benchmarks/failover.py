"""A PostgreSQL replica that takes over behind the same address, as a managed database does it.

Replication is synchronous: what was committed is on both. Without that, a failover may lose the last moments,
whatever the application does.
"""

import asyncio
import contextlib
import threading
from pathlib import Path
from types import TracebackType

from .ground import Cluster, free_port


class Forwarder:
    """One address in front of whichever database `target` (a file with a port) names."""

    def __init__(self, target: Path) -> None:
        self.port = free_port()
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._listens = threading.Event()

    def __enter__(self) -> "Forwarder":
        self._thread.start()
        self._listens.wait(10)
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self._listens.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", int(self._target.read_text()))
            await asyncio.gather(_pass(reader, there[1]), _pass(there[0], writer))
        writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()


def replica_of(primary: Cluster) -> Cluster:
    """A second cluster that follows the first; from here on each commit waits for both."""
    made = Cluster(primary.folder.parent / "replica")
    at = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "ventanilla")
    primary.run("pg_basebackup", *at, "-D", str(made.folder), "-R", "-X", "stream", "-c", "fast")
    made.start()
    for sql in ("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"):
        primary.run("psql", *at, "-d", "postgres", "-c", sql)
    return made


def take_over(primary: Cluster, replica: Cluster, *, target: Path) -> None:
    """The primary dies; the replica becomes the database behind the address."""
    primary.kill()
    replica.run("pg_ctl", "-D", str(replica.folder), "-w", "promote")
    target.write_text(str(replica.port))
