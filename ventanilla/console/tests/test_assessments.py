"""Assessments of channels in the console: staff read them, those who answer for a place sign."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ventanilla.privacy.assessments import is_signed
from ventanilla.privacy.models import ChannelAssessment

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
def test_it_can_be_taken_along(cast, form, starts):
    answer = cast.luis.get(WEB, {"place": PLACE, "as": form})
    assert answer.content.startswith(starts)
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="ventanilla-assessment-web-cr-hub-upala.{form}"'
    )


@pytest.mark.parametrize("place", ["bz/", "bz/bz-hub-benque", "cr/bz-hub-benque", "xx/", "cr/../x"])
def test_a_place_out_of_reach_is_not_there(cast, place):
    assert cast.luis.get(WEB, {"place": place}).status_code == 404


def test_a_kind_that_does_not_exist_is_not_there(cast):
    assert cast.luis.get(reverse("console:assessment", args=["fax"])).status_code == 404
    assert cast.fabiola.post(reverse("console:sign_assessment", args=["fax"])).status_code == 404


def test_reading_the_list_takes_few_queries(cast, django_assert_max_num_queries):
    cast.fabiola.get(reverse("console:assessments"))
    with django_assert_max_num_queries(30):
        cast.fabiola.get(reverse("console:assessments"))
