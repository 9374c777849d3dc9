"""After 24 hours WhatsApp takes approved texts only: which there are, to whom, and what else can be done."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.channels import outbox
from ventanilla.channels.contract import Stopped
from ventanilla.channels.intake import note_stop
from ventanilla.channels.kinds.whatsapp.simulator import Meta
from ventanilla.channels.models import Correspondence, OptIn, Outbound, Template
from ventanilla.enquiries.models import Enquiry, Message
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.hubs.models import Hub
from ventanilla.privacy import consent
from ventanilla.privacy.models import AccessEntry
from ventanilla.privacy.models.consent import About

ANA = "50688887777"


@pytest.fixture
def channel(site):
    return a_channel(Hub.objects.get(ref="cr-hub-upala"))


@pytest.fixture
def late(channel):
    """Ana wrote 25 hours ago."""
    writes(channel, ANA, "hola")
    Correspondence.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    return Enquiry.objects.get()


def a_template(channel, name="respuesta_lista", *, language="es", is_approved=True):
    body = "Ya tenemos su respuesta sobre {{1}}. Escríbanos hasta el {{2}}."
    return Template.objects.create(
        channel=channel, name=name, language=language, body=body, is_approved=is_approved
    )


def agrees(cast, enquiry):
    at = timezone.now()
    text = consent.text_for(about=About.CONTACT, country="cr", language="es", at=at)
    return consent.give_consent(
        person=enquiry.person_id, country="cr", hub=enquiry.hub.ref, about=About.CONTACT, text=text,
        mode="spoken", by=cast.user("luis"), at=at,
    )  # fmt: skip


def page_of(cast, enquiry, **headers):
    return cast.luis.get(f"/console/cases/{enquiry.pk}/", headers=headers).content.decode()


def posts(client, enquiry, template, *values, **more):
    blanks = {f"blank{number}": value for number, value in enumerate(values, start=1)}
    return client.post(f"/console/cases/{enquiry.pk}/template/", {"template": template.pk, **blanks, **more})


def test_the_conversation_says_until_when_we_can_write(cast, channel):
    writes(channel, ANA, "hola")
    page = page_of(cast, Enquiry.objects.get(), **{"X-Desk": "said"})
    assert re.search(r"write freely until|escribir libremente hasta", page)
    assert 'id="composer"' in page_of(cast, Enquiry.objects.get())


def test_a_channel_without_a_window_says_nothing_of_it(cast, site):
    writes(a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="telegram"), "7004002001", "hola")
    page = page_of(cast, Enquiry.objects.get())
    assert 'id="composer"' in page
    assert not re.search(r"write freely|escribir libremente", page)


def test_after_the_window_approved_texts_take_the_place_of_the_answer(cast, channel, late):
    agrees(cast, late)
    a_template(channel)
    a_template(channel, "otra", is_approved=False)
    page = page_of(cast, late)
    assert 'id="composer"' not in page
    assert re.findall(r"<h3>(\w+) ·", page) == ["respuesta_lista"]
    assert page.count('name="blank') == 2


def test_a_text_is_looked_at_and_sent_as_the_provider_wants_it(cast, channel, late):
    agrees(cast, late)
    row = a_template(channel)
    page = posts(cast.luis, late, row, "su  permiso\nde trabajo", "lunes", look="1").content.decode()
    assert "Ya tenemos su respuesta sobre su permiso de trabajo. Escríbanos hasta el lunes." in page
    assert not Outbound.objects.exists()
    assert posts(cast.luis, late, row, "su  permiso\nde trabajo", "lunes", send="1").status_code == 302
    content = Outbound.objects.get().what()
    assert (content.template, content.language) == ("respuesta_lista", "es")
    assert content.variables == ("su permiso de trabajo", "lunes")
    assert Message.objects.get(direction="out").body.startswith("Ya tenemos su respuesta sobre su permiso")
    late.refresh_from_db()
    assert late.state == Enquiry.State.ANSWERED
    assert AccessEntry.objects.filter(action="write", ref=str(late.pk)).exists()


def test_meta_takes_it(cast, channel, late):
    meta = Meta(call=lambda **_: 200, app_secret="s", access_token="t", number="106540352242922")
    channel.config = {"phone_number_id": "106540352242922", "graph": meta.url}
    channel.secrets = {"app_secret": "s", "access_token": "t", "verify_token": "v"}
    channel.save()
    agrees(cast, late)
    posts(cast.luis, late, a_template(channel), "su permiso", "lunes", send="1")
    outbox.deliver_waiting(now=timezone.now)
    assert [sent.text for sent in meta.sent] == ["respuesta_lista: su permiso, lunes"]
    meta.close()


def test_a_consent_of_the_desk_stands_in_the_ledger_of_the_channel(cast, channel, late):
    row, given = a_template(channel), agrees(cast, late)
    for _time in range(2):
        posts(cast.luis, late, row, "x", "y", send="1")
    line = OptIn.objects.get()
    assert (line.is_given, line.how, line.at) == (True, "consent", given.given_at)
    assert line.wording == given.text.version


def test_nothing_is_left_blank(cast, channel, late):
    agrees(cast, late)
    page = posts(cast.luis, late, a_template(channel), "x", "  ", send="1")
    assert page.status_code == 422
    assert re.search("Fill in everything|Rellene todo", page.content.decode())
    assert not Outbound.objects.exists()


@pytest.mark.parametrize("how", ["nothing", "stopped", "withdrawn"])
def test_who_has_not_agreed_is_not_written_to(cast, channel, late, how):
    row = a_template(channel)
    given = agrees(cast, late) if how != "nothing" else None
    if how == "stopped":
        note_stop(channel=channel, stop=Stopped(sender=ANA, at=timezone.now()), how="message")
    if how == "withdrawn":
        consent.withdraw_consent(consent=given, by=cast.user("luis"), at=timezone.now())
    page = page_of(cast, late)
    assert "respuesta_lista" not in page
    assert re.search("has not agreed|no ha aceptado|wants no messages|no quiere mensajes", page)
    assert re.search("What can be done instead|Qué se puede hacer en su lugar", page)
    assert posts(cast.luis, late, row, "x", "y", send="1").status_code == 422
    assert not Outbound.objects.exists()


def test_who_agrees_again_after_stopping_is_written_to(cast, channel, late):
    row = a_template(channel)
    note_stop(channel=channel, stop=Stopped(sender=ANA, at=timezone.now()), how="message")
    agrees(cast, late)
    assert "respuesta_lista" in page_of(cast, late)
    assert posts(cast.luis, late, row, "x", "y", send="1").status_code == 302
    assert Correspondence.objects.get().stopped_at is None


def test_without_an_approved_text_it_says_what_can_be_done(cast, channel, late):
    agrees(cast, late)
    a_template(channel, is_approved=False)
    page = page_of(cast, late)
    assert re.search("No text is approved|Ningún texto está aprobado", page)
    assert re.search("What can be done instead|Qué se puede hacer en su lugar", page)


def test_messenger_knows_no_such_texts(cast, site):
    line = a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="messenger")
    writes(line, "8017274251683420", "hola")
    Correspondence.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    row, enquiry = a_template(line), Enquiry.objects.get()
    agrees(cast, enquiry)
    page = page_of(cast, enquiry)
    assert "respuesta_lista" not in page
    assert re.search("only the person can begin again|solo la persona puede empezar", page)
    assert posts(cast.luis, enquiry, row, "x", "y", send="1").status_code == 422


def test_what_was_typed_while_the_window_closed_is_not_lost(cast, channel, late):
    page = cast.luis.post(f"/console/cases/{late.pk}/say/", {"body": "Venga a las diez."})
    assert page.status_code == 422
    assert "Venga a las diez." in page.content.decode()
    assert not Outbound.objects.exists()


def test_a_text_of_another_channel_or_one_that_is_not_approved_is_not_there(cast, channel, late):
    agrees(cast, late)
    other = a_template(a_channel(Hub.objects.get(ref="cr-hub-limon")))
    pending = a_template(channel, is_approved=False)
    for row in (other, pending):
        assert posts(cast.luis, late, row, "x", "y", send="1").status_code == 422
    for name in ("vera", "bruno", "daniel"):
        assert posts(getattr(cast, name), late, a_template(channel, name), "x", "y").status_code == 404
    assert not Outbound.objects.exists()
