"""Talks and workshops: heads are counted, nobody is named."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ventanilla.enquiries import group_sessions
from ventanilla.enquiries.models import GroupSession

from .factories import a_hub, a_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 3, 2, tzinfo=ZoneInfo("UTC"))  # still the second of March in Costa Rica
TODAY = date(2026, 3, 2)


def noted(hub, by, heads, **more):
    values = {"held_on": TODAY, "topic": "work", "languages": ["es"]} | more
    return group_sessions.note_session(hub=hub, heads=heads, by=by, at=NOW, **values)


def test_sums_add_up_by_sex_age_and_topic():
    hub = a_hub()
    luis = a_user(hub=hub)
    noted(hub, luis, {("f", "18-29"): 7, ("m", "18-29"): 4, ("", ""): 10, ("x", "0-11"): 0})
    noted(hub, luis, {("f", "30-59"): 3}, topic="risks")
    found = group_sessions.totals(GroupSession.objects.visible_to(luis))
    assert (found.sessions, found.people) == (2, 24)
    assert (found.of_sex("f"), found.of_age("18-29"), found.of_sex("")) == (10, 11, 10)
    assert found.by_topic == {"work": 21, "risks": 3}


def test_correcting_replaces_what_was_counted():
    hub = a_hub()
    luis = a_user(hub=hub)
    row = noted(hub, luis, {("f", ""): 7})
    noted(hub, luis, {("m", ""): 2}, session=row, materials=["volante"])
    assert group_sessions.heads_of(GroupSession.objects.get()) == {("m", ""): 2}
    assert GroupSession.objects.get().materials == ["volante"]


def test_a_session_of_tomorrow_or_without_people_is_not_noted():
    hub = a_hub()
    luis = a_user(hub=hub)
    with pytest.raises(group_sessions.NotHeldYet):
        noted(hub, luis, {("f", ""): 7}, held_on=TODAY + timedelta(days=1))
    with pytest.raises(group_sessions.NobodyCounted):
        noted(hub, luis, {("f", ""): 0})
    assert not GroupSession.objects.exists()


def test_a_session_belongs_to_its_hub_and_is_counted_on_its_days():
    hub = a_hub()
    luis = a_user(hub=hub)
    noted(hub, luis, {("f", ""): 7})
    assert not GroupSession.objects.visible_to(a_user(hub=a_hub("cr-hub-limon"))).exists()
    rows = GroupSession.objects.visible_to(luis)
    assert rows.between(TODAY, TODAY).count() == 1
    assert rows.between(TODAY + timedelta(days=1), TODAY + timedelta(days=9)).count() == 0
