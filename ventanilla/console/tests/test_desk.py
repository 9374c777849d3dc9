"""The desk around a conversation: inserting, second thoughts, colleagues, moving, lists, figures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.accounts.testing import sign_in
from ventanilla.channels.models import Outbound
from ventanilla.enquiries import actions, consulting, handling, live, presence
from ventanilla.enquiries.models import (
    CannedAnswer,
    Consultation,
    Enquiry,
    Message,
    Person,
    Presence,
    SavedView,
)
from ventanilla.enquiries.tests.factories import a_channel, a_hub, a_user, an_enquiry, writes
from ventanilla.hubs.models import Role
from ventanilla.hubs.rights import Right, reach

pytestmark = pytest.mark.django_db
AT = timezone.now()


@pytest.fixture
def hub():
    return a_hub()


@pytest.fixture
def adviser(hub):
    return a_user(hub=hub)


@pytest.fixture
def desk(client, adviser):
    sign_in(client, adviser)
    return client


@pytest.fixture
def enquiry(hub):
    enquiry = an_enquiry(hub, language="es")
    actions.receive_message(enquiry=enquiry, body="Necesito pedir refugio", at=timezone.now())
    return enquiry


def address(enquiry, deed):
    return f"/console/cases/{enquiry.pk}/{deed}/"


def seen(enquiry):
    return str(enquiry.messages.exclude(direction="auto").order_by("at", "pk").last().pk)


def said(enquiry):
    return list(enquiry.messages.filter(direction=Message.Direction.OUT))


def test_an_answer_with_a_fee_and_no_source_is_thought_over_first(desk, enquiry):
    typed = {"body": "Cuesta $25 y tarda 30 días", "seen": seen(enquiry)}
    page = desk.post(address(enquiry, "say"), typed)
    assert page.status_code == 422
    assert "quotes no checked page" in page.content.decode() or "no cita" in page.content.decode()
    assert "Cuesta $25 y tarda 30 d" in page.content.decode()
    assert said(enquiry) == []
    desk.post(address(enquiry, "say"), typed | {"anyway": "1"})
    assert len(said(enquiry)) == 1


def test_an_answer_that_states_nothing_goes_at_once(desk, enquiry):
    assert (
        desk.post(address(enquiry, "say"), {"body": "Buenos días", "seen": seen(enquiry)}).status_code == 302
    )
    assert len(said(enquiry)) == 1


def test_what_was_said_meanwhile_is_read_first(desk, enquiry):
    before = seen(enquiry)
    actions.receive_message(enquiry=enquiry, body="Ya no hace falta", at=timezone.now())
    page = desk.post(address(enquiry, "say"), {"body": "Buenos días", "seen": before})
    assert page.status_code == 422
    assert "Ya no hace falta" in page.content.decode()
    assert said(enquiry) == []


def test_a_ready_answer_is_filled_in_and_keeps_what_was_typed(desk, enquiry, hub):
    ready = CannedAnswer.objects.create(
        country="cr", hub=hub, title="Código", texts={"es": "Su código es {code}."}, created_at=AT
    )
    page = desk.post(address(enquiry, "say"), {"body": "Hola.", "ready": ready.pk, "seen": seen(enquiry)})
    assert "Hola.\n\nSu código es" in page.content.decode().replace("&#x27;", "'").replace("\r", "")
    assert enquiry.code in page.content.decode()
    assert said(enquiry) == []


def test_ready_answers_of_another_country_are_not_there(desk, enquiry):
    other = CannedAnswer.objects.create(
        country="bz", title="x", texts={"es": "secreto"}, created_at=AT, hub=a_hub("bz-hub-benque", "bz")
    )
    page = desk.post(address(enquiry, "say"), {"body": "", "ready": other.pk, "seen": seen(enquiry)})
    assert "secreto" not in page.content.decode()


def test_who_else_has_the_case_open_is_told(desk, enquiry, hub):
    colleague = a_user(hub=hub)
    presence.beat(enquiry=enquiry, user=colleague, is_typing=True, at=timezone.now())
    others = desk.post(address(enquiry, "here")).json()["others"]
    assert len(others) == 1
    assert Presence.objects.count() == 2
    desk.post(address(enquiry, "here"), {"leave": "1"})
    assert Presence.objects.count() == 1


def test_a_case_in_danger_stands_first_and_no_machine_answers_it(desk, enquiry, hub):
    older = an_enquiry(hub)
    actions.receive_message(enquiry=older, body="Hola", at=timezone.now() - timedelta(days=5))
    desk.post(address(enquiry, "danger"), {"danger": "2"})
    enquiry.refresh_from_db()
    assert (enquiry.danger, enquiry.answers_automatically) == (Enquiry.Danger.URGENT, False)
    page = desk.get("/console/cases/").content.decode()
    assert page.index(enquiry.code) < page.index(older.code)
    desk.post(address(enquiry, "danger"), {"danger": "0"})
    enquiry.refresh_from_db()
    assert enquiry.danger == Enquiry.Danger.NONE


def test_danger_is_said_also_while_a_colleague_works_on_it(desk, enquiry, hub):
    Enquiry.objects.update(assigned_to=a_user(hub=hub))
    desk.post(address(enquiry, "danger"), {"danger": "1"})
    enquiry.refresh_from_db()
    assert enquiry.danger == Enquiry.Danger.POSSIBLE


@pytest.mark.parametrize("chosen", ["", "3", "-1", "very", "²"])
def test_no_other_danger_is_taken(desk, enquiry, chosen):
    page = desk.post(address(enquiry, "danger"), {"danger": chosen}, follow=True)
    assert "Elija qué tan grande es el peligro." in page.content.decode()
    enquiry.refresh_from_db()
    assert enquiry.danger == Enquiry.Danger.NONE


def test_it_is_set_aside_and_comes_back_in_the_morning(desk, enquiry):
    day = (timezone.now() + timedelta(days=3)).date()
    desk.post(address(enquiry, "snooze"), {"until": day.isoformat()})
    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.SNOOZED
    assert handling.wake_due(at=timezone.now()) == 0
    assert handling.wake_due(at=timezone.now() + timedelta(days=4)) == 1
    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.WAITING


@pytest.mark.parametrize("until", ["", "2020-01-01", "2999-01-01", "2026-13-45", "nonsense"])
def test_no_other_day_is_taken(desk, enquiry, until):
    page = desk.post(address(enquiry, "snooze"), {"until": until}, follow=True)
    assert page.status_code == 200
    enquiry.refresh_from_db()
    assert enquiry.state != Enquiry.State.SNOOZED


def test_it_is_handed_over_with_a_word(desk, enquiry, hub):
    colleague = a_user(hub=hub)
    desk.post(address(enquiry, "hand-over"), {"to": colleague.pk, "note": "Llamar el lunes"})
    enquiry.refresh_from_db()
    assert enquiry.assigned_to == colleague
    assert enquiry.notes.count() == 1


def test_nothing_is_handed_to_who_is_away(desk, enquiry, hub, adviser):
    colleague = a_user(hub=hub)
    handling.go_away(user=colleague, until=None, by=colleague, at=timezone.now())
    desk.post(address(enquiry, "hand-over"), {"to": colleague.pk, "note": "Llamar"})
    enquiry.refresh_from_db()
    assert enquiry.assigned_to is None
    assert enquiry.notes.count() == 0


def test_who_goes_away_gives_their_cases_back(desk, enquiry, adviser):
    actions.assign(enquiry=enquiry, to=adviser, by=adviser, at=timezone.now())
    desk.post("/console/cases/away/", {"until": ""})
    enquiry.refresh_from_db()
    assert enquiry.assigned_to is None
    desk.post("/console/cases/away/", {"back": "1"})
    assert not hasattr(type(adviser).objects.get(pk=adviser.pk), "absence")


def test_a_shared_case_is_open_to_the_other_hub_until_it_is_not(desk, enquiry):
    limon = a_hub("cr-hub-limon")
    other = a_user(hub=limon)
    assert not Enquiry.objects.visible_to(other).exists()
    desk.post(address(enquiry, "share"), {"hub": limon.ref})
    assert Enquiry.objects.visible_to(other).exists()
    desk.post(address(enquiry, "share"), {"hub": limon.ref, "end": "1"})
    assert not Enquiry.objects.visible_to(other).exists()


def test_two_cases_of_one_person_are_joined_by_hand_and_parted_again(desk, hub):
    line = a_channel(hub)
    writes(line, "50688880001", "Hola")
    writes(line, "50688880002", "Hola otra vez")
    one, other = Enquiry.objects.order_by("opened_at", "pk")
    before = one.person_id
    desk.post(address(one, "join"), {"code": other.code})
    one.refresh_from_db()
    assert one.person_id == other.person_id
    assert other.person.identities.count() == 2
    desk.post(address(one, "part"))
    one.refresh_from_db()
    assert one.person_id == before
    assert Person.objects.get(pk=before).identities.count() == 1


def test_topics_and_facts_are_kept_and_can_be_skipped(desk, enquiry):
    desk.post(address(enquiry, "codes"), {"topics": ["asylum", "health"], "sex": "unsaid"})
    assert sorted(enquiry.codings.values_list("topic", flat=True)) == ["asylum", "health"]
    assert Person.objects.get(pk=enquiry.person_id).facts == {"sex": "unsaid"}
    desk.post(address(enquiry, "codes"), {"topics": ["asylum"]})
    assert list(enquiry.codings.values_list("topic", flat=True)) == ["asylum"]
    page = desk.post(address(enquiry, "codes"), {"topics": ["nonsense"]})
    assert page.status_code == 422
    assert "asylum" in desk.get("/console/cases/?topic=asylum").content.decode()


def test_a_question_among_colleagues_tells_of_nobody(desk, enquiry):
    desk.post(address(enquiry, "ask"), {"question": "¿Vale el pasaporte vencido? Es el 8888 8888"})
    assert not Consultation.objects.exists()
    desk.post(address(enquiry, "ask"), {"question": "¿Vale un pasaporte vencido?"})
    row = Consultation.objects.get()
    editor = a_user(Role.EDITOR, country="cr")
    stranger = a_user(Role.EDITOR, country="bz") if a_hub("bz-hub-benque", "bz") else None
    assert list(consulting.to_answer(editor)) == [row]
    assert list(consulting.to_answer(stranger)) == []
    consulting.answer(consultation=row, text="Sí, por un año.", by=editor, at=timezone.now())
    assert "Sí, por un año." in desk.get(f"/console/cases/{enquiry.pk}/").content.decode()


def test_a_list_is_kept_and_forgotten(desk, adviser):
    desk.post("/console/cases/views/", {"name": "Míos", "mine": "on"})
    view = SavedView.objects.get(owner=adviser)
    assert view.query == {"mine": "on"}
    assert "?mine=on" in desk.get("/console/cases/").content.decode()
    desk.post(f"/console/cases/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_nobody_forgets_a_list_of_somebody_else(desk, hub):
    view = SavedView.objects.create(owner=a_user(hub=hub), name="x", query={}, created_at=AT)
    assert desk.post(f"/console/cases/views/{view.pk}/forget/").status_code == 404


def test_a_message_that_did_not_arrive_is_seen_and_sent_again(desk, hub, adviser):
    line = a_channel(hub)
    writes(line, "50688880001", "Hola")
    enquiry = Enquiry.objects.get()
    actions.reply(enquiry=enquiry, author=adviser, body="Buenas", at=timezone.now())
    letter = Outbound.objects.get()
    Outbound.objects.update(state="failed", problem="gone")
    message = Message.objects.get(outbound=letter)
    assert enquiry.code in desk.get("/console/cases/undelivered/").content.decode()
    desk.post(f"/console/cases/undelivered/{message.pk}/", {"again": "1"})
    letter.refresh_from_db()
    assert letter.state == Outbound.State.QUEUED


def test_figures_count_the_wait_and_show_the_rows(desk, enquiry, adviser):
    later = timezone.now() + timedelta(minutes=30)
    actions.reply(enquiry=enquiry, author=adviser, body="Buenas", at=later)
    Message.objects.filter(direction="out").update(at=timezone.now())
    Message.objects.filter(direction="in").update(at=timezone.now() - timedelta(minutes=30))
    page = desk.get("/console/cases/figures/?days=7").content.decode()
    assert enquiry.code in page
    assert "30 min" in page


def test_the_list_alone_comes_for_a_page_that_is_open(desk, enquiry):
    part = desk.get("/console/cases/", headers={"X-Desk": "lines"}).content.decode()
    assert enquiry.code in part
    assert "<html" not in part
    part = desk.get(f"/console/cases/{enquiry.pk}/", headers={"X-Desk": "said"}).content.decode()
    assert "Necesito pedir refugio" in part
    assert "<html" not in part


def test_news_tell_which_case_changed_and_nothing_else(enquiry, adviser):
    before = timezone.now() - timedelta(minutes=1)
    (news,) = live.changed_since(before)
    assert (news.what, news.enquiry) == ("case", enquiry.pk)
    assert live.for_staff(reach(adviser, Right.CASES))(news)
    stranger = a_user(hub=a_hub("cr-hub-limon"))
    assert not live.for_staff(reach(stranger, Right.CASES))(news)
    assert live.of_people(frozenset({enquiry.person_id}))(news)
    assert not live.of_people(frozenset())(news)


def test_the_stream_is_for_who_answers_people(client, desk):
    answer = desk.get("/console/cases/live/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/event-stream"
    answer.close()


def test_the_manager_says_when_the_house_answers_by_itself(client, hub):
    manager = a_user(Role.COORDINATOR, hub=hub)
    sign_in(client, manager)
    client.post("/console/cases/desk/", {"hub": hub.ref, "automatic": "never", "is_surge": "on"})
    desk = handling.desk_of(hub)
    assert (desk.automatic, bool(desk.surge_since)) == ("never", True)
    assert client.post("/console/cases/desk/", {"hub": hub.ref, "automatic": "x"}).status_code == 200


def test_an_adviser_does_not_say_so(desk):
    assert desk.get("/console/cases/desk/").status_code == 404
