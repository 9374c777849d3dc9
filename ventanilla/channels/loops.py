"""What runs beside the web server so that messages move: filing, sending, listening, tidying up.

Everything that must survive a crash is in the database; a loop that dies or a machine that vanishes is
replaced by any other that runs the same loops.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import DatabaseError, close_old_connections, connections
from django.db.models import Q
from django.utils import timezone

from ventanilla.lib.registry import Registry

from . import intake, outbox
from .contract import Parsed, SendRefused, kinds
from .models import Channel

logger = logging.getLogger(__name__)

SENDERS = 4
# Further work that moves messages on; apps above plug theirs in. Each returns how much it did.
works: Registry[Callable[[], int]] = Registry()
# Seconds between looks when there was nothing to do: short after work, longer when it is quiet.
SHORTEST_LOOK, LONGEST_LOOK = 0.05, 0.5
TIDYING = 10.0
# Seconds to wait when the database does not answer; a failover takes some.
DATABASE_PAUSE = 2.0
LISTENER_LEASE = timedelta(seconds=30)
# Seconds between connections that break: twice as long each time, until one has held for a while.
FIRST_PAUSE, LONGEST_PAUSE, HELD = 1.0, 60.0, 60.0


def run(stopped: threading.Event) -> None:
    """Keep everything moving until `stopped` is set."""
    threads = [
        threading.Thread(target=_repeat, args=(work, stopped), name=name, daemon=True)
        for name, work in (
            ("filing", lambda: intake.file_waiting(at=timezone.now())),
            *works.items(),
            *((f"sending-{n}", lambda: outbox.deliver_waiting(now=timezone.now)) for n in range(SENDERS)),
        )
    ]
    threads.append(threading.Thread(target=_tidy, args=(stopped,), name="tidying", daemon=True))
    listeners = Listeners(stopped)
    threads.append(threading.Thread(target=listeners.run, name="listeners", daemon=True))
    for thread in threads:
        thread.start()
    stopped.wait()
    for thread in threads:
        thread.join(timeout=5)


def _repeat(work: Callable[[], int], stopped: threading.Event) -> None:
    pause = SHORTEST_LOOK
    while not stopped.is_set():
        done = _guarded(work)
        pause = SHORTEST_LOOK if done else min(pause * 1.5, LONGEST_LOOK)
        if not done:
            stopped.wait(DATABASE_PAUSE if done is None else pause)
    connections.close_all()


def _guarded(work: Callable[[], int]) -> int | None:
    """One round of work; None when the database did not answer."""
    try:
        close_old_connections()
        return work()
    except DatabaseError:
        logger.exception("The database does not answer")
        connections.close_all()
        return None


def _tidy(stopped: threading.Event) -> None:
    while not stopped.wait(TIDYING):
        _guarded(lambda: outbox.release_abandoned(at=timezone.now()))
        _guarded(lambda: intake.destroy_used_keys(at=timezone.now()))
    connections.close_all()


class Listeners:
    """One thread for each channel that has no hook; a lease in the database keeps it to one machine."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._name = uuid4().hex
        self._running: dict[UUID, tuple[threading.Thread, threading.Event, Channel]] = {}

    def run(self) -> None:
        while not self._stopped.is_set():
            _guarded(self._look)
            self._stopped.wait(LISTENER_LEASE.total_seconds() / 6)
        for _thread, end, _channel in self._running.values():
            end.set()
        Channel.objects.filter(listener=self._name).update(listener="", listener_until=None)
        connections.close_all()

    def _look(self) -> int:
        wanted = {channel.pk: channel for channel in self._mine()}
        for pk in list(self._running):
            thread, end, channel = self._running[pk]
            if pk not in wanted or _is_changed(channel, wanted[pk]):
                end.set()
            if not thread.is_alive():
                del self._running[pk]
        for pk, channel in wanted.items():
            if pk not in self._running:
                self._start(channel)
        return len(wanted)

    def _mine(self) -> list[Channel]:
        now = timezone.now()
        listening = [code for code, kind in kinds.items() if kind.listens]
        candidates = Channel.objects.receiving().filter(kind__in=listening)
        listened = [channel.pk for channel in candidates if channel.speaks.listens_on(channel)]
        channels = Channel.objects.receiving().filter(pk__in=listened)
        free = channels.filter(Q(listener=self._name) | Q(listener_until=None) | Q(listener_until__lt=now))
        free.update(listener=self._name, listener_until=now + LISTENER_LEASE)
        return list(channels.filter(listener=self._name).select_related("hub").order_by("pk"))

    def _start(self, channel: Channel) -> None:
        end = threading.Event()
        thread = threading.Thread(
            target=_listen, args=(channel, end), name=f"listen-{channel.kind}", daemon=True
        )
        self._running[channel.pk] = (thread, end, channel)
        thread.start()


def _is_changed(old: Channel, new: Channel) -> bool:
    """Whether somebody has changed how the provider is reached."""
    return (old.config, old.secrets) != (new.config, new.secrets)


def _listen(channel: Channel, end: threading.Event) -> None:
    """Until told to end; a connection that broke is begun anew after a pause that grows."""
    failures = 0
    while not end.is_set():
        began = time.monotonic()
        _listen_once(channel, end)
        connections.close_all()
        failures = 0 if time.monotonic() - began > HELD else failures + 1
        end.wait(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE))


def _listen_once(channel: Channel, end: threading.Event) -> None:
    try:
        channel.speaks.listen(channel, partial(_hand_over, channel), end.is_set)
    except SendRefused as refusal:
        logger.warning("Not listening", extra={"channel": str(channel.pk)})
        problem = refusal.problem
        _guarded(lambda: Channel.objects.filter(pk=channel.pk).update(problem=problem))
    except Exception:
        logger.exception("Listening stopped", extra={"channel": str(channel.pk)})


def _hand_over(channel: Channel, parsed: Parsed) -> None:
    close_old_connections()
    intake.receive(channel=channel, parsed=parsed, at=timezone.now())
    Channel.objects.filter(pk=channel.pk).exclude(problem="").update(problem="")
