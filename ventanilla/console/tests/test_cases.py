"""The desk: who sees a case, what they can do with it, and what is never shown."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ventanilla.channels.models import Outbound
from ventanilla.enquiries import actions
from ventanilla.enquiries.erasing import erase_words
from ventanilla.enquiries.models import Attachment, Enquiry, Message, Note, Person
from ventanilla.enquiries.tests.factories import a_channel, writes
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import AccessEntry, Break

WORDS = "sentinel me quitaron el pasaporte"
REASON = "Está en Limón ahora mismo y corre peligro."
BLIND = ("oscar", "elena", "daniel", "rosa", "marie", "fabiola", "bruno")


@pytest.fixture
def upala(site):
    return Hub.objects.get(ref="cr-hub-upala")


@pytest.fixture
def enquiry(upala):
    row = actions.open_enquiry(hub=upala, channel_kind="counter", language="es", at=timezone.now())
    actions.receive_message(enquiry=row, body=WORDS, at=timezone.now())
    return row


def page_of(enquiry):
    return f"/console/cases/{enquiry.pk}/"


def test_the_list_shows_who_waits_to_their_own_hub_alone(cast, enquiry):
    for name in ("luis", "carmen", "paula"):
        page = getattr(cast, name).get("/console/cases/")
        assert enquiry.code in page.content.decode()
        assert "no-store" in page["Cache-Control"]
    assert enquiry.code not in cast.vera.get("/console/cases/").content.decode()
    assert [
        name for name in BLIND[:-1] if getattr(cast, name).get("/console/cases/").status_code != 404
    ] == []


def test_a_case_is_not_there_for_who_has_no_business_with_it(cast, enquiry):
    for name in BLIND:
        assert getattr(cast, name).get(page_of(enquiry)).status_code == 404


def test_the_page_says_the_code_and_never_a_word_in_title_or_address(cast, enquiry):
    page = cast.luis.get(page_of(enquiry)).content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert enquiry.code in title
    assert "sentinel" not in title
    assert WORDS in page


def test_reading_a_case_is_written_down(cast, enquiry):
    cast.luis.get(page_of(enquiry))
    entry = AccessEntry.objects.filter(action="read", kind="enquiry").latest("number")
    assert (entry.by_id, entry.ref, entry.hub) == (cast.user("luis").pk, str(enquiry.pk), "cr-hub-upala")


def test_an_answer_leaves_without_the_name_of_who_wrote_it(cast, upala):
    writes(a_channel(upala), "50688887777", "hola")
    enquiry = Enquiry.objects.get()
    cast.luis.post(f"{page_of(enquiry)}say/", {"body": "Venga a las diez."})
    [outbound] = Outbound.objects.all()
    assert outbound.what().text == "Venga a las diez."
    page = cast.luis.get(page_of(enquiry)).content.decode()
    assert "Venga a las diez." in page


def test_an_empty_answer_is_refused_in_place(cast, enquiry):
    page = cast.luis.post(f"{page_of(enquiry)}say/", {"body": "   "})
    assert page.status_code == 422
    assert WORDS in page.content.decode()


def test_the_answer_to_a_case_closed_meanwhile_is_kept_in_the_form(cast, enquiry):
    actions.close(enquiry=enquiry, by=cast.user("carmen"), at=timezone.now())
    page = cast.luis.post(f"{page_of(enquiry)}say/", {"body": "Venga a las diez."})
    assert page.status_code == 422
    assert Message.objects.count() == 1


def test_protected_notes_are_counted_and_not_shown(cast, enquiry):
    cast.paula.post(f"{page_of(enquiry)}note/", {"body": "sentinel-nota", "is_protected": "on"})
    assert Note.objects.get().is_protected
    assert "sentinel-nota" in cast.paula.get(page_of(enquiry)).content.decode()
    page = cast.luis.get(page_of(enquiry)).content.decode()
    assert "sentinel-nota" not in page
    assert "1 nota protegida" in page or "1 protected note" in page


def test_an_adviser_cannot_write_a_protected_note(cast, enquiry):
    cast.luis.post(f"{page_of(enquiry)}note/", {"body": "x", "is_protected": "on"})
    assert not Note.objects.get().is_protected


@pytest.mark.parametrize("deed", ["say", "note", "assign", "close", "reopen"])
def test_a_neighbour_does_nothing_with_a_case(cast, enquiry, deed):
    for name in ("vera", "bruno", "daniel"):
        assert getattr(cast, name).post(f"{page_of(enquiry)}{deed}/", {"body": "x"}).status_code == 404
    assert Message.objects.count() == 1


def test_a_case_is_given_only_to_who_sees_it(cast, enquiry):
    cast.carmen.post(f"{page_of(enquiry)}assign/", {"to": cast.user("vera").pk})
    enquiry.refresh_from_db()
    assert enquiry.assigned_to is None
    cast.carmen.post(f"{page_of(enquiry)}assign/", {"to": cast.user("luis").pk})
    enquiry.refresh_from_db()
    assert enquiry.assigned_to == cast.user("luis")


def test_a_case_is_found_by_its_code_without_an_address_that_tells_it(cast, enquiry):
    answer = cast.luis.post("/console/cases/find/", {"code": f" {enquiry.code.lower()} "})
    assert answer.headers["Location"] == page_of(enquiry)
    assert (
        cast.bruno.post("/console/cases/find/", {"code": enquiry.code}).headers["Location"]
        == "/console/cases/"
    )


def test_a_neighbour_of_the_country_breaks_the_glass_with_a_reason(cast, enquiry):
    answer = cast.vera.get(page_of(enquiry))
    assert answer.headers["Location"] == f"{page_of(enquiry)}break-glass/"
    short = cast.vera.post(f"{page_of(enquiry)}break-glass/", {"reason": "porque sí"})
    assert short.status_code == 200
    assert not Break.objects.exists()
    cast.vera.post(
        f"{page_of(enquiry)}break-glass/", {"reason": "Está en Limón ahora mismo y corre peligro."}
    )
    assert WORDS in cast.vera.get(page_of(enquiry)).content.decode()
    assert cast.bruno.get(f"{page_of(enquiry)}break-glass/").status_code == 404


def test_who_wants_to_be_left_alone_is_behind_no_glass(cast, enquiry):
    Person.objects.update(restricted_at=timezone.now())
    for name in ("luis", "carmen", "vera"):
        assert getattr(cast, name).get(page_of(enquiry)).status_code == 404
        assert (
            getattr(cast, name).post(f"{page_of(enquiry)}break-glass/", {"reason": REASON}).status_code == 404
        )
    assert not Break.objects.exists()


def test_the_glass_closes_after_an_hour(cast, enquiry):
    cast.vera.post(
        f"{page_of(enquiry)}break-glass/", {"reason": "Está en Limón ahora mismo y corre peligro."}
    )
    Break.objects.update(until=timezone.now())
    assert cast.vera.get(page_of(enquiry)).status_code == 302


def test_the_focal_point_reviews_and_sees_what_was_read(cast, enquiry):
    cast.vera.post(
        f"{page_of(enquiry)}break-glass/", {"reason": "Está en Limón ahora mismo y corre peligro."}
    )
    cast.vera.get(page_of(enquiry))
    row = Break.objects.get()
    assert cast.vera.get("/console/protection/breaks/").status_code == 404
    assert cast.berta.get(f"/console/protection/breaks/{row.pk}/").status_code == 404
    listed = cast.fabiola.get("/console/protection/breaks/").content.decode()
    assert "corre peligro" in listed
    page = cast.fabiola.get(f"/console/protection/breaks/{row.pk}/").content.decode()
    assert "read" in page
    assert WORDS not in page
    cast.fabiola.post(
        f"/console/protection/breaks/{row.pk}/", {"is_justified": "no", "remark": "Bastaba llamar."}
    )
    row.refresh_from_db()
    assert (row.is_justified, row.remark, row.reviewed_by) == (False, "Bastaba llamar.", cast.user("fabiola"))


def test_glass_is_not_broken_for_protected_notes_without_trace(cast, enquiry):
    actions.add_note(
        enquiry=enquiry, author=cast.user("paula"), body="sentinel-nota", is_protected=True, at=timezone.now()
    )
    cast.luis.post(
        f"{page_of(enquiry)}break-glass/", {"reason": "La persona está aquí y la amenazan en la puerta."}
    )
    assert Break.objects.get().kind == "note"
    assert "sentinel-nota" in cast.luis.get(page_of(enquiry)).content.decode()


def test_the_list_costs_the_same_however_many_wait(cast, upala):
    costs = []
    for _time in range(2):
        for _number in range(15):
            row = actions.open_enquiry(hub=upala, channel_kind="counter", at=timezone.now())
            actions.receive_message(enquiry=row, body=WORDS, at=timezone.now())
        cast.luis.get("/console/cases/")
        with CaptureQueriesContext(connection) as data, CaptureQueriesContext(connections["keys"]) as keys:
            cast.luis.get("/console/cases/")
        costs.append((len(data), len(keys)))
    assert costs[0] == costs[1]
    cast.luis.get("/console/rights/")
    with CaptureQueriesContext(connection) as frame:
        cast.luis.get("/console/rights/")
    assert sum(costs[0]) - len(frame) <= 12


def test_a_file_is_looked_at_sealed_and_only_ever_downloaded(cast, enquiry):
    letter = SimpleUploadedFile("carta.txt", b"sentinel del archivo")
    answer = cast.luis.post(f"{page_of(enquiry)}files/", {"file": letter})
    assert answer.headers["Location"] == page_of(enquiry)
    row = Attachment.objects.get()
    address = f"/console/cases/files/{row.pk}/"
    assert address in cast.luis.get(page_of(enquiry)).content.decode()
    before = AccessEntry.objects.filter(action="read", ref=str(enquiry.pk)).count()
    file = cast.luis.get(address)
    assert file.content == b"sentinel del archivo"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert "no-store" in file.headers["Cache-Control"]
    assert AccessEntry.objects.filter(action="read", ref=str(enquiry.pk)).count() == before + 1
    for name in ("vera", "bruno", "daniel"):
        assert getattr(cast, name).get(address).status_code == 404


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00\x03\x00\x00\x00 a program"])
def test_a_file_that_is_not_accepted_is_refused_in_place(cast, enquiry, content):
    page = cast.luis.post(f"{page_of(enquiry)}files/", {"file": SimpleUploadedFile("carta.pdf", content)})
    assert page.status_code == 422
    assert WORDS in page.content.decode()
    assert not Attachment.objects.exists()


def test_a_file_deleted_with_the_words_is_not_there(cast, enquiry, commits):
    cast.luis.post(f"{page_of(enquiry)}files/", {"file": SimpleUploadedFile("carta.txt", b"sentinel")})
    erase_words(enquiry, reason="test", by=None, at=timezone.now())
    assert cast.luis.get(f"/console/cases/files/{Attachment.objects.get().pk}/").status_code == 404
    page = cast.luis.get(page_of(enquiry)).content.decode()
    assert "sentinel" not in page


def test_a_return_code_is_shown_once(cast, enquiry):
    page = cast.luis.post(f"{page_of(enquiry)}return-code/")
    assert "no-store" in page.headers["Cache-Control"]
    code = re.search(r"\d{4} \d{4} \d{4} \d{4}", page.content.decode())[0]
    assert Person.objects.returning(code.replace(" ", "")).get() == enquiry.person
    assert code not in cast.luis.get(page_of(enquiry)).content.decode()


def test_through_the_glass_people_answer_and_settle_nothing(cast, enquiry):
    cast.vera.post(f"{page_of(enquiry)}break-glass/", {"reason": REASON})
    page = cast.vera.get(page_of(enquiry)).content.decode()
    assert f"{page_of(enquiry)}close/" not in page
    assert cast.vera.post(f"{page_of(enquiry)}say/", {"body": "La espero aquí."}).status_code == 302
    for deed in ("assign", "close", "reopen"):
        assert cast.vera.post(f"{page_of(enquiry)}{deed}/").status_code == 404
    for room in ("consent", "own-data"):
        assert cast.vera.get(f"{page_of(enquiry)}{room}/").status_code == 404


def test_a_colleagues_case_is_not_closed_by_another_adviser(cast, enquiry):
    cast.carmen.post(f"{page_of(enquiry)}assign/", {"to": cast.user("paula").pk})
    cast.luis.post(f"{page_of(enquiry)}close/")
    enquiry.refresh_from_db()
    assert enquiry.is_open
    cast.carmen.post(f"{page_of(enquiry)}close/")
    enquiry.refresh_from_db()
    assert not enquiry.is_open


def test_the_focal_point_hears_of_broken_glass_without_a_word_of_the_case(cast, enquiry, commits):
    cast.user("fabiola"), cast.user("berta"), cast.user("nora")
    cast.vera.post(f"{page_of(enquiry)}break-glass/", {"reason": REASON})
    [letter] = mail.outbox
    assert letter.to == ["fabiola@example.org"]
    said = f"{letter.subject} {letter.body}"
    for word in (enquiry.code, str(enquiry.pk), "peligro", "Vera", "upala", "sentinel"):
        assert word not in said
    assert "/console/protection/breaks/" in said


def test_a_country_without_focal_point_is_reviewed_by_the_network(cast, enquiry, commits):
    cast.user("nora"), cast.user("berta")
    cast.vera.post(f"{page_of(enquiry)}break-glass/", {"reason": REASON})
    assert [letter.to for letter in mail.outbox] == [["nora@example.org"]]


def test_the_menu_counts_what_is_to_review_in_the_own_country(cast, enquiry):
    cast.vera.post(f"{page_of(enquiry)}break-glass/", {"reason": REASON})
    told = re.compile(r"\(1 (to review|por revisar)\)")
    assert told.search(cast.fabiola.get("/console/").content.decode())
    assert not told.search(cast.berta.get("/console/").content.decode())
    assert not told.search(cast.luis.get("/console/").content.decode())


def test_no_address_that_is_left_is_told_to_anybody(cast, enquiry):
    page = cast.luis.get(page_of(enquiry))
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]


def test_what_staff_are_told_after_a_deed_holds_no_word_of_the_person(cast, upala):
    form = {"body": WORDS, "channel_kind": "counter", "language": "es", "hub": upala.ref}
    answer = cast.luis.post("/console/cases/new/", form)
    assert all("sentinel" not in str(message) for message in get_messages(answer.wsgi_request))
    assert "sentinel" not in str(answer.headers) + str(answer.cookies)


def test_the_table_of_rights_is_the_one_in_the_documents(cast):
    from pathlib import Path

    from django.utils import translation

    from ventanilla.hubs.rights_table import as_markdown

    with translation.override("en"):
        assert as_markdown() in Path("docs/reference/rights.md").read_text()
    assert cast.luis.get("/console/rights/").status_code == 200
    assert cast.nadie.get("/console/rights/").status_code == 302
