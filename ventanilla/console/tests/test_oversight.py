"""The desk of the focal point: the access log, principles, exceptions, complaints, files that leave."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ventanilla.hubs.models import Country
from ventanilla.privacy import exports
from ventanilla.privacy.access_log import record
from ventanilla.privacy.models import AccessEntry, Complaint, ExportRequest, ProtectionException, Sensitivity

OUTSIDERS = ["luis", "carmen", "daniel", "elena", "rosa", "oscar", "nadie"]


def read_by(user, *, ref="11111111-2222-4333-8444-555555555555", country="cr", reason="", action="read"):
    return record(
        by=user, action=action, kind="enquiry", ref=ref, country=country, hub="cr-hub-upala",
        at=timezone.now(), reason=reason,
    )  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDERS)
@pytest.mark.parametrize("view", ["oversight", "access_log", "principles", "complaints"])
def test_the_desk_is_closed_to_others(cast, name, view):
    assert getattr(cast, name).get(reverse(f"console:{view}")).status_code in (302, 404)


@pytest.mark.parametrize("name", ["fabiola", "nora"])
def test_the_desk_shows_what_waits_the_log_and_the_keys(cast, name):
    read_by(cast.user("luis"), reason="x")
    text = getattr(cast, name).get(reverse("console:oversight")).text
    assert "country:cr" in text
    assert "CR: 1" in text
    assert reverse("console:access_log") in text


def test_the_log_shows_who_read_what_and_why_and_that_it_was_looked_at(cast):
    read_by(cast.user("luis"), reason="Her sister called")
    text = cast.fabiola.get(reverse("console:access_log")).text
    assert "Luis" in text
    assert "Her sister called" in text
    own = AccessEntry.objects.get(kind="access-log")
    assert (own.by, own.action, own.country) == (cast.user("fabiola"), "read", "cr")


def test_the_log_of_another_country_stays_there(cast):
    read_by(cast.user("luis"), ref="of-costa-rica")
    assert "of-costa-rica" not in cast.berta.get(reverse("console:access_log")).text
    assert "of-costa-rica" in cast.nora.get(reverse("console:access_log")).text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"ref": "one"}, {"one"}),
        ({"action": "write"}, {"two"}),
        ({"day": "2001-01-01"}, set()),
        ({"day": "no day"}, set()),
        ({}, {"one", "two"}),
    ],
)
def test_the_log_is_narrowed(cast, query, shown):
    read_by(cast.user("luis"), ref="one")
    read_by(cast.user("carmen"), ref="two", action="write")
    text = cast.fabiola.get(reverse("console:access_log"), query).text
    assert {ref for ref in ("one", "two") if f">{ref}</a>" in text} == shown


def test_the_log_is_narrowed_to_a_person(cast):
    read_by(cast.user("luis"), ref="one")
    read_by(cast.user("carmen"), ref="two")
    text = cast.fabiola.get(reverse("console:access_log"), {"person": cast.user("carmen").pk}).text
    assert ">two</a>" in text
    assert ">one</a>" not in text


def test_the_log_is_paged_with_few_queries(cast, django_assert_max_num_queries):
    for n in range(60):
        read_by(cast.user("luis"), ref=f"n{n}", reason="because")
    cast.fabiola.get("/console/")
    with django_assert_max_num_queries(40):
        text = cast.fabiola.get(reverse("console:access_log")).text
    assert ">n59</a>" in text
    assert ">n0</a>" not in text
    assert ">n0</a>" in cast.fabiola.get(reverse("console:access_log"), {"p": 2}).text


def export(client, reason="Yearly audit", query=""):
    return client.post(reverse("console:access_log_export") + query, {"reason": reason})


def test_the_log_leaves_as_a_file_that_says_how_sensitive_it_is(cast):
    read_by(cast.user("luis"), reason="Her sister called")
    answer = export(cast.fabiola)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    name = answer["Content-Disposition"]
    assert "ventanilla-access-log-cr-" in name
    assert "fabiola" not in name.lower()
    lines = list(csv.reader(io.StringIO(answer.content.decode())))
    about = lines[: lines.index([])]
    assert str(Sensitivity.HIGH.label) in [value for _label, value in about]
    assert (timezone.now() + timedelta(days=30)).date().isoformat() in [value for _label, value in about]
    # Reasons hold words of people and stay here.
    assert "sister" not in answer.text
    entry = AccessEntry.objects.get(action="export")
    assert (entry.by, entry.reason) == (cast.user("fabiola"), "Yearly audit")


def test_no_file_without_a_reason(cast):
    assert export(cast.fabiola, reason=" ").status_code == 302
    assert not AccessEntry.objects.filter(action="export").exists()


def test_a_superuser_may_look_and_take_nothing_out(cast):
    assert cast.root.get(reverse("console:access_log")).status_code == 200
    assert export(cast.root).status_code == 302
    assert not AccessEntry.objects.filter(action="export").exists()


EXCEPTION = {"place": "cr/", "principle": "4", "what": "Consent by telephone", "why": "The border is closed"}


def test_an_exception_is_authorised_for_a_time_and_ends(cast):
    day = timezone.now().date() + timedelta(days=30)
    cast.fabiola.post(reverse("console:add_exception"), EXCEPTION | {"expires_on": day.isoformat()})
    row = ProtectionException.objects.get()
    assert (row.what, row.authorised_by) == ("Consent by telephone", cast.user("fabiola"))
    assert "Consent by telephone" in cast.fabiola.get(reverse("console:principles")).text
    assert "Consent by telephone" not in cast.berta.get(reverse("console:principles")).text
    assert cast.berta.post(reverse("console:end_exception", args=[row.pk])).status_code == 404
    cast.fabiola.post(reverse("console:end_exception", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at


@pytest.mark.parametrize("days", [-1, 400])
def test_no_exception_without_an_end_within_a_year(cast, days):
    day = Country.objects.get(code="cr").today(timezone.now()) + timedelta(days=days)
    answer = cast.fabiola.post(reverse("console:add_exception"), EXCEPTION | {"expires_on": day.isoformat()})
    assert answer.status_code == 400
    assert not ProtectionException.objects.exists()


def test_an_exception_that_ran_out_waits_at_the_desk(cast):
    day = timezone.now().date() + timedelta(days=1)
    cast.fabiola.post(reverse("console:add_exception"), EXCEPTION | {"expires_on": day.isoformat()})
    ProtectionException.objects.update(expires_on=timezone.now().date() - timedelta(days=1))
    assert "is-overdue" in cast.fabiola.get(reverse("console:principles")).text


def test_all_thirteen_principles_stand_there_with_places_to_look(cast):
    text = cast.fabiola.get(reverse("console:principles")).text
    assert all(f"<h2>{number} " in text for number in range(1, 14))
    assert reverse("console:access_log") in text


def test_a_complaint_is_noted_by_anybody_and_answered_by_the_focal_point(cast):
    noted = {
        "place": "cr/",
        "received_from": "person",
        "about": "They read my papers aloud",
        "received_at": "",
    }
    assert cast.luis.post(reverse("console:add_complaint"), noted).status_code == 302
    row = Complaint.objects.get()
    assert cast.luis.get(reverse("console:complaint", args=[row.pk])).status_code == 404
    assert cast.berta.get(reverse("console:complaint", args=[row.pk])).status_code == 404
    url = reverse("console:complaint", args=[row.pk])
    assert "They read my papers aloud" in cast.fabiola.get(url).text
    cast.fabiola.post(url, {"text": "A screen of cloth was put up; she was told"})
    row.refresh_from_db()
    assert row.closed_at


@pytest.fixture
def severe():
    """A file of the most sensitive class, as other apps register theirs."""
    kind = exports.ExportKind("Whole cases", Sensitivity.SEVERE, "To hand a case over", ("console:nowhere",))
    exports.kinds["whole-cases"] = kind
    yield "whole-cases"
    del exports.kinds["whole-cases"]


def leave(user, kind, release=None, reason="Hand-over"):
    return exports.export_csv(
        kind=kind, header=["a"], rows=[["=1+1"]], country="cr", hub="", reason=reason, by=user,
        at=timezone.now(), release=release,
    )  # fmt: skip


def test_what_is_most_sensitive_nobody_takes_out_alone(cast, severe):
    asked = {"kind": severe, "place": "cr/", "reason": "Hand-over of a case"}
    assert cast.fabiola.post(reverse("console:files"), asked).status_code == 302
    request = ExportRequest.objects.get()
    with pytest.raises(exports.SecondPersonNeeded):
        leave(cast.user("fabiola"), severe, request)
    release = reverse("console:release_export", args=[request.pk])
    for client in (cast.fabiola, cast.berta, cast.carmen, cast.root):
        assert client.post(release).status_code == 404
    assert cast.felipe.post(release).status_code == 302
    assert b"'=1+1" in leave(cast.user("fabiola"), severe, request).content
    with pytest.raises(exports.SecondPersonNeeded):
        leave(cast.user("fabiola"), severe, request)


def test_a_release_is_for_the_person_who_asked_and_for_a_day(cast, severe):
    asked = {"kind": severe, "place": "cr/", "reason": "Hand-over of a case"}
    cast.fabiola.post(reverse("console:files"), asked)
    request = ExportRequest.objects.get()
    cast.felipe.post(reverse("console:release_export", args=[request.pk]))
    with pytest.raises(exports.SecondPersonNeeded):
        leave(cast.user("felipe"), severe, request)
    ExportRequest.objects.update(released_at=timezone.now() - timedelta(days=2))
    with pytest.raises(exports.SecondPersonNeeded):
        leave(cast.user("fabiola"), severe, request)


def test_every_file_that_leaves_stands_in_the_list(cast):
    text = cast.luis.get(reverse("console:files")).text
    assert all(str(kind.label) in text for kind in exports.kinds.values())
