"""Interpreters: who is asked sees no word until they accept, reads one case, and nothing once it is done."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries import actions, interpreting
from ventanilla.enquiries.erasing import erase_words
from ventanilla.enquiries.models import (
    Absence,
    Enquiry,
    InterpreterRequest,
    InterpreterService,
    StaffLanguage,
    StateChange,
)
from ventanilla.hubs.models import Hub
from ventanilla.privacy import consent, requests
from ventanilla.privacy.models import AccessEntry
from ventanilla.privacy.models.consent import About

from .case_rows import SECRET, WORDS, a_file, a_full_case

LIST = "/console/cases/interpreting/"
State = InterpreterRequest.State


@pytest.fixture
def enquiry(cast):
    return a_full_case(cast)


@pytest.fixture
def asked(cast, enquiry):
    """Vera, of the neighbour hub, speaks Wolof and is asked by Luis."""
    interpreting.speak(user=cast.user("vera"), languages=["wo"])
    return interpreting.ask(
        enquiry=enquiry, language="wo", mode="call", needed_at=None, by=cast.user("luis"), at=timezone.now(),
        interpreter=cast.user("vera"),
    )  # fmt: skip


@pytest.fixture
def accepted(cast, asked):
    cast.vera.post(f"{page_of(asked)}answer/", {"how": "accept"})
    asked.refresh_from_db()
    return asked


def page_of(row):
    return f"{LIST}{row.pk}/"


def ask_page(enquiry):
    return f"/console/cases/{enquiry.pk}/interpreter/"


def whole(client, address):
    return client.get(address).content.decode()


def test_languages_are_said_by_oneself_and_can_be_left_empty(cast):
    cast.vera.post(f"{LIST}languages/", {"languages": ["wo", "pt"]})
    assert interpreting.languages_of(cast.user("vera")) == ["pt", "wo"]
    cast.vera.post(f"{LIST}languages/", {})
    assert not StaffLanguage.objects.exists()
    cast.vera.post(f"{LIST}languages/", {"languages": ["klingon"]})
    assert not StaffLanguage.objects.exists()


def test_who_speaks_it_and_is_there_can_be_asked(cast, enquiry):
    for name in ("vera", "bruno", "paula", "luis", "elena"):
        interpreting.speak(user=cast.user(name), languages=["wo"])
    Absence.objects.create(user=cast.user("bruno"), since=timezone.now())
    page = cast.luis.post(ask_page(enquiry), {"language": "wo", "mode": "call", "look": "1"}).content.decode()
    offered = re.findall(r'name="whom" value="staff-(\d+)"', page)
    # The own hub first; not oneself, not who is away, not who does not work with cases.
    assert offered == [str(cast.user(name).pk) for name in ("paula", "vera")]


def test_a_colleague_is_asked_for_a_time_by_the_hubs_clock(cast, enquiry):
    interpreting.speak(user=cast.user("vera"), languages=["wo"])
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    sent = {
        "language": "wo", "mode": "counter", "day": f"{tomorrow}", "hour": "10:00", "ask": "1",
        "whom": f"staff-{cast.user('vera').pk}",
    }  # fmt: skip
    answer = cast.luis.post(ask_page(enquiry), sent)
    assert answer.headers["Location"] == f"/console/cases/{enquiry.pk}/"
    row = InterpreterRequest.objects.get()
    assert (row.interpreter, row.needed_at.hour, row.is_now) == (cast.user("vera"), 16, False)
    assert StateChange.objects.filter(enquiry=enquiry, what="interpreter", value="asked").exists()
    assert cast.luis.post(ask_page(enquiry), sent).status_code == 422
    assert cast.luis.post(ask_page(enquiry), {**sent, "hour": ""}).status_code == 422
    assert cast.luis.post(ask_page(enquiry), {**sent, "day": "2020-01-01"}).status_code == 422
    assert InterpreterRequest.objects.count() == 1


def test_who_does_not_speak_it_cannot_be_asked(cast, enquiry):
    interpreting.speak(user=cast.user("vera"), languages=["pt"])
    sent = {"language": "wo", "mode": "call", "ask": "1", "whom": f"staff-{cast.user('vera').pk}"}
    assert cast.luis.post(ask_page(enquiry), sent).status_code == 422
    with pytest.raises(interpreting.CannotInterpret):
        interpreting.ask(
            enquiry=enquiry, language="wo", mode="call", needed_at=None, by=cast.user("luis"),
            at=timezone.now(), interpreter=cast.user("vera"),
        )  # fmt: skip


def test_who_is_asked_sees_the_code_and_no_word_until_they_accept(cast, enquiry, asked):
    page = whole(cast.vera, LIST)
    assert enquiry.code in page
    assert "Wolof" in page
    assert "sentinel" not in page
    assert cast.vera.get(page_of(asked)).status_code == 404
    notice = whole(cast.vera, "/console/cases/")
    assert LIST in notice
    assert re.search(r"1 (pedido de|request to)", notice)
    assert enquiry.code not in notice
    assert AccessEntry.objects.filter(action="list", kind="interpreting", by=cast.user("vera")).exists()


def test_accepting_opens_what_was_said_and_nothing_else(cast, enquiry, accepted):
    page = whole(cast.vera, page_of(accepted))
    assert WORDS in page
    assert SECRET not in page
    assert "sentinel llama el lunes" not in page
    assert "sentinel Ana" not in page
    assert "Luis" not in page
    assert "sentinel" not in page[page.index("<title>") : page.index("</title>")]
    attachment = a_file(cast, enquiry)
    case = f"/console/cases/{enquiry.pk}/"
    assert cast.vera.get(f"/console/cases/files/{attachment.pk}/").status_code == 404
    for deed in ("say/", "note/", "close/", "checklist/", "summary/", "own-data/x/", "callbacks/"):
        assert cast.vera.post(f"{case}{deed}", {"body": "x"}).status_code == 404
    assert enquiry.code not in whole(cast.vera, "/console/cases/")


def test_reading_it_is_logged_and_letting_somebody_in_too(cast, enquiry, accepted):
    cast.vera.get(page_of(accepted))
    mine = AccessEntry.objects.filter(ref=str(enquiry.pk), by=cast.user("vera"))
    assert {"share", "read"} <= set(mine.values_list("action", flat=True))


def test_nothing_can_be_read_once_it_is_done(cast, accepted):
    cast.vera.post(page_of(accepted), {"done": "1"})
    accepted.refresh_from_db()
    assert accepted.state == State.DONE
    assert cast.vera.get(page_of(accepted)).status_code == 404
    assert accepted.enquiry.code not in whole(cast.vera, LIST)


def test_what_was_said_aloud_reaches_the_hub_as_a_note(cast, enquiry, accepted):
    page = page_of(accepted)
    assert cast.vera.post(page, {"body": "Dice que vuelve el lunes."}).status_code == 302
    assert "Dice que vuelve el lunes." in whole(cast.vera, page)
    assert "Dice que vuelve el lunes." in whole(cast.luis, f"/console/cases/{enquiry.pk}/")
    cast.vera.post(page, {"body": "Pide hablar con una mujer.", "done": "1"})
    assert "Pide hablar con una mujer." in whole(cast.luis, f"/console/cases/{enquiry.pk}/")
    assert cast.vera.post(page, {"body": "demasiado tarde"}).status_code == 404


def test_an_empty_note_says_so_and_ends_nothing(cast, accepted):
    answer = cast.vera.post(page_of(accepted), {"body": "  "})
    assert answer.status_code == 422
    accepted.refresh_from_db()
    assert accepted.state == State.ACCEPTED


def test_an_interpreter_sees_no_note_of_a_colleague(cast, enquiry, accepted):
    actions.add_note(enquiry=enquiry, author=cast.user("luis"), body="nota de Luis", at=timezone.now())
    assert "nota de Luis" not in whole(cast.vera, page_of(accepted))


@pytest.mark.parametrize("how", ["done", "cancelled"])
def test_the_desk_of_the_case_ends_it(cast, accepted, how):
    cast.luis.post(f"{page_of(accepted)}settle/", {"how": how})
    accepted.refresh_from_db()
    assert accepted.state == how
    assert cast.vera.get(page_of(accepted)).status_code == 404


def test_closing_leaving_alone_and_erasing_end_reading(cast, enquiry, accepted):
    luis, at = cast.user("luis"), timezone.now()
    actions.close(enquiry=enquiry, by=luis, at=at)
    assert cast.vera.get(page_of(accepted)).status_code == 404
    actions.reopen(enquiry=Enquiry.objects.get(pk=enquiry.pk), by=luis, at=at)
    assert cast.vera.get(page_of(accepted)).status_code == 200
    requests.restrict_own(person=enquiry.person.pk, is_restricted=True, by=luis, at=at)
    assert cast.vera.get(page_of(accepted)).status_code == 404
    erase_words(Enquiry.objects.get(pk=enquiry.pk), reason="asked", by=luis, at=at)
    accepted.refresh_from_db()
    assert accepted.state == State.CANCELLED


def test_who_loses_the_role_reads_nothing(cast, accepted):
    cast.user("vera").memberships.update(role="observer")
    assert cast.vera.get(page_of(accepted)).status_code == 404
    assert not InterpreterRequest.objects.read_by(cast.user("vera")).exists()


def test_a_no_is_a_no(cast, asked):
    cast.vera.post(f"{page_of(asked)}answer/", {"how": "decline"})
    asked.refresh_from_db()
    assert asked.state == State.DECLINED
    assert cast.vera.post(f"{page_of(asked)}answer/", {"how": "accept"}).status_code == 404
    assert cast.vera.get(page_of(asked)).status_code == 404


def test_nobody_answers_or_reads_for_another(cast, asked):
    for name in ("luis", "carmen", "bruno", "daniel", "fabiola", "oscar"):
        client = getattr(cast, name)
        assert client.post(f"{page_of(asked)}answer/", {"how": "accept"}).status_code == 404
        assert client.get(page_of(asked)).status_code == 404
    # Nor does the desk say yes for a colleague, or the colleague settle what is the desk's.
    assert cast.luis.post(f"{page_of(asked)}settle/", {"how": "accepted"}).status_code == 404
    assert cast.vera.post(f"{page_of(asked)}settle/", {"how": "cancelled"}).status_code == 404
    asked.refresh_from_db()
    assert asked.state == State.ASKED


def test_through_the_glass_nobody_lets_others_in(cast, enquiry):
    reason = {"reason": "Está en Limón ahora mismo y corre peligro."}
    cast.vera.post(f"/console/cases/{enquiry.pk}/break-glass/", reason)
    assert cast.vera.get(f"/console/cases/{enquiry.pk}/").status_code == 200
    assert cast.vera.get(ask_page(enquiry)).status_code == 404


def test_a_service_is_kept_by_the_coordinator_and_noted_by_hand(cast, enquiry):
    sent = {"hub": "cr-hub-upala", "name": "Voces", "telephone": "2222 0000", "languages": ["wo"]}
    assert cast.luis.post(f"{LIST}services/", sent).status_code == 404
    cast.carmen.post(f"{LIST}services/", sent)
    service = InterpreterService.objects.get()
    whom = {"language": "wo", "mode": "call", "ask": "1", "whom": f"service-{service.pk}"}
    cast.luis.post(ask_page(enquiry), whom)
    row = InterpreterRequest.objects.get()
    assert "2222 0000" in whole(cast.luis, f"/console/cases/{enquiry.pk}/")
    cast.luis.post(f"{page_of(row)}settle/", {"how": "accepted"})
    cast.luis.post(f"{page_of(row)}settle/", {"how": "done"})
    row.refresh_from_db()
    assert row.state == State.DONE
    cast.carmen.post(f"{LIST}services/{service.pk}/close/")
    assert cast.luis.post(ask_page(enquiry), whom).status_code == 422


def test_a_service_of_another_hub_is_not_offered(cast, enquiry):
    limon = Hub.objects.get(ref="cr-hub-limon")
    row = InterpreterService.objects.create(hub=limon, name="Voces", telephone="1", languages=["wo"])
    page = cast.luis.post(ask_page(enquiry), {"language": "wo", "mode": "call", "look": "1"}).content.decode()
    assert str(row.pk) not in page
    assert cast.carmen.post(f"{LIST}services/{row.pk}/close/").status_code == 404


def test_who_shares_nothing_with_a_hub_any_more_is_not_read_there(cast, enquiry, accepted):
    at, luis = timezone.now(), cast.user("luis")
    text = consent.text_for(about=About.SHARE, country="cr", language="es", at=at)
    row = consent.give_consent(
        person=enquiry.person.pk, country="cr", hub=enquiry.hub.ref, about=About.SHARE, text=text,
        mode="spoken", receiver="cr-hub-limon", parts=["story"], by=luis, at=at,
    )  # fmt: skip
    assert cast.vera.get(page_of(accepted)).status_code == 200
    consent.withdraw_consent(consent=row, by=luis, at=at)
    assert cast.vera.get(page_of(accepted)).status_code == 404
