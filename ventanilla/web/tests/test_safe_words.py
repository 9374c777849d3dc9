"""A word for "I am not alone": said alone it closes the chat, silences the hub and locks the code."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ventanilla.accounts.testing import sign_in
from ventanilla.channels.models import Outbound
from ventanilla.enquiries import actions, merging, promises, safe_words
from ventanilla.enquiries.models import Callback, Enquiry, Message, Person
from ventanilla.enquiries.tests.factories import a_channel, a_user, an_enquiry, writes
from ventanilla.hubs.models import Hub

from .test_chat import PLACE, code_on

WORD = "Guayaba"


@pytest.fixture
def line(site):
    return a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="web")


@pytest.fixture
def code(line):
    page = Client().post(PLACE, {"say": "hola"})
    return code_on(page)


@pytest.fixture
def agreed(code):
    page = post(code=code, safe_word=WORD)
    assert "Su palabra está guardada" in page.content.decode()
    return code


def at_desk(user):
    client = Client()
    sign_in(client, user)
    return client


def post(**form):
    return Client().post(PLACE, form)


@pytest.mark.parametrize("said", ["Guayaba", "  guayaba ", "GUAYABA.", "guayabá"])
def test_the_word_alone_closes_the_page_and_the_code_opens_nothing_more(agreed, said):
    page = post(code=agreed, say=said)
    assert page.status_code == 303
    assert page["Location"] == "/es/cr/"
    assert post(code=agreed).status_code == 404
    assert post(code=agreed, say="hola").status_code == 404
    assert Client().post("/es/cr/chat/follow/", {"code": agreed}).status_code == 404
    assert Client().post("/es/own-data/", {"code": agreed}).status_code == 404


def test_code_and_word_together_open_it_again(agreed):
    post(code=agreed, say=WORD)
    assert post(code=agreed, word="papaya").status_code == 404
    page = post(code=agreed, word="guayaba")
    assert page.status_code == 200
    assert "hola" in page.content.decode()
    assert post(code=agreed).status_code == 200


def test_the_word_is_shown_nowhere_and_within_other_words_it_is_a_word(agreed):
    assert WORD not in post(code=agreed).content.decode()
    assert post(code=agreed, say="Vendo guayaba en el mercado").status_code == 200


def test_nobody_writes_to_who_is_not_alone(line, agreed):
    enquiry, luis = Enquiry.objects.get(), a_user(hub=line.hub)
    actions.reply(enquiry=enquiry, author=luis, body="Venga el lunes.", at=timezone.now())
    before = Message.objects.filter(direction="auto").count()
    post(code=agreed, say=WORD)
    enquiry = Enquiry.objects.get()
    assert enquiry.danger == Enquiry.Danger.POSSIBLE
    assert Message.objects.filter(direction="auto").count() == before
    assert Outbound.objects.get(message__direction="out").state == Outbound.State.CANCELLED
    with pytest.raises(actions.NotAlone):
        actions.reply(enquiry=enquiry, author=luis, body="¿Está bien?", at=timezone.now())


@pytest.mark.parametrize("word", ["abc", "1234", "persona", "Start", "sí 24", "x" * 41, "en parte"])
def test_a_word_that_would_be_misunderstood_is_refused(code, word):
    page = post(code=code, safe_word=word)
    assert page.status_code == 422
    assert Person.objects.get().safe_word is None


def test_an_empty_word_takes_it_away_and_a_new_conversation_has_none(agreed):
    assert "queda olvidada" in post(code=agreed, safe_word="").content.decode()
    assert post(code=agreed, say=WORD).status_code == 200
    assert post(say="hola", safe_word=WORD).status_code == 200


def test_it_holds_on_every_channel_and_for_those_joined_by_hand(line, agreed):
    phone = a_channel(line.hub)
    writes(phone, "50688881111", "hola")
    other = Enquiry.objects.get(channel=phone)
    luis, at = a_user(hub=line.hub), timezone.now()
    merging.join(enquiry=Enquiry.objects.get(channel=line), into=other, by=luis, at=at)
    writes(phone, "50688881111", "guayaba", at=at + timedelta(seconds=1))
    other.refresh_from_db()
    assert other.unsafe_since
    with pytest.raises(actions.NotAlone):
        actions.reply(enquiry=other, author=luis, body="¿Está bien?", at=timezone.now())


def test_joining_and_parting_by_hand_forget_nobody_who_is_not_alone(line, agreed):
    phone = a_channel(line.hub)
    writes(phone, "50688881111", "hola")
    chat, other = Enquiry.objects.get(channel=line), Enquiry.objects.get(channel=phone)
    post(code=agreed, say=WORD)
    luis, at = a_user(hub=line.hub), timezone.now()
    merging.join(enquiry=Enquiry.objects.get(pk=chat.pk), into=other, by=luis, at=at)
    assert Enquiry.objects.get(pk=other.pk).unsafe_since
    merging.part(enquiry=Enquiry.objects.get(pk=chat.pk), by=luis, at=at)
    assert Enquiry.objects.get(pk=chat.pk).unsafe_since


def test_who_was_promised_a_call_is_not_called_while_not_alone(line, agreed):
    luis, at = a_user(hub=line.hub), timezone.now()
    promises.promise_callback(
        enquiry=Enquiry.objects.get(), number="88881111", due_from=at, due_until=at + timedelta(hours=1),
        by=luis, at=at,
    )  # fmt: skip
    post(code=agreed, say=WORD)
    desk, row = at_desk(luis), Callback.objects.get()
    assert "No está a solas" in desk.get("/console/cases/callbacks/").content.decode()
    assert "No llame antes de saber" in desk.get(f"/console/cases/callbacks/{row.pk}/").content.decode()


def test_the_desk_sees_it_and_makes_sure(line, agreed):
    post(code=agreed, say=WORD)
    luis, enquiry = a_user(hub=line.hub), Enquiry.objects.get()
    desk, page = at_desk(luis), f"/console/cases/{enquiry.pk}/"
    assert "No está a solas" in desk.get("/console/cases/").content.decode()
    assert "la persona no está a solas" in desk.get(page).content.decode()
    refused = desk.post(f"{page}say/", {"body": "¿Sigue ahí?"})
    assert refused.status_code == 422
    assert "¿Sigue ahí?</textarea>" in refused.content.decode()
    desk.post(f"{page}safe-again/")
    assert "la persona no está a solas" not in desk.get(page).content.decode()
    assert desk.post(f"{page}say/", {"body": "¿Sigue ahí?"}).status_code == 302


def test_staff_agree_on_a_word_at_the_counter_and_note_it_on_the_telephone(site):
    hub = Hub.objects.get(ref="cr-hub-upala")
    enquiry = an_enquiry(hub, kind="phone")
    desk, page = at_desk(a_user(hub=hub)), f"/console/cases/{enquiry.pk}/"
    refused = desk.post(f"{page}safe-word/", {"word": "1234"})
    assert refused.status_code == 422
    assert 'value="1234"' in refused.content.decode()
    desk.post(f"{page}safe-word/", {"word": WORD})
    assert f'value="{WORD}"' in desk.get(page).content.decode()
    desk.post(f"{page}safe-word/", {"said": "1"})
    enquiry.refresh_from_db()
    assert enquiry.unsafe_since


def test_trying_words_is_slow(line, agreed, settings):
    post(code=agreed, say=WORD)
    settings.SITE_RATE = 600
    answers = [post(code=agreed, word=f"palabra {number}").status_code for number in range(12)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_nothing_is_agreed_with_who_was_deleted(site):
    with pytest.raises(safe_words.NobodyThere):
        safe_words.agree(person=None, word=WORD, at=timezone.now())
