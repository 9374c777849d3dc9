"""`ventanilla serve`: the web server, the background worker and the baker as children of one process."""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

TARGET = "ventanilla.config.asgi:application"

# Connections one web process holds. Granian counts idle keep-alive connections too, so this is readers, not
# work in progress; what Django does at once is limited in `config/asgi.py`.
CONNECTIONS = 4096
# Milliseconds a connection may take to send its next request, after which its place is free again.
IDLE_CONNECTION = 10_000
# Seconds open streams get to end on their own; a child that has not gone after `LAST_CALL` is killed.
DRAIN = 3
LAST_CALL = 6

TICK = 0.2
# A child that lived this long (seconds) was healthy: its next restart is quick again.
HEALTHY = 30
LONGEST_PAUSE = 30
# Seconds that the web server has the processors of a small machine for itself: readers wait for nothing else.
HEAD_START = 5
# A web server that fails this often in a row cannot serve anybody, and the service manager should know.
TRIES = 5

PR_SET_PDEATHSIG = 1  # in <sys/prctl.h>
# Opened here because between fork and exec a child should do as little as possible.
_LIBC = ctypes.CDLL(None)


class CannotServe(Exception):
    """Serving cannot start or go on; the text says why and what to do, in words for the operator."""


@dataclass(slots=True)
class Child:
    """A command kept running. `gives_up` makes repeated failure end the whole service."""

    name: str
    command: Sequence[str]
    gives_up: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    failures: int = 0
    started_at: float = 0.0
    restart_at: float = 0.0

    def start(self, *, at: float) -> None:
        self.started_at = at
        # A group of its own: Ctrl-C in the terminal reaches only the parent, which stops each child once.
        self.process = subprocess.Popen(self.command, process_group=0, preexec_fn=_die_with_parent)  # noqa: S603

    def look_after(self, *, at: float) -> None:
        """Start the child again when it died, later each time. Raises CannotServe when that is hopeless."""
        if self.process is None:
            if at >= self.restart_at:
                self.start(at=at)
        elif (code := self.process.poll()) is not None:
            self._note_death(code, at=at)

    def _note_death(self, code: int, *, at: float) -> None:
        self.kill_group()
        self.process = None
        self.failures = 1 if at - self.started_at >= HEALTHY else self.failures + 1
        if self.gives_up and self.failures >= TRIES:
            raise CannotServe(
                f"The {self.name} stopped {self.failures} times in a row; see the reason above."
            )
        pause = min(2 ** (self.failures - 1), LONGEST_PAUSE)
        self.restart_at = at + pause
        say(f"The {self.name} stopped ({_reason(code)}). It starts again in {pause} s.")

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, *, seconds: float) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0))
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """End what a child leaves behind, such as web processes whose manager was killed."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def serve(
    *,
    web: bool,
    worker: bool,
    host: str,
    port: int,
    workers: int,
    target: str = TARGET,
    children: Sequence[Child] | None = None,
    beside: Sequence[Child] = (),
    on_ready: Callable[[], None] | None = None,
    ready_path: str = "/",
) -> int:
    """Serve until SIGINT or SIGTERM and return the exit code; call from the main thread.

    `on_ready` is called once, when our own web server first answers `ready_path` without a server error.
    `children` stands in for the usual ones; `beside` runs with them.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    # glibc gives each thread a heap of its own, though one runs at a time: eight megabytes a child.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    stopping = threading.Event()
    former = {
        number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        if web:
            check_port(host=host, port=port)
        if children is None:
            children = _children(web=web, worker=worker, host=host, port=port, workers=workers, target=target)
        _raise_open_file_limit()
        _supervise(
            [*children, *beside],
            stopping,
            ready_url=_url(host, port) + ready_path,
            on_ready=on_ready if web else None,
        )
    except CannotServe as reason:
        say(str(reason))
        return 1
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    return 0


def _children(*, web: bool, worker: bool, host: str, port: int, workers: int, target: str) -> list[Child]:
    children = []
    later = time.monotonic() + (HEAD_START if web else 0)
    if web:
        command = web_command(host=host, port=port, workers=workers, target=target)
        children.append(Child("web server", command, gives_up=True))
        children.append(Child("baker", baker_command(), restart_at=later))
    if worker:
        children.append(Child("background worker", worker_command(), restart_at=later))
        children.append(Child("messenger", messages_command(), restart_at=later))
    return children


def web_command(*, host: str, port: int, workers: int, target: str = TARGET) -> list[str]:
    """Granian over ASGI, without an access log: nobody's reading is written down."""
    return [
        *(sys.executable, "-P", "-m", "granian", "--interface", "asginl", "--no-ws", "--no-access-log"),
        *("--log-level", "warning", "--host", host, "--port", str(port), "--workers", str(workers)),
        *("--backlog", "1024", "--backpressure", str(CONNECTIONS)),
        *("--http1-header-read-timeout", str(IDLE_CONNECTION)),
        *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", str(DRAIN)),
        target,
    ]


def worker_command() -> list[str]:
    """The background worker: every queue, and once a day what has run out."""
    options = ["--queue-name", "*", "--no-startup-delay"]
    return [sys.executable, "-P", "-m", "ventanilla.config.worker", *options]


def messages_command() -> list[str]:
    """What files, sends and listens for messages; many machines may run it at once."""
    return [sys.executable, "-P", "-m", "ventanilla.config.command", "messages"]


def baker_command() -> list[str]:
    """The baker of this machine's pages; it runs beside the web server: each machine keeps its own copy."""
    return [sys.executable, "-P", "-m", "ventanilla.config.command", "bake", "--watch"]


def _supervise(
    children: Sequence[Child],
    stopping: threading.Event,
    *,
    ready_url: str,
    on_ready: Callable[[], None] | None,
) -> None:
    try:
        while not stopping.is_set():
            for child in children:
                child.look_after(at=time.monotonic())
            if on_ready is not None and answers(ready_url):
                on_ready()
                on_ready = None
            stopping.wait(TICK)
    finally:
        _stop(children)


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + LAST_CALL
    for child in children:
        child.wait_or_kill(seconds=deadline - time.monotonic())


def wait_until_ready(url: str, *, timeout: float) -> bool:
    """Wait up to `timeout` seconds for the address to answer with anything but a server error."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if answers(url):
            return True
        time.sleep(TICK)
    return False


def answers(url: str) -> bool:
    """Whether the address answers now, within two seconds, and not with a server error."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own address)
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False


def check_port(*, host: str, port: int) -> None:
    """Raise CannotServe when nothing can listen there.

    Granian shares its port between processes, and would share it with another Ventanilla as well.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotServe(_why_not(error, host=host, port=port)) from error


def _why_not(error: OSError, *, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Stop it or choose another port."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}. Choose a port above 1023."
    return f"Cannot listen on {host}, port {port}: {error.strerror}."


def _url(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (read, not bound)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _raise_open_file_limit() -> None:
    """Many systems start with 1,024 open files, fewer than the readers one web process may hold."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS * 2 if hard == resource.RLIM_INFINITY else min(CONNECTIONS * 2, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _die_with_parent() -> None:
    """Runs in the new child: on Linux it is told to stop when this process is killed outright."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(sentence: str) -> None:
    """A line for the operator, beside what the children print."""
    sys.stderr.write(f"{sentence}\n")
