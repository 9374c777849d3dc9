"""The short way of hooks, spoken to in ASGI as the web server does."""

import asyncio
import json
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from ventanilla.channels.kinds.meta import sign
from ventanilla.channels.models import Channel, Inbound
from ventanilla.config import hooks_first
from ventanilla.hubs.models import Hub
from ventanilla.privacy.sealing import new_key

SECRET, NUMBER = "app-secret-for-tests", "106540352242922"


@pytest.fixture
def channel(site):
    line = Channel(
        kind="whatsapp", country="cr", hub=Hub.objects.get(ref="cr-hub-upala"), name="x",
        state=Channel.State.OPEN, config={"phone_number_id": NUMBER},
        created_at=timezone.now() - timedelta(days=1), sealed_under=new_key(scope="hub:cr-hub-upala"),
    )  # fmt: skip
    line.secrets = {"app_secret": SECRET, "access_token": "x", "verify_token": "x"}
    line.save(force_insert=True)
    return line


class InThisThread:
    """Stands where the threads are, so that the requests meet the transaction of the test."""

    def submit(self, act, *arguments):
        import concurrent.futures

        done = concurrent.futures.Future()
        done.set_result(act(*arguments))
        return done


def body(external_id):
    message = {"from": "50688887777", "id": external_id, "timestamp": "1790000000", "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": NUMBER},
        "contacts": [{"wa_id": "50688887777"}],
        "messages": [{**message, "text": {"body": "Hola"}}],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


async def ask(app, channel, content, *, secret=SECRET):
    said = []

    async def receive():
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message):
        said.append(message)

    headers = [(b"content-type", b"application/json"), (b"host", b"hub.example")]
    headers.append((b"x-hub-signature-256", sign(content, secret=secret).encode()))
    scope = {
        "type": "http", "method": "POST", "path": f"/hooks/whatsapp/{channel.pk}", "query_string": b"",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http",
    }  # fmt: skip
    await app(scope, receive, send)
    return said[0]["status"], {name.lower(): value for name, value in said[0]["headers"]}


async def nothing(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})


def hooks():
    app = hooks_first.HooksFirst(nothing)
    app._hooks._threads = InThisThread()
    return app


def test_many_at_once_are_each_answered_and_kept(channel):
    app = hooks()

    async def all_at_once():
        return await asyncio.gather(*(ask(app, channel, body(f"wamid.{n}")) for n in range(5)))

    answers = async_to_sync(all_at_once)()
    assert [status for status, _headers in answers] == [200] * 5
    assert Inbound.objects.filter(channel=channel).count() == 5


def test_a_forged_one_among_them_is_refused_alone(channel):
    app = hooks()

    async def both():
        forged = ask(app, channel, body("wamid.forged"), secret="another")
        return await asyncio.gather(forged, ask(app, channel, body("wamid.true")))

    assert [status for status, _headers in async_to_sync(both)()] == [403, 200]
    assert list(Inbound.objects.filter(channel=channel).values_list("external_id", flat=True)) == [
        "wamid.true"
    ]


def test_an_answer_carries_the_headers_of_all_answers(channel):
    _status, headers = async_to_sync(ask)(hooks(), channel, body("wamid.1"))
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"content-security-policy" in headers


def test_other_addresses_go_their_usual_way(channel):
    said = []

    async def send(message):
        said.append(message["status"])

    async_to_sync(hooks())({"type": "http", "path": "/es/cr/"}, None, send)
    assert said == [404]
