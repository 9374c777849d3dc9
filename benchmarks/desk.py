"""A desk under load: messages in, the list and a conversation as they grow, news for many open desks.

    ventanilla bench desk [--database sqlite|postgresql|both] [--seconds 60] [--large] [--no-growth]

The real web server with two processes and the messenger beside it, on databases made for it and thrown away.
PostgreSQL is left out with a word where it is not installed. The machine that is measured makes the load too,
and whatever else it does at that time lowers the figures: `load_before` and `cpu_ms_a_message` stand beside.
"""

import argparse
import json
import os
import pickle
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from .ground import (
    NUMBER,
    PROJECT,
    SECRET,
    TOKEN,
    Desk,
    binaries,
    databases,
    desk,
    end_in_order,
    in_a_child,
    percentiles,
)

CONNECTIONS, WORKERS, PEOPLE, TWICE = 32, 2, 2_000, 0.05
MOST_A_SECOND = 1_800
OPEN_ENQUIRIES = 10_000
LISTENERS, NEWS = 500, 40
QUESTIONS = (
    "Buenas, llegué ayer a Upala con mi hijo de siete años y quiero saber cómo pedir refugio.",
    "¿Cuánto cuesta el permiso de trabajo y cuánto tarda?",
    "q nesesito pa pedir refujio",
    "Mi hija tiene fiebre desde hace dos días, ¿dónde nos atienden sin papeles?",
    "Me robaron los documentos en el camino. ¿A quién aviso y qué hago ahora?",
)


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; returns the figures by database."""
    options = _options(argv)
    names = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    if "postgresql" in names and binaries() is None:
        print("PostgreSQL is not installed and is left out: apt-get install postgresql")
        names.remove("postgresql")
    figures: dict[str, Any] = {"seconds": options.seconds, "processors": os.cpu_count()}
    for name in names:
        figures[name] = {"load_before": round(os.getloadavg()[0], 1), **_on(name, options)}
    return figures


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ventanilla bench desk")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--large", action="store_true", help="the list with a million messages as well")
    parser.add_argument("--no-growth", action="store_true", help="only messages in")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _on(name: str, options: argparse.Namespace) -> dict[str, Any]:
    with databases(name) as (folder, env, _cluster):
        more = [f"--seconds={options.seconds}", f"--connections={options.connections}"]
        more += ["--large"] * options.large + ["--no-growth"] * options.no_growth
        return in_a_child("benchmarks.desk", str(folder), *more, env=env)


def inside(argv: Sequence[str]) -> dict[str, Any]:
    """All measurements on the databases of this process's settings."""
    import django

    django.setup()
    end_in_order()
    from benchmarks.ground import line, prepare
    from ventanilla.channels.kinds.whatsapp.simulator import Meta

    options = _options(argv)
    folder = Path(options.inside)
    prepare()
    provider = Meta(call=lambda **_: 200, app_secret=SECRET, access_token=TOKEN, number=NUMBER)
    try:
        place = desk(folder, line(provider.url), workers=WORKERS)
        place.start()
        try:
            figures = _messages_in(place, folder, options)
        finally:
            place.stop()
        figures |= _beside_bare_inserts(figures, options)
        if not options.no_growth:
            figures |= growth(large=options.large)
            figures |= _news(place)
    finally:
        provider.close()
    return figures


# Messages in


def _messages_in(place: Desk, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    ids, requests = _requests(place, count=options.seconds * MOST_A_SECOND)
    _drive(place, folder, requests[:200], seconds=3, connections=options.connections)  # warm up
    began, worked = _now(), place.web.processor_seconds()
    answers, spent = _drive(
        place, folder, requests[200:], seconds=options.seconds, connections=options.connections
    )
    ended, worked = _now(), place.web.processor_seconds() - worked
    taken = [ids[number + 200] for number, status, _ms in answers if status == 200]
    half, most = percentiles([ms for _number, status, ms in answers if status == 200])
    return {
        "acknowledged_per_s": round(len(taken) / spent, 1),
        "acknowledged": len(taken),
        "cpu_ms_a_message": round(1000 * worked / len(taken), 2) if taken else None,
        "seconds_driven": round(spent, 1),
        "p50_ms": half,
        "p99_ms": most,
        "statuses": {str(code): count for code, count in Counter(a[1] for a in answers).items()},
        **_compared(place.channel, set(taken)),
        **_moved_on(began, ended),
    }


def _requests(place: Desk, *, count: int) -> tuple[list[str], list[bytes]]:
    """Ids and whole signed requests; some come twice, as from a provider that did not hear us."""
    from ventanilla.channels.kinds.meta import sign

    chance = random.Random(7)  # noqa: S311 (the same load each time)
    ids, requests = list[str](), list[bytes]()
    for number in range(count):
        if number > 300 and chance.random() < TWICE:
            before = number - chance.randint(1, 200)
            ids.append(ids[before])
            requests.append(requests[before])
            continue
        ids.append(f"wamid.bench{number:09}")
        body = _body(ids[-1], f"5068{chance.randrange(PEOPLE):07}", chance.choice(QUESTIONS))
        head = (
            f"POST {place.hook} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Hub-Signature-256: {sign(body, secret=SECRET)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return ids, requests


def _body(external_id: str, person: str, text: str) -> bytes:
    message = {
        "from": person, "id": external_id, "timestamp": str(int(time.time())),
        "type": "text", "text": {"body": text},
    }  # fmt: skip
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "50640000000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Sim"}, "wa_id": person}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    whole = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json.dumps(whole).encode()


def _drive(
    place: Desk, folder: Path, requests: list[bytes], *, seconds: int, connections: int
) -> tuple[list[tuple[int, int, float]], float]:
    asked, said = folder / "requests.pickle", folder / "answers.pickle"
    asked.write_bytes(pickle.dumps(requests))
    command = [sys.executable, "-m", "benchmarks.load", asked, str(place.port), str(seconds)]
    subprocess.run([*command, str(connections), said], cwd=PROJECT, check=True)
    answers: tuple[list[tuple[int, int, float]], float] = pickle.loads(said.read_bytes())  # noqa: S301
    return answers


def _compared(channel: Any, must: set[str]) -> dict[str, Any]:
    """Whether each acknowledged message is there, and once."""
    from ventanilla.channels.models import Inbound

    rows = Counter(Inbound.objects.filter(channel=channel).values_list("external_id", flat=True))
    return {
        "acknowledged_different": len(must),
        "acknowledged_and_missing": len(must - rows.keys()),
        "there_twice": sum(1 for count in rows.values() if count > 1),
        "rows": len(rows),
    }


def _moved_on(began: datetime, ended: datetime) -> dict[str, Any]:
    """Filing and the house's own answers while the load lasted."""
    from ventanilla.channels.models import Inbound, Outbound
    from ventanilla.enquiries.models import Message

    seconds = (ended - began).total_seconds()
    filed = Inbound.objects.filter(filed_at__gte=began, filed_at__lte=ended)
    delays = [(at - came).total_seconds() for at, came in filed.values_list("filed_at", "received_at")]
    half, most = percentiles(delays, digits=2)
    said = Message.objects.filter(direction="auto", at__gte=began, at__lte=ended)
    sent = Outbound.objects.filter(sent_at__gte=began, sent_at__lte=ended)
    waits = [(row[0] - row[1]).total_seconds() for row in sent.values_list("sent_at", "queued_at")]
    return {
        "filed_per_s": round(len(delays) / seconds, 1),
        "filing_delay_p50_s": half,
        "filing_delay_p99_s": most,
        "waiting_to_be_filed_at_the_end": Inbound.objects.filter(filed_at=None).count(),
        "automatic_answers_per_s": round(said.count() / seconds, 1),
        "sent_per_s": round(len(waits) / seconds, 1),
        "sending_delay_p50_s": percentiles(waits, digits=2)[0],
    }


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _beside_bare_inserts(figures: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """The same row by SQL alone, from as many processes and connections, with nothing else running."""
    seconds, threads = min(10, options.seconds), options.connections // WORKERS
    command = [sys.executable, "-m", "benchmarks.inserting", str(seconds), str(threads)]
    running = [
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)
    ]
    done = sum(int(process.communicate()[0]) for process in running)
    rate = done / seconds
    return {
        "bare_inserts_per_s": round(rate, 1),
        "share_of_bare": round(figures["acknowledged_per_s"] / rate, 3) if rate else None,
    }


# The list and a conversation, as they grow


def growth(*, large: bool) -> dict[str, Any]:
    """Server time (median of nine) and queries of the list and of one conversation."""
    from benchmarks import cases

    steps = [10_000, 100_000] + [1_000_000] * large
    measured = {}
    for stored in steps:
        cases.fill(enquiries=OPEN_ENQUIRIES, messages=stored)
        measured[f"{stored}_messages"] = cases.times()
    first, last = (measured[f"{each}_messages"] for each in (steps[0], steps[-1]))
    grown = {name: round(last[name] / first[name], 2) for name in ("list_ms", "conversation_ms")}
    return {"open_enquiries": OPEN_ENQUIRIES, **measured, "growth": grown}


# News for open desks


def _news(place: Desk) -> dict[str, Any]:
    from benchmarks import cases

    place.web.start()
    try:
        place.wait()
        heard = Listening(place.port, cases.cookies(10))
        changed = _change_some(cases.some_enquiries(NEWS))
        time.sleep(3)
        heard.end()
    finally:
        place.web.stop()
    delays = [at - changed[case] for case, at in heard.events if case in changed]
    half, most = percentiles([delay * 1000 for delay in delays])
    return {
        "listeners": heard.open_streams,
        "events_due": heard.open_streams * len(changed),
        "events_heard": len(delays),
        "news_p50_ms": half,
        "news_p99_ms": most,
    }


def _change_some(enquiries: Sequence[Any]) -> dict[str, float]:
    """Touch cases one after the other; returns when each was committed."""
    from ventanilla.enquiries.actions import touch

    changed = {}
    for enquiry in enquiries:
        touch(enquiry)
        changed[str(enquiry.pk)] = time.time()
        time.sleep(0.37)  # no multiple of how often the server looks
    return changed


class Listening:
    """Many open desks in one thread; notes when each event came."""

    def __init__(self, port: int, cookies: Sequence[str]) -> None:
        import asyncio

        self.events: list[tuple[str, float]] = []
        self.open_streams = 0
        self._reading: list[Any] = []
        self._cookies, self._port = cookies, port
        self._loop = asyncio.new_event_loop()
        self._opened = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._opened.wait(120)

    def _run(self) -> None:
        import asyncio

        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._open_all())
        self._loop.run_forever()

    async def _open_all(self) -> None:
        import asyncio

        for start in range(0, LISTENERS, 25):
            await asyncio.gather(*(self._open(number) for number in range(start, start + 25)))
        self._opened.set()

    async def _open(self, number: int) -> None:
        import asyncio

        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        cookie = self._cookies[number % len(self._cookies)]
        asked = f"GET /console/cases/live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        writer.write(asked.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " in head[:16]:
            self.open_streams += 1
            # The loop itself holds its tasks weakly: one that waits for news would be thrown away.
            self._reading.append(self._loop.create_task(self._read(reader, writer)))

    async def _read(self, reader: Any, _writer: Any) -> None:
        mark = b'data: {"case": "'
        while said := await reader.readline():
            if said.startswith(mark):
                self.events.append((said[len(mark) : len(mark) + 36].decode(), time.time()))

    async def _close_all(self) -> None:
        import asyncio

        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    def end(self) -> None:
        import asyncio

        asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


if __name__ == "__main__":
    print(json.dumps(inside(sys.argv[1:])))
