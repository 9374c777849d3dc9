"""Killing the desk at work: nothing that a provider was told is lost, nothing is said twice unnoticed.

    ventanilla bench kill [--messages 10000] [--database sqlite|postgresql] [--scenario NAME]

Scenarios: `kill` (web, messenger and, on PostgreSQL, the database by SIGKILL at random instants), `failover`
(PostgreSQL: the primary dies, its replica takes over behind the same address), `disk_full` (SQLite), `outage`
(an hour without provider), `clock` (jumps of a day), `slow` (answers after ten seconds), `poison`.
Ends with an error when any promise is broken.
"""

import argparse
import contextlib
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .failover import Forwarder, replica_of, take_over
from .ground import (
    NUMBER,
    SECRET,
    TOKEN,
    Cluster,
    Desk,
    binaries,
    databases,
    desk,
    end_in_order,
    environment,
    in_a_child,
    line,
    prepare,
)

SENDERS = 8
DRAIN = 600  # seconds for what waits at the end
SIMPLE = ("outage", "clock", "poison", "disk_full", "slow")
# The failover comes last: the database is another one after it.
SCENARIOS = ("kill", *SIMPLE, "failover")


T = TypeVar("T")


class Broken(SystemExit):
    """A promise was broken; the text holds the figures."""


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Run the scenarios that the database knows, one after the other; returns what was found."""
    options = _options(argv)
    if options.database == "postgresql" and binaries() is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    rest = [f"--messages={options.messages}", f"--every={options.every}", f"--seed={options.seed}"]
    rest += [f"--database={options.database}"]
    wanted = options.scenario or _known(options.database)
    rest += [f"--scenario={name}" for name in SCENARIOS if name in wanted]
    with databases(options.database) as (folder, env, pg), contextlib.ExitStack() as stack:
        if pg is not None:
            (folder / "target").write_text(str(pg.port))
            front = stack.enter_context(Forwarder(folder / "target"))
            data, keys = (pg.url(base, port=front.port) for base in ("ventanilla", "keys"))
            env = environment(folder, data=data, keys=keys)
        found = in_a_child("benchmarks.kill", str(folder), *rest, env=env)
    broken = [name for name, figures in found.items() if figures["broken"]]
    if broken:
        raise Broken(f"Broken: {', '.join(broken)}\n{json.dumps(found)}")
    return {"database": options.database, **found}


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ventanilla bench kill")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="may be given several times")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two kills, on average")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--prepared", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _known(database: str) -> list[str]:
    left_out = {"disk_full"} if database == "postgresql" else {"failover"}
    return [name for name in SCENARIOS if name not in left_out]


def inside(argv: Sequence[str]) -> dict[str, Any]:
    """Scenarios on the databases of this process's settings, each with a line of its own."""
    import django

    django.setup()
    end_in_order()
    options = _options(argv)
    if not options.prepared:
        prepare()
    found = {}
    for name in options.scenario:
        found[name] = one(name, options)
        sys.stderr.write(f"{name}: {json.dumps(found[name])}\n")
    return found


def one(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Play one scenario through; `broken` says whether a promise was."""
    from ventanilla.channels.kinds.whatsapp.simulator import Meta

    provider = Meta(call=lambda **_: 200, app_secret=SECRET, access_token=TOKEN, number=NUMBER)
    channel = line(provider.url)
    channel.answers_automatically = False
    channel.save(update_fields=["answers_automatically"])
    try:
        if name not in SIMPLE:
            return under_fire(channel, provider, options, fails_over=name == "failover")
        from . import faults

        played: dict[str, Any] = getattr(faults, name)(channel, provider)
        return played
    finally:
        provider.close()


# Web, messenger and database by SIGKILL


def under_fire(
    channel: Any, provider: Any, options: argparse.Namespace, *, fails_over: bool
) -> dict[str, Any]:
    folder, began = Path(options.inside), time.monotonic()
    place = desk(folder, channel)
    place.start()
    traffic = Traffic(place, provider, channel, count=options.messages)
    pg = _cluster(folder) if options.database == "postgresql" else None
    replica = replica_of(pg) if pg is not None and fails_over else None
    killer = Killer(place, pg, every=options.every, seed=options.seed)
    try:
        traffic.start()
        if pg is not None and replica is not None:
            time.sleep(options.every)
            take_over(pg, replica, target=folder / "target")
        while replica is None and traffic.is_running():
            killer.strike()
        traffic.wait()
        waited = _drain(channel)
        found = verdict(channel, provider, traffic)
    finally:
        place.stop()
        if replica is not None:
            replica.stop()
    return {
        "messages": options.messages,
        "killed": {"primary": 1} if replica is not None else dict(killer.struck),
        "hook_calls": traffic.calls,
        "seconds": round(time.monotonic() - began),
        "seconds_until_all_was_filed_and_sent": waited,
        **found,
    }


def _cluster(folder: Path) -> Cluster:
    place = folder / "cluster" / "pg"
    return Cluster(place, port=int((place / "postmaster.pid").read_text().splitlines()[3]))


class Killer:
    """Strikes one of the processes after a random pause, and starts it again as a service manager would."""

    def __init__(self, place: Desk, pg: Cluster | None, *, every: float, seed: int) -> None:
        self.struck: Counter[str] = Counter()
        self._place, self._pg, self._every = place, pg, every
        self._chance = random.Random(seed)  # noqa: S311 (instants, not secrets)

    def strike(self) -> None:
        time.sleep(self._chance.uniform(0.2, 2) * self._every)
        targets = ["web", "messenger"] + ["database"] * (self._pg is not None)
        target = self._chance.choice(targets)
        self.struck[target] += 1
        if target == "database" and self._pg is not None:
            self._pg.kill()
            self._pg.start()
            return
        process = self._place.web if target == "web" else self._place.messenger
        process.kill()
        process.start()
        # The next instant is a random one of its work and not of its start.
        if target == "web":
            self._place.wait()
        else:
            _wait_for_work(self._place.channel)


def _wait_for_work(channel: Any) -> None:
    """Until something was filed or sent from now on, or nothing waits."""
    from django.utils import timezone

    from ventanilla.channels.models import Inbound, Outbound

    began, deadline = timezone.now(), time.monotonic() + 60
    filed = Inbound.objects.filter(channel=channel, filed_at__gte=began)
    sent = Outbound.objects.filter(channel=channel, sent_at__gte=began)
    while time.monotonic() < deadline:
        if until_it_works(lambda: filed.exists() or sent.exists()):
            return
        time.sleep(0.1)


class Traffic:
    """People who write, each message handed over until it was acknowledged, and a reply to each."""

    def __init__(self, place: Desk, provider: Any, channel: Any, *, count: int) -> None:
        from ventanilla.channels.simulator import over_http
        from ventanilla.privacy.sealing import new_key

        self.calls, self.replies = 0, list[str]()
        self.ids = [f"wamid.kill{number:07}" for number in range(count)]
        self._provider, self._channel = provider, channel
        provider._call = over_http(place.url + place.hook)
        self._key = new_key(scope=channel.key_scope)
        self._left = iter(enumerate(self.ids))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(SENDERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                number, external_id = next(self._left, (-1, ""))
            if number < 0:
                return
            person = f"5068{number % 500:07}"
            while not self._hand_over(person, external_id, number):
                time.sleep(0.2)
            self.replies.append(until_it_works(lambda: self._reply(person)))  # noqa: B023 (called here)

    def _hand_over(self, person: str, external_id: str, number: int) -> bool:
        self.calls += 1
        return bool(self._provider.write(person, f"Hola, pregunta {number}", external_id=external_id) == 200)

    def _reply(self, person: str) -> str:
        from django.utils import timezone

        from ventanilla.channels import outbox
        from ventanilla.channels.contract import Content

        content = Content(text="Con gusto le ayudamos.")
        row = outbox.queue(
            channel=self._channel, to=person, content=content, key=self._key, at=timezone.now()
        )
        return row.pk.hex


def until_it_works(act: Callable[[], T]) -> T:
    """What the database refused is done again, for as long as a restart takes."""
    from django.db import DatabaseError, connections

    deadline = time.monotonic() + 120
    while True:
        try:
            return act()
        except DatabaseError:
            connections.close_all()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _drain(channel: Any) -> float:
    """Wait until nothing waits any more; what died in flight is decided at once, its lease taken as over."""
    from django.utils import timezone

    from ventanilla.channels import outbox
    from ventanilla.channels.models import LEASE, Inbound, Outbound

    began = time.monotonic()
    while time.monotonic() - began < DRAIN:
        waiting = until_it_works(lambda: Inbound.objects.filter(channel=channel, filed_at=None).count())
        queued = until_it_works(lambda: Outbound.objects.filter(channel=channel, state="queued").count())
        if not waiting and not queued:
            time.sleep(1)  # what is being sent now gets its answer
            until_it_works(lambda: outbox.release_abandoned(at=timezone.now() + LEASE))
            break
        time.sleep(0.5)
    return round(time.monotonic() - began, 1)


def verdict(channel: Any, provider: Any, traffic: Traffic) -> dict[str, Any]:
    """What is there, compared with what was sent and with what the provider took for people."""
    from ventanilla.channels.models import Inbound, Outbound
    from ventanilla.enquiries.models import Message

    came = Counter(Inbound.objects.filter(channel=channel).values_list("external_id", flat=True))
    filed = Inbound.objects.filter(channel=channel).exclude(filed_at=None)
    told = Message.objects.filter(inbound__channel=channel, direction="in")
    taken = Counter(sent.token for sent in provider.sent)
    states = {
        pk.hex: state for pk, state in Outbound.objects.filter(channel=channel).values_list("pk", "state")
    }
    known = {"sent", "delivered", "read"}
    found = {
        "in_missing": sum(1 for each in traffic.ids if not came[each]),
        "in_twice": sum(1 for count in came.values() if count > 1),
        "in_not_filed": len(traffic.ids) - filed.count(),
        "in_conversations": told.count(),
        "out_missing": sum(1 for token in traffic.replies if token not in states),
        "out_states": dict(Counter(states.values())),
        "out_taken_twice": sum(1 for count in taken.values() if count > 1),
        "out_called_sent_but_not_taken": sum(1 for t, s in states.items() if s in known and not taken[t]),
        "out_taken_but_called_failed": sum(1 for t, s in states.items() if s == "failed" and taken[t]),
        "out_still_under_way": sum(1 for state in states.values() if state in ("queued", "sending")),
    }
    promises = (
        "in_missing", "in_twice", "in_not_filed", "out_missing", "out_taken_twice",
        "out_called_sent_but_not_taken", "out_taken_but_called_failed", "out_still_under_way",
    )  # fmt: skip
    wrong = any(found[name] for name in promises) or found["in_conversations"] != len(traffic.ids)
    return {**found, "broken": wrong}


if __name__ == "__main__":
    print(json.dumps(inside(sys.argv[1:])))
