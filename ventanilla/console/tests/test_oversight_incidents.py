"""An incident: reported in two minutes by anybody, handled in five steps by the focal point."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ventanilla.privacy.models import AccessEntry, Incident

REPORT = {"place": "cr/cr-hub-upala", "what_happened": "A telephone was left on the bus", "known_at": ""}
CLASSIFIED = {
    "classify-severity": "high",
    "classify-threat": "loss",
    "classify-data": ["identifiers", "messages"],
    "classify-people_count": "12",
    "classify-cause": "No lock on the telephone",
    "classify-harm": "Somebody may read where people stay",
}


@pytest.fixture
def reported(cast):
    assert cast.luis.post(reverse("console:report_incident"), REPORT).status_code == 302
    return Incident.objects.get()


def take(client, incident, name, **values):
    prefixed = {f"{name}-{key}": value for key, value in values.items()}
    return client.post(reverse("console:incident_step", args=[incident.pk, name]), prefixed)


def test_an_adviser_reports_and_sees_that_it_is_in_hands(cast, reported):
    text = cast.luis.get(reverse("console:incident", args=[reported.pk])).text
    assert "A telephone was left on the bus" in text
    assert reverse("console:incident_step", args=[reported.pk, "classify"]) not in text
    assert reported.code in cast.luis.get(reverse("console:incidents")).text


def test_the_clocks_run_from_when_it_was_known(reported):
    assert reported.authority_due_at - reported.known_at == timedelta(hours=72)
    assert reported.people_due_at - reported.known_at == timedelta(hours=72)


def test_a_moment_is_read_on_the_clock_of_the_country(cast):
    cast.luis.post(reverse("console:report_incident"), REPORT | {"known_at": "2026-03-01T10:00"})
    assert Incident.objects.get().known_at.isoformat() == "2026-03-01T16:00:00+00:00"


def test_nothing_is_known_before_it_happens(cast):
    answer = cast.luis.post(reverse("console:report_incident"), REPORT | {"known_at": "2999-01-01T10:00"})
    assert answer.status_code == 200
    assert not Incident.objects.exists()


def test_nobody_reports_for_a_country_out_of_reach(cast):
    answer = cast.luis.post(reverse("console:report_incident"), REPORT | {"place": "bz/"})
    assert answer.status_code == 200
    assert not Incident.objects.exists()


@pytest.mark.parametrize("name", ["carmen", "daniel", "elena", "rosa", "marie", "berta", "nadie"])
def test_others_do_not_see_it(cast, reported, name):
    client = getattr(cast, name)
    assert client.get(reverse("console:incident", args=[reported.pk])).status_code in (302, 404)
    assert reported.code not in client.get(reverse("console:incidents")).text
    assert take(client, reported, "note", text="x").status_code in (302, 404)


@pytest.mark.parametrize("name", ["fabiola", "nora"])
def test_the_focal_points_of_the_country_and_of_the_network_see_it_at_once(cast, reported, name):
    client = getattr(cast, name)
    assert reported.code in client.get(reverse("console:incidents")).text
    assert f'href="{reverse("console:incidents")}"' in client.get("/console/").text


def test_the_whole_way_through_five_steps(cast, reported):
    focal = cast.fabiola
    assert (
        focal.post(reverse("console:incident_step", args=[reported.pk, "classify"]), CLASSIFIED).status_code
        == 302
    )
    take(focal, reported, "authority", text="Written to Prodhab, number 7", told_at="")
    take(focal, reported, "people", text="Called all twelve", told_at="", how_many="12")
    take(focal, reported, "treat", text="Telephone wiped from afar")
    take(focal, reported, "close", text="Telephones get a lock before they leave the hub")
    take(focal, reported, "learn", text="All nine telephones have a lock since Monday")
    reported.refresh_from_db()
    assert (reported.step, reported.severity, reported.people_notified) == ("learning", "high", 12)
    assert [entry.event for entry in reported.entries.order_by("at")] == [
        "reported", "classified", "authority-told", "people-told", "treated", "closed", "learned",
    ]  # fmt: skip
    text = focal.get(reverse("console:incident", args=[reported.pk])).text
    assert "Telephones get a lock" in text
    assert "Called all twelve" in text
    assert AccessEntry.objects.filter(kind="incident", ref=reported.pk, action="write").count() == 7


def test_nothing_is_closed_without_lessons_or_with_somebody_untold(cast, reported):
    focal = cast.fabiola
    focal.post(reverse("console:incident_step", args=[reported.pk, "classify"]), CLASSIFIED)
    take(focal, reported, "treat", text="Wiped")
    assert take(focal, reported, "close", text="").status_code == 400
    assert "antes de cerrar" in take(focal, reported, "close", text="Lock them").text
    take(focal, reported, "waive-authority", text="No authority exists")
    take(focal, reported, "waive-people", text="Nobody could be found")
    assert take(focal, reported, "close", text="Lock them").status_code == 302
    reported.refresh_from_db()
    assert reported.closed_at


def test_steps_are_not_skipped(cast, reported):
    assert take(cast.fabiola, reported, "treat", text="Wiped").status_code == 400
    assert take(cast.fabiola, reported, "close", text="Lessons").status_code == 400
    assert take(cast.fabiola, reported, "invented", text="x").status_code == 404


def test_what_is_overdue_shows_in_the_list_and_on_the_first_page(cast, reported):
    Incident.objects.filter(pk=reported.pk).update(authority_due_at=timezone.now() - timedelta(minutes=1))
    assert "is-overdue" in cast.fabiola.get(reverse("console:incidents")).text
    assert "<em>" in cast.fabiola.get("/console/").text
    assert "is-overdue" not in cast.berta.get(reverse("console:incidents")).text


def test_reading_it_is_logged(cast, reported):
    cast.fabiola.get(reverse("console:incident", args=[reported.pk]))
    entry = AccessEntry.objects.get(kind="incident", action="read")
    assert (entry.by, entry.ref, entry.country, entry.hub) == (
        cast.user("fabiola"), str(reported.pk), "cr", "cr-hub-upala",
    )  # fmt: skip


def test_neither_title_nor_address_nor_list_holds_words(cast, reported):
    assert "telephone" not in cast.fabiola.get(reverse("console:incidents")).text
    text = cast.fabiola.get(reverse("console:incident", args=[reported.pk])).text
    assert "telephone" not in text.split("</title>")[0]


def test_the_rules_of_every_country_can_be_read_with_their_sources(cast):
    text = cast.luis.get(reverse("console:rules")).text
    assert "Prodhab" in text
    assert 'rel="noreferrer"' in text
