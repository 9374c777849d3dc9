"""Assessments of channels in the console: staff read them, those who answer for a place sign."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ventanilla.privacy.assessments import is_signed
from ventanilla.privacy.models import AccessEntry, ChannelAssessment

PLACE = "cr/cr-hub-upala"
WEB = reverse("console:assessment", args=["web"])
SIGN = reverse("console:sign_assessment", args=["web"])


def signed():
    return is_signed("web", country="cr", hub="cr-hub-upala", at=timezone.now())


def test_two_people_sign_and_the_list_says_so(cast):
    cast.carmen.post(SIGN, {"place": PLACE, "capacity": "operation", "conditions": "Only by day"})
    assert not signed()
    cast.fabiola.post(SIGN, {"place": PLACE, "capacity": "protection"})
    assert signed()
    assert "Upala" in cast.luis.get(reverse("console:assessments")).text
    page = cast.luis.get(WEB, {"place": PLACE}).text
    assert "Only by day" in page
    assert "Carmen" in page


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("luis", {"place": PLACE, "capacity": "operation"}),
        ("carmen", {"place": PLACE, "capacity": "protection"}),
        ("carmen", {"place": "cr/cr-hub-limon", "capacity": "operation"}),
        ("berta", {"place": PLACE, "capacity": "protection"}),
        ("carmen", {"place": "", "capacity": "operation"}),
    ],
)
def test_others_cannot_sign(cast, name, data):
    assert getattr(cast, name).post(SIGN, data).status_code == 302
    assert not ChannelAssessment.objects.exists()


def test_only_who_could_sign_takes_it_back(cast):
    cast.fabiola.post(SIGN, {"place": PLACE, "capacity": "protection"})
    row = ChannelAssessment.objects.get()
    address = reverse("console:withdraw_assessment", args=[row.pk])
    assert cast.carmen.post(address).status_code == 404
    assert cast.berta.post(address).status_code == 404
    assert cast.felipe.post(address).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_by == cast.user("felipe")


def test_the_form_is_there_for_who_may_sign(cast):
    assert SIGN in cast.carmen.get(WEB).text
    assert SIGN not in cast.elena.get(WEB).text


@pytest.mark.parametrize(("form", "starts"), [("md", b"# "), ("html", b"<!doctype html>")])
@pytest.mark.parametrize("name", ["carmen", "fabiola"])
def test_it_is_taken_along_for_a_place_as_a_file_with_its_class_and_a_trace(cast, name, form, starts):
    cast.carmen.post(SIGN, {"place": PLACE, "capacity": "operation"})
    answer = getattr(cast, name).get(WEB, {"place": PLACE, "as": form})
    assert answer.content.startswith(starts)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "ventanilla-assessment-web-cr-" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert "Carmen" in answer.text
    assert "sensibilidad: media" in answer.text
    entry = AccessEntry.objects.get(action="export", kind="export", ref="assessment")
    assert (entry.country, entry.hub, entry.by) == ("cr", "cr-hub-upala", cast.user(name))


@pytest.mark.parametrize("name", ["luis", "elena", "daniel"])
def test_who_may_not_take_colleagues_names_out_is_refused_and_not_offered_it(cast, name):
    client = getattr(cast, name)
    assert "as=md" not in client.get(WEB, {"place": PLACE}).text
    answer = client.get(WEB, {"place": PLACE, "as": "md"}, follow=True)
    assert "Content-Disposition" not in answer.headers
    assert "no permite sacar esto" in answer.text
    assert not AccessEntry.objects.filter(action="export").exists()


def test_without_a_place_everybody_of_the_staff_takes_the_bare_text(cast):
    cast.carmen.post(SIGN, {"place": PLACE, "capacity": "operation"})
    assert "as=md" in cast.luis.get(WEB).text
    answer = cast.luis.get(WEB, {"as": "md"})
    assert "Carmen" not in answer.text
    assert "sensibilidad: baja" in answer.text
    assert AccessEntry.objects.filter(action="export", ref="assessment-text").count() == 1
