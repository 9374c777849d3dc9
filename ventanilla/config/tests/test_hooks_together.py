"""The short way of hooks: together on the disk, each with its own answer, the rest as ever."""

import asyncio
import hmac
import json
from concurrent.futures import Executor, Future
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX, Thread

import pytest
from django.db import OperationalError
from django.utils import timezone

from ventanilla.channels import hooks, intake
from ventanilla.channels.models import Channel, Correspondence, Inbound
from ventanilla.config import hooks_together
from ventanilla.config.hooks_together import HooksTogether
from ventanilla.hubs.models import Hub
from ventanilla.privacy.sealing import new_key

SECRET, NUMBER = "app-secret-of-a-test", "106540352242922"


@pytest.fixture
def line(site) -> Channel:
    hub = Hub.objects.get(ref="cr-hub-upala")
    channel = Channel(
        kind="whatsapp", country="cr", hub=hub, name="Upala", state=Channel.State.OPEN,
        config={"phone_number_id": NUMBER}, created_at=timezone.now() - timedelta(days=1),
        sealed_under=new_key(scope=f"hub:{hub.ref}"),
    )  # fmt: skip
    channel.secrets = {"app_secret": SECRET, "access_token": "EAAG", "verify_token": "word"}
    channel.save(force_insert=True)
    return channel


class ThisThread(Executor):
    """Does the work in the thread of the test, whose transaction is rolled back."""

    def __init__(self):
        self._due = SimpleQueue()

    def submit(self, work, /, *arguments, **options):
        done = Future()
        self._due.put((done, partial(work, *arguments, **options)))
        return done

    def work_until(self, thread):
        while thread.is_alive():
            with suppress(Empty):
                done, work = self._due.get(timeout=0.01)
                done.set_result(work())


@pytest.fixture
def short_way(monkeypatch, settings):
    """The application, and what it sent the long way."""
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr(hooks_together, "close_old_connections", lambda: None)
    long_way = []

    async def django(scope, receive, send):
        long_way.append((await receive()).get("body", b""))

    app = HooksTogether(django)
    app._thread = ThisThread()
    app.long_way = long_way
    return app


def body(*ids, sender="50688887777", text="Hola", at=None):
    moment = str(int((at or timezone.now()).timestamp()))
    messages = [
        {"from": sender, "id": one, "timestamp": moment, "type": "text", "text": {"body": text}}
        for one in ids
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "50640000000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Sim"}, "wa_id": sender}],
        "messages": messages,
    }
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    ).encode()


def signed(raw, secret=SECRET):
    return "sha256=" + hmac.new(secret.encode(), raw, sha256).hexdigest()


def call(path, raw, *, method="POST", signature=None, host="testserver", scheme="http"):
    headers = [
        (b"host", host.encode()),
        (b"content-type", b"application/json"),
        (b"x-hub-signature-256", (signature or signed(raw)).encode()),
    ]
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "scheme": scheme, "server": ("testserver", 80), "client": ("127.0.0.1", 1),
    }, raw  # fmt: skip


def answers(app, calls):
    """(status, headers) of each, all having come at the same moment."""

    async def one(scope, raw):
        said = []

        async def receive():
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message):
            said.append(message)

        await app(scope, receive, send)
        return (said[0]["status"], dict(said[0]["headers"])) if said else None

    async def all_of_them():
        return await asyncio.gather(*(one(scope, raw) for scope, raw in calls))

    said = []
    serving = Thread(target=lambda: said.extend(asyncio.run(all_of_them())))
    serving.start()
    app._thread.work_until(serving)
    return said


def path(line):
    return f"/hooks/whatsapp/{line.pk}"


def test_what_comes_at_the_same_moment_is_committed_in_one_go(line, short_way, django_assert_max_num_queries):
    calls = [call(path(line), body(f"wamid.{n}", sender=f"5068888{n:04}")) for n in range(40)]
    with django_assert_max_num_queries(30):
        assert [status for status, _headers in answers(short_way, calls)] == [200] * 40
    assert set(Inbound.objects.values_list("external_id", flat=True)) == {f"wamid.{n}" for n in range(40)}
    assert Correspondence.objects.filter(channel=line).exclude(last_inbound_at=None).count() == 40


def test_each_gets_its_own_answer(line, short_way):
    good, nonsense = body("wamid.good"), b"{"
    calls = [
        call(path(line), good),
        call(path(line), body("wamid.forged"), signature=signed(b"other")),
        call(path(line), nonsense),
        call("/hooks/whatsapp/00000000-0000-4000-8000-000000000000", good),
        call(f"/hooks/telegram/{line.pk}", good),
        call(path(line), good),
    ]
    assert [status for status, _headers in answers(short_way, calls)] == [200, 403, 400, 404, 404, 200]
    assert list(Inbound.objects.values_list("external_id", flat=True)) == ["wamid.good"]


def test_both_ways_answer_with_the_same_headers(line, short_way, client):
    raw = body("wamid.1")
    long_way = client.post(
        path(line), raw, content_type="application/json", headers={"x-hub-signature-256": signed(raw)}
    )
    ((status, headers),) = answers(short_way, [call(path(line), raw)])
    assert (status, long_way.status_code) == (200, 200)
    assert headers == {name.lower().encode(): value.encode() for name, value in long_way.items()}


@pytest.mark.parametrize(
    "odd",
    [
        {"method": "GET"},
        {"host": "not-ours.example"},
        {"path": "/console/"},
        {"path": "/hooks/whatsapp/nonsense"},
    ],
)
def test_what_is_out_of_the_ordinary_goes_the_long_way_whole(line, short_way, odd):
    raw = body("wamid.1")
    given = {"path": path(line)} | odd
    answers(short_way, [call(given.pop("path"), raw, **given)])
    (came,) = short_way.long_way
    assert came == raw
    assert not Inbound.objects.exists()


def test_without_tls_it_goes_the_long_way_where_tls_is_due(line, short_way, settings):
    settings.SECURE_SSL_REDIRECT = True
    answers(short_way, [call(path(line), body("wamid.1"))])
    assert short_way.long_way
    assert [
        status for status, _h in answers(short_way, [call(path(line), body("wamid.2"), scheme="https")])
    ] == [200]


def test_one_that_cannot_be_kept_does_not_hold_up_the_others(line, short_way, monkeypatch, caplog):
    make = intake._row

    def picky(channel, key, message, at):
        if message.text == "poison":
            raise ValueError("Marta")
        return make(channel, key, message, at)

    monkeypatch.setattr(intake, "_row", picky)
    calls = [call(path(line), body("wamid.1")), call(path(line), body("wamid.2", text="poison"))]
    calls.append(call(path(line), body("wamid.3")))
    assert [status for status, _headers in answers(short_way, calls)] == [200, 500, 200]
    assert set(Inbound.objects.values_list("external_id", flat=True)) == {"wamid.1", "wamid.3"}


def test_a_mistake_over_one_call_refuses_no_other(line, short_way, monkeypatch):
    parse = type(line.speaks).parse

    def mistaken(self, hook, channel):
        if b"wamid.odd" in hook.body:
            raise KeyError("Marta")
        return parse(self, hook, channel)

    monkeypatch.setattr(type(line.speaks), "parse", mistaken)
    calls = [call(path(line), body(one)) for one in ("wamid.1", "wamid.odd", "wamid.2")]
    assert [status for status, _headers in answers(short_way, calls)] == [200, 500, 200]
    assert set(Inbound.objects.values_list("external_id", flat=True)) == {"wamid.1", "wamid.2"}


def test_nothing_is_acknowledged_when_the_database_does_not_take_it(line, short_way, monkeypatch):
    def away(*_arguments, **_options):
        raise OperationalError("the disk is full")

    monkeypatch.setattr(hooks, "receive_all", away)
    calls = [call(path(line), body(f"wamid.{n}")) for n in range(3)]
    said = answers(short_way, calls)
    assert [status for status, _headers in said] == [503] * 3
    assert said[0][1][b"retry-after"] == b"5"
    monkeypatch.undo()
    assert not Inbound.objects.exists()


def test_a_crowd_is_asked_to_come_back(line, short_way, monkeypatch):
    monkeypatch.setattr(hooks_together, "WAITING", 2)
    calls = [call(path(line), body(f"wamid.{n}")) for n in range(5)]
    said = sorted(status for status, _headers in answers(short_way, calls))
    assert said.count(200) >= 2
    assert set(said) == {200, 503}
    assert Inbound.objects.count() == said.count(200)


def test_a_closed_line_is_soon_forgotten(line, short_way, monkeypatch):
    assert answers(short_way, [call(path(line), body("wamid.1"))])[0][0] == 200
    Channel.objects.update(state=Channel.State.CLOSED)
    monkeypatch.setattr(hooks.time, "monotonic", lambda: TIMEOUT_MAX)
    assert answers(short_way, [call(path(line), body("wamid.2"))])[0][0] == 404


def test_the_last_word_of_a_person_counts_whatever_the_order(line, short_way):
    now = timezone.now().replace(microsecond=0)
    calls = [
        call(path(line), body("wamid.new", at=now)),
        call(path(line), body("wamid.old", at=now - timedelta(hours=2))),
    ]
    answers(short_way, calls)
    answers(short_way, [call(path(line), body("wamid.older", at=now - timedelta(hours=3)))])
    assert Correspondence.objects.get(channel=line).last_inbound_at == now
