"""The counter by keyboard: one form after the other, undo, sheets of paper typed in later."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries.facts import questions
from ventanilla.enquiries.models import Coding, Enquiry, Message, Person
from ventanilla.hubs.models import Hub

WORDS = "sentinel ¿dónde pido refugio?"
NEW, TYPING = "/console/cases/new/", "/console/cases/paper/typing/"


@pytest.fixture
def upala(site):
    return Hub.objects.get(ref="cr-hub-upala")


def form(hub="cr-hub-upala", **more):
    return {"body": WORDS, "channel_kind": "counter", "language": "es", "hub": hub} | more


def text_of(answer):
    return answer.content.decode()


def test_an_enquiry_is_open_after_one_form_and_the_next_form_is_empty(cast, upala):
    answer = cast.luis.post(NEW, form(), follow=True)
    enquiry = Enquiry.objects.get()
    assert answer.request["PATH_INFO"] == NEW
    assert enquiry.code in text_of(answer)
    assert WORDS not in text_of(answer)
    assert (enquiry.assigned_to, enquiry.person.name, enquiry.is_open) == (cast.user("luis"), "", True)
    assert Message.objects.get().body == WORDS


def test_with_an_answer_it_is_closed_at_once(cast, upala):
    page = text_of(cast.luis.post(NEW, form(answer="En la oficina."), follow=True))
    assert not Enquiry.objects.get().is_open
    assert "Answered at the counter" in page or "Contestada en la ventanilla" in page


def test_topics_by_key_and_by_number_and_facts_are_kept(cast, upala):
    cast.luis.post(NEW, form(quick=["work"], topics="1.1 2", sex="f", age_band="unsaid"))
    assert set(Coding.objects.values_list("topic", flat=True)) == {"asylum", "work"}
    assert Person.objects.get().facts == {"sex": "f", "age_band": "unsaid"}


def test_nothing_but_the_words_has_to_be_told(cast, upala):
    cast.luis.post(NEW, form())
    assert (Person.objects.get().facts, Coding.objects.count()) == ({}, 0)
    page = text_of(cast.luis.get(NEW))
    required = set(re.findall(r'name="(\w+)"[^>]* required', page))
    assert required == {"body"}
    assert all(f'name="{code}"' in page for code in questions())


@pytest.mark.parametrize(
    "wrong", [{"channel_kind": ""}, {"hub": "cr-hub-limon"}, {"topics": "77"}, {"sex": "z"}, {"body": " "}]
)
def test_what_was_typed_stays_when_something_is_wrong(cast, upala, wrong):
    sent = form(answer="sentinel-respuesta") | wrong
    answer = cast.luis.post(NEW, sent)
    assert answer.status_code == 422
    assert "sentinel-respuesta" in text_of(answer)
    assert not Enquiry.objects.exists()


def test_nobody_takes_down_for_another_hub(cast, upala):
    assert cast.vera.post(NEW, form()).status_code == 422
    assert not Enquiry.objects.exists()


def test_where_it_was_is_remembered_for_the_next(cast, upala):
    page = text_of(cast.luis.post(NEW, form(channel_kind="phone"), follow=True))
    assert re.search(r'<option value="phone" selected', page)


def test_undoing_gives_the_words_back_into_the_form(cast, upala):
    cast.luis.post(NEW, form(topics="1.1", sex="m"))
    pk = Enquiry.objects.get().pk
    page = text_of(cast.luis.post(f"{NEW}{pk}/undo/"))
    assert WORDS in page
    assert 'value="1.1"' in page
    assert re.search(r'<option value="m" selected', page)
    assert not Enquiry.objects.exists()
    assert cast.luis.post(f"{NEW}{pk}/undo/").status_code == 404


def test_nobody_undoes_what_a_colleague_took_down(cast, upala):
    cast.luis.post(NEW, form())
    pk = Enquiry.objects.get().pk
    cast.carmen.post(f"{NEW}{pk}/undo/")
    assert cast.vera.post(f"{NEW}{pk}/undo/").status_code == 404
    assert Enquiry.objects.exists()


def test_keys_are_given_once(cast, upala):
    keys = re.findall(r'accesskey="(.)"', text_of(cast.luis.post(NEW, form(), follow=True)))
    assert len(keys) == len(set(keys)) > 10


# Paper


def on_sheet(moment, **more):
    local = moment - timedelta(hours=6)
    return form(day=f"{local:%Y-%m-%d}", hour=f"{local:%H:%M}", **more)


def test_a_sheet_is_typed_in_with_its_day_and_the_next_begins_with_it(cast, upala):
    took_place = (timezone.now() - timedelta(days=2)).replace(second=0, microsecond=0)
    sheet = on_sheet(took_place)
    page = text_of(cast.luis.post(TYPING, sheet, follow=True))
    assert Enquiry.objects.get().opened_at == took_place
    assert f'value="{sheet["day"]}"' in page
    assert WORDS not in page


def test_a_sheet_of_tomorrow_is_refused_and_stays_in_the_form(cast, upala):
    answer = cast.luis.post(TYPING, on_sheet(timezone.now() + timedelta(days=1)))
    assert answer.status_code == 422
    assert WORDS in text_of(answer)
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("language", ["es", "en", "fr", "ht"])
def test_the_sheet_is_there_in_every_public_language(cast, upala, language):
    page = cast.luis.get(f"/console/cases/paper/{language}/?hub=cr-hub-upala")
    assert f'<html lang="{language}">' in text_of(page)
    assert upala.name(language) in text_of(page)
    file = cast.luis.get(f"/console/cases/paper/{language}/pdf/")
    assert file.content.startswith(b"%PDF-")
    assert file["Content-Disposition"] == f'attachment; filename="enquiry-{language}.pdf"'
    assert cast.luis.get("/console/cases/paper/de/").status_code == 404


def test_the_sheet_asks_what_the_screen_asks(cast, upala):
    page = text_of(cast.luis.get("/console/cases/paper/es/"))
    for question in questions().values():
        assert question.name("es") in page
        for number, _code, label in question.numbered("es"):
            assert f"<b>{number}</b> {label}" in page


@pytest.mark.parametrize("path", ["new/", "paper/", "paper/typing/", "paper/es/", "paper/es/pdf/"])
def test_the_counter_is_for_who_attends_to_people(cast, upala, path):
    assert cast.luis.get(f"/console/cases/{path}").status_code == 200
    assert cast.oscar.get(f"/console/cases/{path}").status_code == 404
    assert cast.nadie.get(f"/console/cases/{path}").status_code == 302
