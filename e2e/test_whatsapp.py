"""WhatsApp's simulator talks with the desk: buttons, a person's answer, a closed window, an approved text."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from ventanilla.channels.kinds.whatsapp.simulator import Meta
from ventanilla.channels.simulator import Sent, over_http

SECRET, TOKEN, NUMBER, PERSON = "app-secret-of-a-journey", "EAAG-journey", "106540352249999", "50688881234"

# What a coordinator would set up in the console, and what only time can do.
OPEN = """
import time
from ventanilla.channels.models import Channel, Template
from ventanilla.config.sample_lines import NOWHERE
from ventanilla.hubs.models import Hub
from ventanilla.privacy.sealing import new_key
hub = Hub.objects.get(ref="cr-hub-upala")
# The demonstration plays the lines that it finds when it begins; ours is left to us.
ends = time.monotonic() + 90
sample = Channel.objects.filter(kind="whatsapp", hub=hub)
while sample.filter(config__graph=NOWHERE).exists() and time.monotonic() < ends:
    time.sleep(0.5)
line = Channel(
    kind="whatsapp", country="cr", hub=hub, name="WhatsApp de prueba", state=Channel.State.OPEN,
    config={"phone_number_id": told["number"], "graph": told["graph"]}, created_at=now,
    sealed_under=new_key(scope=f"hub:{hub.ref}"),
)
line.secrets = {"app_secret": told["secret"], "access_token": told["token"], "verify_token": "x"}
line.save(force_insert=True)
Template.objects.create(
    channel=line, name="respuesta_lista", language="es", is_approved=True,
    body="Ya tenemos su respuesta sobre {{1}}. Escríbanos cuando quiera.",
)
print(line.pk)
"""
A_DAY_LATER = """
from datetime import timedelta
from ventanilla.channels.models import Correspondence
Correspondence.objects.filter(channel=told["line"]).update(
    last_inbound_at=now - timedelta(hours=25), opted_in_at=now
)
"""
_AROUND = """
import json, sys, django
django.setup()
from django.utils import timezone
told, now = json.loads(sys.argv[1]), timezone.now()
"""


@pytest.fixture
def run(live_site) -> Callable[..., str]:
    """Run some lines beside the served site, on its database."""

    def run(lines: str, **told: str) -> str:
        command = [sys.executable, "-c", _AROUND + lines, json.dumps(told)]
        done = subprocess.run(command, env=live_site.env, capture_output=True, text=True, check=True)
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    return run


class Provider(Meta):
    """The provider, and the id of the hub's line on it."""

    line = ""


@pytest.fixture
def meta(live_site, run) -> Iterator[Provider]:
    provider = Provider(call=lambda **_: 599, app_secret=SECRET, access_token=TOKEN, number=NUMBER)
    provider.line = run(OPEN, graph=provider.url, secret=SECRET, token=TOKEN, number=NUMBER)
    provider._call = over_http(f"{live_site.url}/hooks/whatsapp/{provider.line}")
    yield provider
    provider.close()


def comes(meta: Meta, *, after: int, seconds: float = 60) -> Sent:
    """The first message that the provider takes for the person after so many."""
    ends = time.monotonic() + seconds
    while len(meta.sent) <= after:
        assert time.monotonic() < ends, "Nothing was sent."
        time.sleep(0.1)
    return meta.sent[after]


def test_buttons_an_answer_and_an_approved_text_when_the_window_is_closed(
    meta: Provider, run, context, sign_in, page: Page
):
    assert meta.write(PERSON, "tengo una duda sobre mi permiso") == 200
    offer = comes(meta, after=0)
    assert offer.choices, offer.text
    assert meta.press(PERSON, *offer.choices[0]) == 200
    told = comes(meta, after=1)
    assert told.to == PERSON
    assert meta.write(PERSON, "quiero hablar con una persona sobre mi tío Ñico") == 200
    comes(meta, after=2)

    desk = sign_in(context, "luis")
    desk.goto("/console/cases/?kind=whatsapp")
    desk.locator("ul.cases li", has_text="Ñico").locator("h2 a").first.click()
    expect(desk.get_by_text("Podemos escribir libremente hasta")).to_be_visible()
    so_far = len(meta.sent)
    desk.locator("#say_body").fill("Buenos días. Le ayudamos con gusto.")
    desk.get_by_role("button", name="Enviar", exact=True).click()
    sent = comes(meta, after=so_far)
    assert sent.text == "Buenos días. Le ayudamos con gusto."
    assert meta.report(sent.provider_id, "delivered", token=sent.token) == 200
    assert meta.report(sent.provider_id, "read", token=sent.token) == 200
    expect(desk.get_by_text("Leído", exact=False).first).to_be_visible()

    run(A_DAY_LATER, line=meta.line)
    desk.reload()
    expect(desk.locator("#say_body")).to_have_count(0)
    desk.locator("[name=blank1]").fill("su permiso")
    desk.locator("button[name=look]").click()
    expect(desk.get_by_text("Ya tenemos su respuesta sobre su permiso.")).to_be_visible()
    so_far = len(meta.sent)
    desk.locator("button[name=send]").click()
    last = comes(meta, after=so_far)
    assert last.raw["type"] == "template"
    assert last.text == "respuesta_lista: su permiso"

    assert meta.write(PERSON, "gracias") == 200
    desk.reload()
    expect(desk.locator("#say_body")).to_be_visible()
