"""What answers what: people answer a message of ours or press a button; we answer a message of theirs."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from ventanilla.channels import intake, outbox
from ventanilla.channels.contract import Accepted, Arrived, Choice, Content, Parsed, kinds
from ventanilla.channels.models import Outbound
from ventanilla.enquiries import actions, automatic
from ventanilla.enquiries.models import Enquiry, Message
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.hubs.models import Hub

ANA = {
    "whatsapp": "50688887777",
    "telegram": "7004002001",
    "email": "ana@correo.example",
    "messenger": "801727",
}
QUOTING = ("whatsapp", "telegram", "messenger", "email")


@pytest.fixture
def begin(site):
    return lambda kind="whatsapp": a_channel(Hub.objects.get(ref="cr-hub-upala"), kind=kind)


def comes(channel, text, *, at=None, **more):
    at = at or timezone.now()
    values = {
        "external_id": uuid4().hex,
        "sender": ANA.get(channel.kind, "8017274251683420"),
        "at": at,
    } | more
    intake.receive(channel=channel, parsed=Parsed(messages=(Arrived(text=text, **values),)), at=at)
    intake.file_waiting(at=at)


def page_of(enquiry):
    return f"/console/cases/{enquiry.pk}/"


def taken(message, provider_id):
    """The provider has taken a message of ours."""
    outbox.note_accepted(message.outbound, Accepted(provider_id), at=timezone.now())


def test_the_desk_sees_which_of_our_messages_the_person_answers(cast, begin):
    channel = begin()
    comes(channel, "hola")
    enquiry = Enquiry.objects.get()
    for number, body in enumerate(("Venga a las diez.", "Traiga su pasaporte.")):
        said = actions.reply(enquiry=enquiry, author=cast.user("luis"), body=body, at=timezone.now())
        taken(said, f"wamid.{number}")
    comes(channel, "no tengo", replies_to="wamid.1")
    answer = Message.objects.filter(direction="in").latest("at")
    assert answer.replies_to.body == "Traiga su pasaporte."
    page = cast.luis.get(page_of(enquiry)).content.decode()
    assert re.search(rf'href="#said-{answer.replies_to_id}"[^>]*>Traiga su pasaporte\.</a>', page)
    assert f'id="said-{answer.replies_to_id}"' in page


def test_what_was_sent_in_another_case_is_not_named(cast, begin):
    channel = begin()
    comes(channel, "hola", sender="50570001111")
    other = Enquiry.objects.get()
    taken(
        actions.reply(enquiry=other, author=cast.user("luis"), body="sentinel", at=timezone.now()), "wamid.1"
    )
    comes(channel, "¿qué?", replies_to="wamid.1")
    mine = Enquiry.objects.exclude(pk=other.pk).get()
    assert mine.messages.get().replies_to is None
    assert "sentinel" not in cast.luis.get(page_of(mine)).content.decode()


def test_a_pressed_button_is_kept_and_means_its_own_offer(cast, begin):
    channel, at = begin(), timezone.now()
    comes(channel, "visa")
    automatic.answer_due(now=timezone.now)
    first = Message.objects.get(direction="auto")
    taken(first, "wamid.first")
    later = Content(text="¿Cuál?", language="es", choices=(Choice("1", "Otra cosa"),))
    last = actions.say_automatically(
        enquiry=Enquiry.objects.get(), content=later, at=at, cites=[{"ref": "x", "number": 1, "title": "y"}]
    )
    taken(last, "wamid.last")
    comes(channel, first.cites[1]["title"], choice="2", replies_to="wamid.first")
    pressed = Message.objects.filter(direction="in").latest("at")
    assert (pressed.choice, pressed.replies_to) == ("2", first)
    automatic.answer_due(now=timezone.now)
    told = Message.objects.filter(direction="auto").latest("at")
    assert [cite["ref"] for cite in told.cites] == [first.cites[1]["ref"]]
    page = cast.luis.get(page_of(Enquiry.objects.get())).content.decode()
    assert re.search("pressed a button|pulsó un botón", page)


@pytest.mark.parametrize("kind", QUOTING)
def test_an_answer_to_one_message_names_it_to_the_provider(cast, begin, kind):
    channel = begin(kind)
    more = {"reference": "<before@x.example> <one@x.example>"} if kind == "email" else {}
    comes(channel, "¿dónde es?", external_id="510.77", **more)
    comes(channel, "¿y cuándo?")
    enquiry = Enquiry.objects.get()
    asked = enquiry.messages.earliest("at")
    page = cast.luis.get(page_of(enquiry)).content.decode()
    assert f'<option value="{asked.pk}">' in page
    cast.luis.post(f"{page_of(enquiry)}say/", {"body": "En Upala.", "to": asked.pk})
    [sent] = Outbound.objects.all()
    assert sent.what().replies_to == more.get("reference", "510.77")
    assert Message.objects.get(direction="out").replies_to == asked


def test_what_was_chosen_stays_chosen_when_the_page_comes_back(cast, begin):
    channel = begin()
    comes(channel, "¿dónde es?")
    enquiry = Enquiry.objects.get()
    asked = enquiry.messages.get()
    for more in ({"search": "1", "q": "asilo"}, {"seen": "something-else"}):
        page = cast.luis.post(f"{page_of(enquiry)}say/", {"body": "En Upala.", "to": asked.pk, **more})
        assert f'<option value="{asked.pk}" selected>' in page.content.decode()


def test_a_message_of_another_case_is_not_answered_here(cast, begin):
    channel = begin()
    comes(channel, "hola", sender="50570001111")
    other = Enquiry.objects.get()
    comes(channel, "buenas")
    mine = Enquiry.objects.exclude(pk=other.pk).get()
    for to in (other.messages.get().pk, uuid4()):
        cast.luis.post(f"{page_of(mine)}say/", {"body": "En Upala.", "to": to})
    assert {row.what().replies_to for row in Outbound.objects.all()} == {""}
    assert cast.luis.post(f"{page_of(mine)}say/", {"body": "x", "to": "nonsense"}).status_code == 422


@pytest.mark.parametrize("kind", ["web", "sms_http", "sms_smpp"])
def test_where_no_message_can_be_named_nothing_is_asked(cast, begin, kind):
    assert not kinds[kind].quotes
    writes(begin(kind), "+50688887777", "hola")
    enquiry = Enquiry.objects.get()
    page = cast.luis.get(page_of(enquiry)).content.decode()
    assert 'name="to"' not in page.split('id="composer"')[1].split("</form>")[0]
    cast.luis.post(f"{page_of(enquiry)}say/", {"body": "x", "to": enquiry.messages.get().pk})
    assert Outbound.objects.get().what().replies_to == ""


def test_every_mail_of_ours_hangs_on_the_last_one_of_the_person(cast, begin):
    channel = begin("email")
    comes(channel, "hola", reference="<one@x.example>")
    automatic.answer_due(now=timezone.now)
    comes(channel, "¿y ahora?", reference="<one@x.example> <ours@hub.example> <two@x.example>")
    enquiry = Enquiry.objects.get()
    actions.reply(enquiry=enquiry, author=cast.user("luis"), body="Venga.", at=timezone.now())
    first, second = Outbound.objects.order_by("position")
    assert first.what().replies_to == "<one@x.example>"
    assert second.what().replies_to == "<one@x.example> <ours@hub.example> <two@x.example>"
