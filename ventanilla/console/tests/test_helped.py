"""Figures of whether it helped: cases for the hub, and elsewhere no number of few people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ventanilla.enquiries.models import DeskSetting, HelpQuestion
from ventanilla.hubs.models import Hub
from ventanilla.privacy.models import AccessEntry

from .case_rows import a_case

PAGE = "/console/cases/helped/"
FEW = ("menos de 5", "fewer than 5")


def answered(answer, *, times=1, hub="cr-hub-upala", enquiry=None):
    day = timezone.now().date()
    row = {"hub": Hub.objects.get(ref=hub), "asked_on": day, "answer": answer, "enquiry": enquiry}
    return [HelpQuestion.objects.create(**row) for _time in range(times)]


def text(client):
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_coordinator_sees_small_numbers_and_the_cases_behind_them(cast):
    enquiry = a_case()
    answered("no", enquiry=enquiry)
    answered("yes", times=2)
    page = text(cast.carmen)
    assert enquiry.code in page
    assert "<dd>3</dd>" in page
    assert "<dd>2</dd>" in page
    assert AccessEntry.objects.filter(action="list", by=cast.user("carmen"), hub="cr-hub-upala").exists()


def test_the_country_sees_no_case_and_no_number_of_few(cast):
    enquiry = a_case()
    answered("no", enquiry=enquiry)
    answered("yes", times=2)
    page = text(cast.daniel)
    assert enquiry.code not in page
    assert any(words in page for words in FEW)
    assert not any(f"<dd>{count}</dd>" in page for count in (1, 2, 3))


def test_where_one_answer_is_of_few_only_the_sum_is_shown(cast):
    answered("yes", times=9)
    answered("no", times=2)
    page = text(cast.daniel)
    assert "<dd>11</dd>" in page
    assert "<dd>9</dd>" not in page
    answered("no", times=4)
    page = text(cast.daniel)
    assert "<dd>9</dd>" in page
    assert "<dd>6</dd>" in page


def test_months_stand_apart_and_old_ones_are_gone(cast):
    [row] = answered("yes")
    HelpQuestion.objects.filter(pk=row.pk).update(asked_on=timezone.now().date() - timedelta(days=500))
    assert "<dd>1</dd>" not in text(cast.carmen)


def test_it_is_for_who_manages_cases_or_a_country(cast):
    answered("yes", times=7)
    for name in ("luis", "paula", "vera", "bruno", "elena", "oscar", "fabiola"):
        assert getattr(cast, name).get(PAGE).status_code == 404
    assert "<dd>7</dd>" not in text(cast.marie)


def test_a_coordinator_switches_it_on(cast):
    sent = {"hub": "cr-hub-upala", "automatic": "always", "asks_if_helped": "on"}
    cast.carmen.post("/console/cases/desk/", sent)
    assert DeskSetting.objects.get(hub__ref="cr-hub-upala").asks_if_helped


@pytest.fixture(autouse=True)
def nothing_asked(site):
    HelpQuestion.objects.all().delete()
