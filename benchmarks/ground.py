"""A hub's desk under load or under attack: databases, web server and messenger of its own, on loopback.

Nothing here touches the data of the settings with which the command was started: every round runs in a child
with a temporary DATA_DIR, on SQLite or on a PostgreSQL cluster made for it and thrown away.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from ventanilla.config.serve import messages_command, wait_until_ready, web_command

PROJECT = Path(__file__).resolve().parent.parent
NUMBER, SECRET, TOKEN, VERIFY = "106540352242922", "app-secret-of-a-bench", "EAAG-bench", "our-word"
HUB = "cr-hub-upala"
READY = 60  # seconds that a busy machine may take to start a server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Databases


def binaries() -> Path | None:
    """Where Debian keeps PostgreSQL's programs; None when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    return found[-1] if found else None


@dataclass(slots=True)
class Cluster:
    """A PostgreSQL cluster with its usual promises kept (fsync on). It refuses to run as root."""

    folder: Path
    port: int = field(default_factory=free_port)

    def run(self, program: str, *arguments: str) -> None:
        folder = binaries()
        if folder is None:
            raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
        who = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        log = self.folder.parent / "pg.log"
        with log.open("a") as out:
            subprocess.run([*who, folder / program, *arguments], check=True, stdout=out, stderr=out, cwd="/")

    def make(self) -> None:
        self.run("initdb", "-D", str(self.folder), "-U", "ventanilla", "-A", "trust", "-E", "UTF8")
        self.start()
        for name in ("ventanilla", "keys"):
            self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "ventanilla", name)

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        for tries in range(10):
            try:
                self.run("pg_ctl", "-D", str(self.folder), "-w", "-t", "60", "-o", options, "start")
                return
            except subprocess.CalledProcessError:
                # Server processes of the one that was killed may still hold its memory.
                if tries == 9:
                    sys.stderr.write((self.folder.parent / "pg.log").read_text()[-2000:])
                    raise
                time.sleep(2)

    def stop(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "stop")

    def postmaster(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """As the kernel does it when memory ends; the other server processes notice and leave."""
        pid = self.postmaster()
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and _children_of(self.folder):
            time.sleep(0.05)

    def url(self, name: str, *, port: int | None = None) -> str:
        return f"postgresql://ventanilla@127.0.0.1:{port or self.port}/{name}"


def _children_of(folder: Path) -> bool:
    """Whether any process still works in this data folder."""
    for each in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if each.resolve() == folder:
                return True
    return False


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster in a new folder of `folder`, stopped at the end."""
    made = Cluster(folder / "pg")
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        folder.chmod(0o755)
    made.make()
    try:
        yield made
    finally:
        made.stop()


def environment(folder: Path, *, data: str = "", keys: str = "") -> dict[str, str]:
    """What a process needs to work on this ground; SQLite where no address is given."""
    own = {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": data or f"sqlite:///{folder / 'data' / 'ventanilla.sqlite3'}",
        "PUBLIC_URL": "http://localhost:8000",
        "LOCK_MINUTES": "0",
    }
    return {**os.environ, **own, **({"KEYS_DATABASE_URL": keys} if keys else {})}


def in_a_child(module: str, *arguments: str, env: Mapping[str, str]) -> dict[str, Any]:
    """Run a benchmark's module under other settings; it prints its figures as the last line."""
    command = [sys.executable, "-m", module, "--inside", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{module} ended with {done.returncode}.\n{done.stdout[-2000:]}")
    *said, figures = done.stdout.strip().splitlines()
    sys.stderr.write("".join(f"{line}\n" for line in said))
    return dict(json.loads(figures))


@contextlib.contextmanager
def databases(name: str) -> Iterator[tuple[Path, dict[str, str], Cluster | None]]:
    """A folder, the environment of processes on it, and the cluster where the database is PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix=f"desk-{name}-") as made:
        folder = Path(made)
        (folder / "data").mkdir()
        if name == "sqlite":
            yield folder, environment(folder), None
            return
        place = folder / "cluster"
        place.mkdir()
        folder.chmod(0o755)
        with cluster(place) as pg:
            yield folder, environment(folder, data=pg.url("ventanilla"), keys=pg.url("keys")), pg


def end_in_order() -> None:
    """Let a SIGTERM to this process stop what it started as well."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


# Processes


@dataclass(slots=True)
class Process:
    """A server of ours in a group of its own, so that it can be killed with all it started."""

    command: Sequence[str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                self.command, cwd=PROJECT, stdout=out, stderr=out, start_new_session=True
            )

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.running is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running.pid, number)
        try:
            self.running.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
        self.running = None

    def stop(self) -> None:
        self.kill(signal.SIGTERM)

    def processor_seconds(self) -> float:
        """What the group has used so far: the same however busy the machine is with other things."""
        ticks = 0
        for each in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                after_name = each.read_text().rpartition(")")[2].split()
                if self.running is not None and int(after_name[2]) == self.running.pid:
                    ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Desk:
    """The two processes of a hub that are measured or killed, and the line on which people write."""

    web: Process
    messenger: Process
    port: int
    channel: Any

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def hook(self) -> str:
        return f"/hooks/whatsapp/{self.channel.pk}"

    def start(self) -> None:
        self.web.start()
        self.messenger.start()
        self.wait()

    def wait(self) -> None:
        if not wait_until_ready(f"{self.url}/health/live", timeout=READY):
            raise SystemExit(f"The web server did not start:\n{self.web.log.read_text()[-3000:]}")

    def stop(self) -> None:
        self.messenger.stop()
        self.web.stop()


def desk(folder: Path, channel: Any, *, workers: int = 2) -> Desk:
    """Web server and messenger as `ventanilla serve` starts them; not started yet."""
    port = free_port()
    web = web_command(host="127.0.0.1", port=port, workers=workers)
    return Desk(
        Process(web, folder / "web.log"), Process(messages_command(), folder / "messenger.log"), port, channel
    )


# Content


def prepare() -> None:
    """Tables, one country with its content, staff and the index of answers."""
    from ventanilla.answers.actions import rebuild_index
    from ventanilla.config.migrating import migrate
    from ventanilla.config.sample_staff import make_sample_staff
    from ventanilla.hubs.models import Country, Network
    from ventanilla.verification.packs.importing import import_packs
    from ventanilla.verification.packs.reading import read_packs

    migrate(verbosity=0)
    list(import_packs(read_packs(PROJECT / "ventanilla/packs", only=["cr"])))
    Network.objects.update_or_create(pk=1, defaults={"shows_starter": True})
    Country.objects.update(is_open=True)
    make_sample_staff(password="only for this measurement")  # noqa: S106
    rebuild_index()


def line(graph: str) -> Any:
    """An open WhatsApp line of the hub whose provider is at `graph`."""
    from django.utils import timezone

    from ventanilla.channels.models import Channel
    from ventanilla.hubs.models import Hub
    from ventanilla.privacy.sealing import new_key

    hub = Hub.objects.get(ref=HUB)
    channel = Channel(
        kind="whatsapp", country="cr", hub=hub, name="Bench", state=Channel.State.OPEN,
        config={"phone_number_id": NUMBER, "graph": graph}, created_at=timezone.now() - timedelta(days=1),
        sealed_under=new_key(scope=f"hub:{HUB}"),
    )  # fmt: skip
    channel.secrets = {"app_secret": SECRET, "access_token": TOKEN, "verify_token": VERIFY}
    channel.save(force_insert=True)
    return channel


def percentiles(values: Sequence[float], *, digits: int = 1) -> tuple[float, float]:
    """The median and the 99th of a hundred; zeros where there is nothing."""
    if not values:
        return 0.0, 0.0
    ordered = sorted(values)
    return round(ordered[len(ordered) // 2], digits), round(ordered[len(ordered) * 99 // 100], digits)
