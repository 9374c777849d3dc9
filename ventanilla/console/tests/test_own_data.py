"""Consent, people's own data, retention and registers in the console: who, what, and receipts."""

import json

import pytest
from django.utils import timezone

from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import Consent, Hold, PersonRequest

WORDS = "sentinel me quitaron el pasaporte"


@pytest.fixture
def enquiry(site):
    row = actions.open_enquiry(
        hub=Hub.objects.get(ref="cr-hub-upala"), channel_kind="counter", language="es", at=timezone.now()
    )
    actions.receive_message(enquiry=row, body=WORDS, at=timezone.now())
    return row


def place(enquiry, rest):
    return f"/console/cases/{enquiry.pk}/{rest}"


def test_an_adviser_notes_and_withdraws_a_consent(cast, enquiry):
    address = place(enquiry, "consent/?about=refer")
    assert cast.luis.get(address).status_code == 200
    form = {
        "receiver": "Casa de acogida", "parts": ["need"], "mode": Consent.Mode.choices[0][0],
        "given_by": "person", "certified": "on",
    }  # fmt: skip
    missing = cast.luis.post(address, form | {"certified": ""})
    assert missing.status_code == 422
    assert "Casa de acogida" in missing.content.decode()
    cast.luis.post(address, form)
    row = Consent.objects.get()
    assert "Casa de acogida" in cast.luis.get(place(enquiry, "consent/")).content.decode()
    cast.luis.post(place(enquiry, f"consent/{row.pk}/withdraw/"))
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert cast.vera.get(place(enquiry, "consent/")).status_code == 404


def test_a_person_takes_everything_along_at_the_counter(cast, enquiry):
    assert cast.luis.get(place(enquiry, "own-data/")).status_code == 200
    page = cast.luis.post(place(enquiry, "own-data/page/"))
    assert WORDS in page.content.decode()
    assert "attachment" in page["Content-Disposition"]
    file = json.loads(cast.luis.post(place(enquiry, "own-data/file/")).content)
    assert WORDS in json.dumps(file, ensure_ascii=False)
    assert PersonRequest.objects.filter(kind=PersonRequest.Kind.EXPORT).count() == 2


def test_erasing_asks_for_the_code_of_the_case(cast, enquiry, commits):
    assert cast.luis.post(place(enquiry, "own-data/erase/"), {"code": "OTHER"}).status_code == 422
    cast.luis.post(place(enquiry, "own-data/erase/"), {"code": enquiry.code})
    enquiry.refresh_from_db()
    assert enquiry.words_erased_at is not None
    row = PersonRequest.objects.get(kind=PersonRequest.Kind.ERASE)
    receipt = cast.fabiola.get(f"/console/protection/people/{row.pk}/")
    assert row.certificates[0] in receipt.content.decode()


def test_a_request_that_waits_is_answered_by_the_focal_point(cast, enquiry):
    cast.luis.post(place(enquiry, "own-data/ask/"), {"wish": "Dije Liberia, no Limón."})
    row = PersonRequest.objects.get()
    assert row.code in cast.fabiola.get("/console/protection/people/").content.decode()
    address = f"/console/protection/people/{row.pk}/"
    assert cast.berta.get(address).status_code == 404
    assert cast.fabiola.post(address, {"answer": "", "refused_for": ""}).status_code == 422
    cast.fabiola.post(address, {"answer": "Corregido.", "refused_for": ""})
    row.refresh_from_db()
    assert row.answered_at is not None


def test_who_wants_to_be_left_alone_is_seen_by_nobody_until_they_say_so(cast, enquiry):
    cast.luis.post(place(enquiry, "own-data/restrict/"))
    assert cast.luis.get(place(enquiry, "")).status_code == 404
    listed = cast.fabiola.get("/console/protection/people/").content.decode()
    assert enquiry.code in listed
    assert WORDS not in listed
    cast.fabiola.post(f"/console/protection/left-alone/{enquiry.pk}/release/")
    assert cast.luis.get(place(enquiry, "")).status_code == 200


def test_a_coordinator_holds_and_releases(cast, enquiry):
    day = timezone.now().date()
    form = {
        "basis": Hold.Basis.choices[0][0], "reason": "Lo pidió el juzgado de Upala.",
        "review_on": day.isoformat(), "until": day.isoformat(),
    }  # fmt: skip
    assert cast.luis.post(place(enquiry, "own-data/hold/"), form).status_code == 404
    cast.carmen.post(place(enquiry, "own-data/hold/"), form)
    hold = Hold.objects.get()
    assert enquiry.code in cast.carmen.get("/console/protection/retention/").content.decode()
    cast.carmen.post(f"/console/protection/retention/holds/{hold.pk}/end/")
    hold.refresh_from_db()
    assert hold.ended_at is not None


@pytest.mark.parametrize("name", ["fabiola", "nora"])
def test_the_focal_point_sees_schedule_purposes_texts_and_registers(cast, name):
    for address in ("retention/", "purposes/", "consent-texts/", "registers/?country=cr&lang=en", "people/"):
        assert getattr(cast, name).get(f"/console/protection/{address}").status_code == 200


@pytest.mark.parametrize(
    ("language", "word"), [("es", "Registro de tratamiento"), ("en", "Record of processing")]
)
def test_the_register_of_a_country_is_a_file_in_two_languages(cast, language, word):
    answer = cast.fabiola.get(f"/console/protection/registers/?country=cr&lang={language}&as=md")
    text = answer.content.decode()
    assert word in text
    assert "enquiries.Message.body" in text


def test_staff_take_their_own_data_along(cast):
    page = cast.luis.get("/console/account/own-data/")
    assert "luis@example.org" in page.content.decode()


def test_nothing_is_lost_of_a_case_that_does_not_exist(cast, enquiry):
    assert Enquiry.objects.count() == 1
    assert cast.luis.post(place(enquiry, "own-data/nothing/")).status_code == 404
