"""Not sure: a question among colleagues that tells nothing of the person, and no typed word is lost."""

import pytest

from ventanilla.enquiries.models import Consultation

from .case_rows import a_case

QUESTIONS = "/console/questions/"


@pytest.fixture
def enquiry(cast):
    return a_case()


def page_of(enquiry):
    return f"/console/cases/{enquiry.pk}/"


def test_an_editor_answers_and_the_answer_stands_in_the_case(cast, enquiry):
    question = "¿Sigue vigente el permiso especial?"
    assert cast.luis.post(f"{page_of(enquiry)}ask/", {"question": question}).status_code == 302
    assert question in cast.elena.get(QUESTIONS).content.decode()
    row = Consultation.objects.get()
    cast.elena.post(f"{QUESTIONS}{row.pk}/", {"text": "Sí, hasta diciembre."})
    assert "Sí, hasta diciembre." in cast.luis.get(page_of(enquiry)).content.decode()


@pytest.mark.parametrize("question", ["¿Puede venir con el 8888-7777?", "Escríbale a ana@example.org", "  "])
def test_a_question_that_tells_of_somebody_is_refused_and_stays_in_the_box(cast, enquiry, question):
    answer = cast.luis.post(f"{page_of(enquiry)}ask/", {"question": question})
    assert answer.status_code == 422
    assert f"{question.strip()}</textarea>" in answer.content.decode()
    assert not Consultation.objects.exists()


@pytest.fixture
def asked(cast, enquiry):
    cast.luis.post(f"{page_of(enquiry)}ask/", {"question": "¿Sigue vigente?"})
    return Consultation.objects.get()


def test_an_answer_that_comes_too_late_stays_in_the_box(cast, asked):
    cast.elena.post(f"{QUESTIONS}{asked.pk}/", {"text": "Sí, hasta diciembre."})
    answer = cast.elena.post(f"{QUESTIONS}{asked.pk}/", {"text": "Ya no, desde mayo."})
    assert answer.status_code == 422
    assert "Sí, hasta diciembre." in answer.content.decode()
    assert "Ya no, desde mayo.</textarea>" in answer.content.decode()


def test_an_answer_that_tells_of_somebody_stays_in_the_box(cast, asked):
    row = asked
    answer = cast.elena.post(f"{QUESTIONS}{row.pk}/", {"text": "Llame a Rosa, 8888-7777"})
    assert answer.status_code == 422
    assert "Llame a Rosa, 8888-7777</textarea>" in answer.content.decode()
    row.refresh_from_db()
    assert row.answered_at is None


def test_a_note_for_a_hand_over_that_is_refused_stays_in_the_box(cast, enquiry):
    answer = cast.luis.post(
        f"{page_of(enquiry)}hand-over/", {"to": cast.user("vera").pk, "note": "Falta el recibo."}
    )
    assert answer.status_code == 422
    assert "Falta el recibo.</textarea>" in answer.content.decode()
