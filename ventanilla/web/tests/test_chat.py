"""Web chat without script, name or cookie: ask, get a passage, ask for a person, come back by code."""

import re
import time
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from ventanilla.channels import intake
from ventanilla.channels.models import Channel, Inbound, Outbound
from ventanilla.enquiries import actions, chatting, helped
from ventanilla.enquiries.models import Attachment, DeskSetting, Enquiry, HelpQuestion, Message, Person
from ventanilla.enquiries.tests.factories import a_channel, a_user
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files

PLACE = "/es/cr/chat/"


@pytest.fixture
def line(site):
    return a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="web")


def say(text, code="", place=PLACE):
    return Client().post(place, {"say": text, **({"code": code} if code else {})})


def code_on(page):
    return re.search(r'name="code" value="(\d{16})"', page.content.decode())[1]


def test_a_question_is_answered_on_the_same_page_with_its_source(line):
    page = say("q nesesito pa pedir refujio")
    text = page.content.decode()
    assert page.status_code == 200
    assert "q nesesito pa pedir refujio" in text
    assert "automática" in text
    assert "/es/cr/cr-asylum" in text
    assert "Envíe 0" in text
    [automatic] = Message.objects.filter(direction="auto")
    assert automatic.cites[0]["ref"].startswith("cr-asylum")


def test_nothing_is_left_in_the_browser_or_the_address(line):
    page = say("hola")
    assert not page.cookies
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert code_on(page) not in page.request["PATH_INFO"]


def test_the_database_does_not_hold_the_code(line):
    code = code_on(say("hola"))
    person = Person.objects.get()
    assert person.return_code
    assert code not in person.return_code
    assert person.identities.get().address == person.return_code


def test_the_person_comes_back_from_another_phone_and_reads_the_answer(line):
    code = code_on(say("hola"))
    enquiry, luis = Enquiry.objects.get(), a_user(hub=line.hub)
    actions.reply(enquiry=enquiry, author=luis, body="Venga a las diez.", at=timezone.now())
    from ventanilla.channels.outbox import deliver_waiting

    deliver_waiting(now=timezone.now)
    page = say("", f"{code[:4]} {code[4:8]}-{code[8:12]} {code[12:]}")
    text = page.content.decode()
    assert "Venga a las diez." in text
    assert luis.email not in text
    assert Outbound.objects.get(message__direction="out").state == Outbound.State.READ


def test_zero_brings_a_person_and_the_house_is_silent_from_then_on(line):
    code = code_on(say("q nesesito pa pedir refujio"))
    text = say("0", code).content.decode()
    assert "Una persona" in text
    before = Message.objects.filter(direction="auto").count()
    say("¿y cuánto cuesta?", code)
    assert Message.objects.filter(direction="auto").count() == before
    assert Enquiry.objects.get().state in ("new", "waiting")


@pytest.mark.parametrize(
    "words", ["persona", "quiero hablar con una persona", "I want to talk to someone", "moun"]
)
def test_other_words_for_a_person_work_too(line, words):
    say(words)
    assert not Enquiry.objects.get().answers_automatically


def test_the_greeting_comes_once(line):
    code = code_on(say("q nesesito pa pedir refujio"))
    say("permiso de trabajo", code)
    said = [row.body for row in Message.objects.filter(direction="auto").order_by("at")]
    assert [("respuesta automática" in text or "automática" in text) for text in said] == [True, False]


def test_a_number_opens_what_was_offered(line):
    code = code_on(say("trabajo"))
    offer = Message.objects.filter(direction="auto").first()
    numbered = [cite for cite in offer.cites if "number" in cite]
    if not numbered:
        pytest.skip("this question has a direct answer")
    say("2", code)
    answer = Message.objects.filter(direction="auto").order_by("-at").first()
    assert answer.cites[0]["ref"] == numbered[1]["ref"]


def test_what_nobody_checked_is_not_answered_but_brings_a_person(line):
    say("xyzzy plugh qwertz")
    [automatic] = Message.objects.filter(direction="auto")
    assert automatic.cites == []
    assert "Una persona" in automatic.body


@pytest.mark.parametrize(
    "code", ["1234", "0000 0000 0000 0000", "x" * 300, "１２３４５６７８９０１２３４５６"]
)
def test_a_wrong_code_opens_nothing_and_keeps_what_was_typed(line, code):
    page = Client().post(PLACE, {"say": "sentinel", "code": code})
    assert page.status_code == 404
    assert "sentinel" in page.content.decode()
    assert not Inbound.objects.exists()


def test_an_empty_form_says_so(line):
    assert say("   ").status_code == 422


def test_words_are_shown_as_words(line):
    text = say("<script>alert(1)</script> ‮ \x00 https://evil.example").content.decode()
    assert "<script>alert" not in text


def test_the_house_is_silent_when_the_line_says_so(line):
    Channel.objects.update(answers_automatically=False)
    say("q nesesito pa pedir refujio")
    assert not Message.objects.filter(direction="auto").exists()


def test_a_country_without_chat_names_other_ways(site):
    page = Client().get(PLACE)
    assert page.status_code == 200
    assert "/es/cr/hubs/" in page.content.decode()
    assert Client().get("/es/bz/chat/").status_code == 200


def test_who_has_no_code_follows_nothing(client, line):
    assert client.post("/es/cr/chat/follow/", {"code": "1234 5678 9012 3456"}).status_code == 404
    assert client.post("/es/cr/chat/follow/", {}).status_code == 404
    assert client.get("/es/cr/chat/follow/").status_code == 405


def sent_a_file(line, code):
    accepted = files.accept(BytesIO(b"sentinel del archivo"), name="carta.txt")
    enquiry = Enquiry.objects.get(person__in=Person.objects.returning(code))
    actions.reply(
        enquiry=enquiry, author=a_user(hub=line.hub), body="Aquí está.", at=timezone.now(), file=accepted
    )
    return Attachment.objects.get()


def test_a_file_of_the_hub_is_saved_with_the_code_alone(line):
    code = code_on(say("hola"))
    row = sent_a_file(line, code)
    page = say("", code).content.decode()
    assert "Aquí está." in page
    assert f'name="file" value="{row.pk}"' in page
    file = Client().post(PLACE, {"code": code, "file": row.pk})
    assert file.content == b"sentinel del archivo"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert "no-store" in file.headers["Cache-Control"]
    assert not file.cookies


def test_nobody_saves_a_file_with_another_code_or_one_of_another_kind(line):
    code, other = code_on(say("hola")), code_on(say("buenas"))
    row = sent_a_file(line, code)
    noted = files.accept(BytesIO(b"sentinel traido a la ventanilla"), name="x.txt")
    enquiry = Enquiry.objects.get(person__in=Person.objects.returning(code))
    brought = actions.attach(enquiry=enquiry, accepted=noted, at=timezone.now(), by=a_user(hub=line.hub))
    for key, number in ((other, row.pk), ("", row.pk), ("1" * 16, row.pk), (code, brought.pk), (code, "x")):
        answer = Client().post(PLACE, {"code": key, "file": number})
        assert answer.status_code == 404
        assert b"sentinel" not in answer.content


def test_whether_it_helped_is_asked_with_buttons_and_answered_without_script(line):
    code = code_on(say("hola"))
    DeskSetting.objects.create(hub=line.hub, asks_if_helped=True)
    enquiry, luis = Enquiry.objects.get(), a_user(hub=line.hub)
    actions.close(enquiry=enquiry, by=luis, at=timezone.now())
    helped.ask(enquiry, at=timezone.now())
    text = say("", code).content.decode()
    assert "¿Le ayudó esto?" in text
    assert '<button name="say" value="2">2. En parte</button>' in text
    text = say("2", code).content.decode()
    assert '<button name="say" value="2">' not in text
    enquiry.refresh_from_db()
    assert (enquiry.state, HelpQuestion.objects.get().answer) == ("closed", "partly")
    say("Todavía tengo una pregunta", code)
    enquiry.refresh_from_db()
    assert enquiry.state == "waiting"


def mark_on(page):
    return re.search(r'name="mark" value="([^"]+)"', page.content.decode())[1]


def send(form):
    return Client().post(PLACE, form)


def test_the_first_form_sent_twice_begins_one_conversation_and_gives_its_code_again(line):
    form = {"mark": mark_on(Client().get(PLACE)), "say": "q nesesito pa pedir refujio"}
    first, again = send(form), send(form)
    assert code_on(first) == code_on(again)
    assert Message.objects.filter(direction="in").count() == 1
    assert Message.objects.filter(direction="auto").count() == 1


def test_a_page_loaded_anew_repeats_nothing(line):
    page = say("hola")
    form = {"mark": mark_on(page), "code": code_on(page), "say": "¿Me escuchan?"}
    send(form)
    assert send(form).content.decode().count("¿Me escuchan?") == 1
    send({**form, "say": "¿Hola?"})
    assert [row.body for row in Message.objects.filter(direction="in").order_by("at")] == [
        "hola", "¿Me escuchan?", "¿Hola?",
    ]  # fmt: skip


def test_the_same_words_in_two_forms_are_two_people(line):
    forms = [{"mark": mark_on(Client().get(PLACE)), "say": "hola"} for _number in range(2)]
    assert len({code_on(send(form)) for form in forms}) == 2
    assert Person.objects.count() == 2


@pytest.mark.parametrize("mark", ["", "made up", "a:b:c", "x" * 5_000, "\x00", "ñ:é:í"])
def test_a_mark_that_is_none_of_ours_counts_for_nothing(line, mark):
    codes = {code_on(send({"mark": mark, "say": "hola"})) for _number in range(2)}
    assert len(codes) == 2


def test_a_form_left_on_a_borrowed_telephone_opens_nothing_later(line, monkeypatch):
    form = {"mark": mark_on(Client().get(PLACE)), "say": "hola"}
    first, later = code_on(send(form)), time.time() + 16 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    page = send(form)
    assert code_on(page) != first
    assert "hola" in page.content.decode()


def photo(name="IMG_sentinel.jpg"):
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG", comment=b"sentinel de la foto")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def test_a_person_sends_a_photo_with_or_without_words(line):
    page = send({"mark": mark_on(Client().get(PLACE)), "say": "Este es mi permiso", "attached": photo()})
    assert page.status_code == 200
    assert "Envió un archivo" in page.content.decode()
    send({"mark": mark_on(page), "code": code_on(page), "say": "", "attached": photo()})
    rows = Attachment.objects.order_by("at")
    assert [row.message.body for row in rows] == ["Este es mi permiso", ""]
    assert {row.enquiry_id for row in rows} == {Enquiry.objects.get().pk}
    kept = files.read(SealedFile.objects.get(pk=rows[0].file), at=timezone.now())
    assert kept.startswith(b"\xff\xd8")
    assert b"sentinel" not in kept


def test_a_photo_sent_twice_is_kept_once(line):
    mark = mark_on(Client().get(PLACE))
    pages = [send({"mark": mark, "say": "hola", "attached": photo()}) for _number in range(2)]
    assert len({code_on(page) for page in pages}) == 1
    assert Attachment.objects.count() == SealedFile.objects.count() == 1
    assert "otra vez" not in pages[1].content.decode()


def test_a_file_that_is_not_taken_keeps_the_words_and_says_why(line):
    program = SimpleUploadedFile("foto.jpg", b"MZ\x90\x00" + bytes(500))
    form = {"mark": mark_on(Client().get(PLACE)), "say": "sentinel de lo escrito", "attached": program}
    page = send(form)
    text = page.content.decode()
    assert page.status_code == 422
    assert "No se aceptan archivos de este tipo" in text
    assert "sentinel de lo escrito</textarea>" in text
    assert "Elija otra vez el archivo" in text
    assert not Inbound.objects.exists()
    assert not Person.objects.exists()


def test_a_refused_file_in_a_conversation_leaves_the_conversation_in_sight(line):
    page = say("hola")
    empty = SimpleUploadedFile("foto.jpg", b"")
    again = send({"code": code_on(page), "mark": mark_on(page), "say": "mire", "attached": empty})
    text = again.content.decode()
    assert again.status_code == 422
    assert "Este archivo está vacío" in text
    assert "mire</textarea>" in text
    assert 'class="mine"' in text


def test_nobody_fills_the_disk_of_a_hub(line, monkeypatch):
    monkeypatch.setattr(chatting, "MOST_FILES", 1)
    page = send({"say": "uno", "attached": photo()})
    page = send({"say": "dos", "code": code_on(page), "mark": mark_on(page), "attached": photo()})
    assert page.status_code == 422
    assert "muchos archivos hoy" in page.content.decode()
    assert Attachment.objects.count() == 1
    assert Message.objects.filter(direction="in").count() == 1


def test_a_message_with_a_file_that_cannot_be_filed_is_not_half_kept(line, monkeypatch):
    def fails(*_args):
        raise ValueError

    monkeypatch.setitem(intake.filers, "enquiries", fails)
    page = send({"mark": mark_on(Client().get(PLACE)), "say": "mire esto", "attached": photo()})
    assert page.status_code == 422
    assert "mire esto</textarea>" in page.content.decode()
    assert not Inbound.objects.exists()
    assert not SealedFile.objects.exists()
