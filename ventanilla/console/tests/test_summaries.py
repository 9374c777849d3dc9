"""The page to take away: what was told with its source, what was agreed, no name of staff, nothing kept."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries import actions, composing, promises, summaries
from ventanilla.enquiries.models import Appointment, Enquiry, Message
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.enquiries.tests.referral_rows import handed_over
from ventanilla.hubs.models import Country, Hub
from ventanilla.privacy.models import AccessEntry
from ventanilla.verification.models import Fact

from .case_rows import SECRET, WORDS, a_case, a_full_case

NUMBER = "sentinel 8888 7777"


@pytest.fixture
def enquiry(cast):
    return told(cast, a_full_case(cast))


def told(cast, enquiry, ref="cr-asylum"):
    """The case after an adviser has quoted a page in it."""
    at = timezone.now()
    cites = composing.cites_of(enquiry, [ref], at=at)
    actions.reply(enquiry=enquiry, author=cast.user("luis"), body="sentinel respuesta", at=at, cites=cites)
    return enquiry


def address(enquiry):
    return f"/console/cases/{enquiry.pk}/summary/"


def given(client, enquiry, how, **said):
    """What the person gets, with all that is in by itself unless it is said otherwise."""
    at = timezone.now()
    refs = [one.ref for one in summaries.told_in(enquiry, at=at)]
    steps = [one.name for one in summaries.steps_of(enquiry, at=at)]
    answer = client.post(address(enquiry), {"told": refs, "steps": steps, "give": how, **said})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_page_has_answers_with_their_source_the_hub_and_the_help_lines(cast, enquiry):
    page = given(cast.luis, enquiry, "sheet", asked="Cómo pedir refugio")
    assert '<html lang="es">' in page
    for words in ("Pedir refugio en Costa Rica", "/es/cr/cr-asylum/", "Cómo pedir refugio", "Upala", "911"):
        assert words in page
    assert re.search(r"Fuente: |Tomado de ", page)
    assert enquiry.code in page
    assert "<script" not in page


def test_nobody_is_named_and_nothing_that_was_said_stands_on_it(cast, enquiry):
    for how in ("sheet", "text"):
        page = given(cast.luis, enquiry, how)
        assert "Luis" not in page
        assert "sentinel" not in page
        assert WORDS not in page
        assert SECRET not in page


def test_the_persons_name_stands_on_it_only_where_it_is_ticked(cast, enquiry):
    assert "sentinel Ana" in given(cast.luis, enquiry, "text", with_name="on")
    assert "with_name" not in cast.luis.get(address(a_case())).content.decode()


def test_what_was_agreed_stands_on_it_without_a_number_or_a_service(cast, enquiry):
    at, luis = timezone.now(), cast.user("luis")
    promises.promise_callback(
        enquiry=enquiry, number=NUMBER, due_from=at + timedelta(hours=1), due_until=at + timedelta(hours=2),
        by=luis, at=at,
    )  # fmt: skip
    Appointment.objects.create(
        code="UPA-CTEST1", hub=enquiry.hub, enquiry=enquiry, booked_by=luis, booked_at=at, desk=1,
        starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=1, minutes=30),
    )  # fmt: skip
    text = given(cast.luis, enquiry, "text", more="Traer la cédula\n")
    assert "Le llamamos el " in text
    assert "UPA-CTEST1" in text
    assert "– Traer la cédula" in text
    assert NUMBER not in text
    assert "Le llamamos el " not in given(cast.luis, enquiry, "text", steps=[])


def test_a_referral_is_a_step_and_its_receiver_is_not_told(cast):
    referral = handed_over(a_case(), cast.user("luis"), leader=cast.user("carmen"))[0]
    text = given(cast.luis, referral.enquiry, "text")
    assert "Otro servicio" in text
    assert referral.receiver.name not in text


def test_what_is_hidden_meanwhile_is_not_given(cast, enquiry):
    Fact.objects.filter(ref="cr-asylum").update(hidden_on=timezone.now().date())
    assert "Pedir refugio" not in given(cast.luis, enquiry, "text")


def test_what_was_only_offered_by_number_was_not_told(cast):
    enquiry = a_case()
    cites = [
        dict(cite) | {"number": 1} for cite in composing.cites_of(enquiry, ["cr-asylum"], at=timezone.now())
    ]
    actions.reply(enquiry=enquiry, author=cast.user("luis"), body="x", at=timezone.now(), cites=cites)
    assert summaries.told_in(enquiry, at=timezone.now()) == []


def test_as_an_answer_it_quotes_and_stands_below_what_was_begun(cast, enquiry):
    page = given(cast.luis, enquiry, "answer", body="Buenos días.", seen="x")
    body = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)[1]
    assert body.startswith("Buenos días.\n\nLo que hablamos")
    assert re.search(r'name="cites" value="cr-asylum"', page)


def test_by_sms_it_is_cut_and_the_pages_and_help_lines_stay(cast):
    writes(a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="sms_http"), "50688887777", "hola")
    Enquiry.objects.update(language="es")
    enquiry = told(cast, Enquiry.objects.get())
    page = given(cast.luis, enquiry, "answer", asked="Una pregunta larga. " * 40)
    body = re.search(r'<textarea name="body"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)[1]
    assert len(body) <= 600
    assert "/es/cr/cr-asylum/" in body
    assert "911" in body


def test_it_is_in_the_language_of_the_person(cast, enquiry):
    Enquiry.objects.filter(pk=enquiry.pk).update(language="fr")
    page = given(cast.luis, Enquiry.objects.get(pk=enquiry.pk), "sheet")
    assert '<html lang="fr">' in page
    assert "Ce dont nous avons parlé" in page


def test_nothing_is_kept_and_looking_is_logged(cast, enquiry):
    before = Message.objects.count()
    answer = cast.luis.post(address(enquiry), {"look": "1", "asked": "sentinel pregunta"})
    assert "sentinel pregunta" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Message.objects.count() == before
    assert AccessEntry.objects.filter(action="read", ref=str(enquiry.pk), by=cast.user("luis")).exists()


def test_a_country_without_help_lines_has_no_such_part(cast, enquiry):
    Country.objects.filter(code="cr").update(emergency=[])
    enquiry = Enquiry.objects.get(pk=enquiry.pk)
    assert "911" not in given(cast.luis, enquiry, "text")


def test_it_is_there_after_closing_and_not_for_others(cast, enquiry):
    actions.close(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    assert "Pedir refugio" in given(cast.luis, enquiry, "sheet")
    for name in ("vera", "daniel", "oscar", "fabiola", "bruno"):
        assert getattr(cast, name).post(address(enquiry), {"look": "1"}).status_code == 404
