"""One's own data by the return code: seen, taken along, corrected, left alone, erased."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry, Message, Person
from ventanilla.enquiries.tests.factories import a_channel, a_user
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import DestructionCertificate, PersonRequest

PLACE = "/es/my-data/"
SAID = "sentinel me quitaron el pasaporte"


@pytest.fixture
def code(site):
    """Somebody who talked on the web chat."""
    a_channel(Hub.objects.get(ref="cr-hub-upala"), kind="web")
    page = Client().post("/es/cr/chat/", {"say": SAID})
    return re.search(r'name="code" value="(\d{16})"', page.content.decode())[1]


def do(code, deed="see", **more):
    return Client().post(PLACE, {"code": code, "deed": deed, **more})


def test_what_is_held_is_told_with_a_receipt(code):
    page = do(code)
    assert page.status_code == 200
    assert Enquiry.objects.get().code in page.content.decode()
    assert PersonRequest.objects.get().kind == PersonRequest.Kind.READ
    assert not page.cookies
    assert page["Cache-Control"] == "no-store"


def test_everything_can_be_taken_along_to_read_and_for_programs(code):
    page = do(code, "page")
    assert SAID in page.content.decode()
    assert "attachment" in page["Content-Disposition"]
    assert code not in page["Content-Disposition"]
    file = json.loads(do(code, "file").content)
    assert SAID in json.dumps(file, ensure_ascii=False)
    assert file["language"] == "es"


def test_a_name_is_corrected_at_once(code):
    page = do(code, "correct", name="Yolanda", safe_contact="solo de día")
    assert page.status_code == 200
    person = Person.objects.get()
    assert (person.name, person.safe_contact) == ("Yolanda", "solo de día")


def test_what_only_a_person_can_correct_gets_a_clock(code):
    do(code, "ask", wish="No dije Limón, dije Liberia.")
    row = PersonRequest.objects.get()
    assert row.wish == "No dije Limón, dije Liberia."
    assert row.due_at > timezone.now()
    receipt = Client().post(PLACE, {"receipt": row.code}).content.decode()
    assert row.code in receipt
    assert "Liberia" not in receipt


def test_data_are_left_alone_until_the_person_says_otherwise(code):
    luis = a_user(hub=Hub.objects.get(ref="cr-hub-upala"))
    assert Enquiry.objects.visible_to(luis).exists()
    do(code, "restrict")
    assert not Enquiry.objects.visible_to(luis).exists()
    do(code, "release")
    assert Enquiry.objects.visible_to(luis).exists()


def test_erasing_is_final_and_leaves_a_certificate(code, commits):
    page = do(code, "erase", sure="yes")
    assert page.status_code == 200
    assert all(message.is_erased for message in Message.objects.all())
    assert DestructionCertificate.objects.exclude(done_at=None).exists()
    assert do(code).status_code == 404
    assert Enquiry.objects.get().words_erased_at is not None


def test_nothing_is_erased_without_the_tick(code):
    assert do(code, "erase").status_code == 422
    assert Message.objects.get(direction="in").body == SAID


def test_what_is_held_for_a_legal_matter_is_refused_with_its_remedy(code):
    from ventanilla.privacy.holds import place_hold
    from ventanilla.privacy.models import Hold

    enquiry, now = Enquiry.objects.get(), timezone.now()
    place_hold(
        ref=enquiry.pk, person=enquiry.person_id, label=enquiry.code, country="cr", hub="cr-hub-upala",
        basis=Hold.Basis.choices[0][0], reason="Proceso judicial abierto.", at=now,
        by=a_user(hub=enquiry.hub),
        until=now.date().replace(year=now.year + 1), review_on=now.date().replace(year=now.year + 1),
    )  # fmt: skip
    page = do(code, "erase", sure="yes").content.decode()
    assert "quejarse" in page
    assert Message.objects.get(direction="in").body == SAID


@pytest.mark.parametrize("wrong", ["", "1", "0" * 16, "x" * 500, "' OR 1=1"])
def test_a_wrong_code_opens_nothing(code, wrong):
    page = do(wrong)
    assert page.status_code == 404
    assert not PersonRequest.objects.exists()
    assert Client().post(PLACE, {"receipt": wrong or "x"}).status_code == 404


def test_the_form_needs_no_script(site):
    page = Client().get(PLACE).content.decode()
    assert "<script" not in page
    assert len(page.encode()) < 14_000


def test_what_was_noted_by_staff_stays_with_the_staff(code):
    enquiry, luis = Enquiry.objects.get(), a_user(hub=Hub.objects.get(ref="cr-hub-upala"))
    actions.add_note(enquiry=enquiry, author=luis, body="nota-interna", at=timezone.now())
    assert "nota-interna" not in do(code, "page").content.decode()
