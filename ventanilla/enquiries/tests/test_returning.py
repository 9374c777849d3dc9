"""Who comes again is counted without opening anything."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry, Identity, Person
from ventanilla.enquiries.returning import repeat_contacts
from ventanilla.privacy.sealing import keys

from .factories import a_channel, a_hub, an_enquiry, writes

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 20, 12, tzinfo=ZoneInfo("America/Costa_Rica"))
SINCE, UNTIL = NOON - timedelta(days=10), NOON + timedelta(days=1)


def day(number):
    return NOON - timedelta(days=number)


@pytest.fixture
def hub():
    return a_hub()


@pytest.fixture
def line(hub):
    return a_channel(hub)


def counted(*hubs):
    return repeat_contacts(hubs, SINCE, UNTIL)


def test_who_wrote_on_another_day_within_thirty_returns(hub, line):
    for number in (35, 20, 1):
        writes(line, "50688887777", "hola", at=day(number))
    writes(line, "50688886666", "hola", at=day(1))
    assert counted(hub) == (2, 1)


def test_several_messages_of_one_evening_are_one_visit(hub, line):
    evening = day(2).replace(hour=17)
    for hours in (0, 1, 3):
        # In UTC the last one is of the next day.
        writes(line, "50688887777", "hola", at=evening + timedelta(hours=hours))
    assert counted(hub) == (1, 0)


def test_who_comes_back_after_more_than_thirty_days_is_new(hub, line):
    for number in (33, 1):
        writes(line, "50688887777", "hola", at=day(number))
    assert counted(hub) == (1, 0)


def test_another_hub_is_another_beginning(hub, line):
    limon = a_hub("cr-hub-limon")
    writes(line, "50688887777", "hola", at=day(5))
    writes(a_channel(limon), "50688887777", "hola", at=day(1))
    assert counted(limon) == (1, 0)
    assert counted(hub, limon) == (2, 0)


def test_two_channels_of_somebody_joined_by_hand_are_one_person(hub, line):
    writes(line, "50688887777", "hola", at=day(5))
    writes(a_channel(hub, "web"), "a" * 64, "hola", at=day(1))
    first, second = Enquiry.objects.order_by("opened_at")
    Person.objects.filter(pk=second.person_id).update(merged_into=first.person)
    Identity.objects.filter(person=second.person).update(person=first.person)
    assert counted(hub) == (1, 1)


def test_nothing_is_opened_and_spam_is_nobody(hub, line, monkeypatch):
    writes(line, "50688887777", "hola", at=day(1))
    counter = an_enquiry(hub)
    actions.receive_message(enquiry=counter, body="hola", at=day(1))
    Enquiry.objects.filter(pk=counter.pk).update(state="spam", closed_at=timezone.now())
    keys.ring.clear()
    monkeypatch.setattr("ventanilla.privacy.sealing.keys.key", None)
    assert counted(hub) == (1, 0)
