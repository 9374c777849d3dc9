"""`ventanilla serve`: what dies starts again, what is asked to stop stops, and nothing is left behind."""

import os
import signal
import socket
import sys
from collections.abc import Iterator

import pytest

from ventanilla.config import serve as serving
from ventanilla.config.serve import CannotServe, Child, check_port, serve, web_command, worker_command

EXITS = [sys.executable, "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-c", "import signal; signal.pause()"]
DEAF = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()",
]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def a_dead_child(*, gives_up: bool = False) -> Child:
    """A child that has just ended with exit code 3."""
    child = Child("baker", EXITS, gives_up=gives_up)
    child.start(at=100.0)
    assert child.process is not None
    child.process.wait()
    return child


class TestChild:
    def test_dead_child_starts_again_after_a_pause(self, capfd: pytest.CaptureFixture[str]) -> None:
        child = a_dead_child()
        child.look_after(at=101.0)
        assert "The baker stopped (exit code 3). It starts again in 1 s." in capfd.readouterr().err
        child.look_after(at=101.5)
        assert child.process is None
        child.look_after(at=102.0)
        assert child.process is not None
        child.process.wait()

    def test_pause_grows_with_each_failure_and_stays_bounded(self) -> None:
        child, at, pauses = a_dead_child(), 100.0, []
        for _ in range(7):
            assert child.process is not None
            child.process.wait()
            child.look_after(at=at)
            pauses.append(child.restart_at - at)
            at = child.restart_at
            child.look_after(at=at)
        assert pauses == [1, 2, 4, 8, 16, 30, 30]
        child.wait_or_kill(seconds=5)

    def test_long_healthy_life_makes_the_next_restart_quick_again(self) -> None:
        child = a_dead_child()
        child.failures = 6
        child.look_after(at=100.0 + serving.HEALTHY)
        assert (child.failures, child.restart_at) == (1, 131.0)

    def test_hopeless_web_server_ends_the_service(self) -> None:
        child = a_dead_child(gives_up=True)
        child.failures = serving.TRIES - 1
        with pytest.raises(CannotServe, match="5 times in a row"):
            child.look_after(at=101.0)

    def test_background_work_never_gives_up(self) -> None:
        child = a_dead_child()
        child.failures = 1000
        child.look_after(at=101.0)
        assert child.restart_at == 101.0 + serving.LONGEST_PAUSE

    def test_child_deaf_to_the_request_is_killed(self) -> None:
        child = Child("web server", DEAF)
        child.start(at=0.0)
        child.ask_to_stop()
        child.wait_or_kill(seconds=0)
        assert child.process is not None
        assert child.process.returncode in (
            -signal.SIGKILL,
            -signal.SIGTERM,
        )  # the latter when it was still starting

    def test_death_by_signal_is_named(self, capfd: pytest.CaptureFixture[str]) -> None:
        child = Child("web server", STAYS)
        child.start(at=0.0)
        assert child.process is not None
        child.process.kill()
        child.process.wait()
        child.look_after(at=1.0)
        assert "The web server stopped (signal SIGKILL)" in capfd.readouterr().err


class TestServe:
    def test_signal_stops_every_child_and_exits_with_zero(self, monkeypatch: pytest.MonkeyPatch) -> None:
        children = [Child("web server", STAYS), Child("background worker", STAYS)]
        before = signal.getsignal(signal.SIGTERM)
        # The operator stops it as soon as it is ready.
        monkeypatch.setattr(serving, "answers", lambda url: True)
        code = serve(
            web=True,
            worker=True,
            host="127.0.0.1",
            port=_free_port(),
            workers=1,
            children=children,
            on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM),
        )
        assert code == 0
        assert [child.process.returncode for child in children if child.process] == [-signal.SIGTERM] * 2
        assert signal.getsignal(signal.SIGTERM) is before

    def test_taken_port_is_said_in_a_sentence_and_starts_nothing(
        self, taken_port: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        child = Child("web server", STAYS)
        code = serve(web=True, worker=False, host="127.0.0.1", port=taken_port, workers=1, children=[child])
        assert code == 1
        assert child.process is None
        sentence = (
            f"Port {taken_port} on 127.0.0.1 is taken by another program. Stop it or choose another port."
        )
        assert capfd.readouterr().err == f"{sentence}\n"

    def test_worker_alone_needs_no_port(self, taken_port: int) -> None:
        interrupts = [sys.executable, "-c", "import os, signal; os.kill(os.getppid(), signal.SIGINT)"]
        children = [Child("background worker", interrupts)]
        assert (
            serve(web=False, worker=True, host="127.0.0.1", port=taken_port, workers=1, children=children)
            == 0
        )

    def test_address_of_another_machine_is_refused(self) -> None:
        with pytest.raises(CannotServe, match=r"Cannot listen on 192\.0\.2\.1, port 8000: "):
            check_port(host="192.0.2.1", port=8000)

    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104
            ("::", "http://[::1]:80"),
            ("hub.example", "http://hub.example:80"),
        ],
    )
    def test_readiness_is_asked_at_an_address_that_can_be_reached(self, host: str, url: str) -> None:
        assert serving._url(host, 80) == url


class TestCommands:
    def test_reading_is_not_written_down(self) -> None:
        assert "--no-access-log" in web_command(host="127.0.0.1", port=8000, workers=2)

    def test_worker_takes_every_queue(self) -> None:
        command = worker_command()
        assert command[command.index("--queue-name") + 1] == "*"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
