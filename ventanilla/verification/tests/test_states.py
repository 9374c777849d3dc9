"""The clock of a fact: what the calendar alone does to what people see (promise P1)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Country, Network
from ventanilla.verification import actions
from ventanilla.verification.models import GRACE, Check, Fact, Kind, Source, State

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PAGE = "https://example.org/page"

pytestmark = pytest.mark.django_db


@pytest.fixture
def country() -> Country:
    return Country.objects.create(code="xa", names={"es": "Xanadu"}, languages=["es"], currency="XAD")


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana@example.org")


@pytest.fixture
def beto() -> User:
    return User.objects.create_user("beto@example.org")


def a_fact(country: Country, kind: str = Kind.HOTLINE, **fields: object) -> Fact:
    fields = {"ref": f"xa-{kind}", "confidence": "high", "has_source": True, **fields}
    fact = Fact.objects.create(country=country, kind=kind, **fields)
    Source.objects.create(fact=fact, url="https://example.org/first")
    return fact


def public_on(day: date) -> bool:
    return Fact.objects.public(at=day).filter(country="xa").exists()


def quotable_on(day: date) -> bool:
    return Fact.objects.quotable(at=day).filter(country="xa").exists()


def test_starter_facts_are_public_only_where_the_network_says_so(country: Country):
    Network.objects.update_or_create(pk=1, defaults={"shows_starter": False})
    fact = a_fact(country)
    assert fact.state(at=TODAY) == State.STARTER
    assert not public_on(TODAY)
    Network.objects.update_or_create(pk=1, defaults={"shows_starter": True})
    assert public_on(TODAY)


def test_without_a_source_never(country: Country):
    Network.objects.update_or_create(pk=1, defaults={"shows_starter": True})
    a_fact(country, confidence="none", has_source=False)
    assert not public_on(TODAY)


@pytest.mark.parametrize(("kind", "days"), [(Kind.HOTLINE, 90), (Kind.PROCEDURE, 180), (Kind.ALERT, 30)])
def test_a_confirmation_runs_out_and_the_fact_leaves_by_itself(
    country: Country, ana: User, kind: str, days: int
):
    fact = actions.confirm_fact(fact=a_fact(country, kind), by=ana, at=NOON, source=PAGE)
    last_good_day = TODAY + timedelta(days=days - 1)
    assert fact.state(at=last_good_day) == State.VERIFIED
    assert quotable_on(last_good_day)

    due = last_good_day + timedelta(days=1)
    assert fact.state(at=due) == State.DUE
    assert public_on(due)
    assert not quotable_on(due)

    hidden = due + timedelta(days=GRACE)
    assert public_on(hidden - timedelta(days=1))
    assert fact.state(at=hidden) == State.HIDDEN
    assert not public_on(hidden)


def test_a_confirmation_needs_a_source_looked_at(country: Country, ana: User):
    with pytest.raises(actions.NoSourceLookedAt):
        actions.confirm_fact(fact=a_fact(country), by=ana, at=NOON, source="")


def test_the_source_looked_at_is_kept_with_the_day(country: Country, ana: User):
    fact = actions.confirm_fact(fact=a_fact(country), by=ana, at=NOON, source=PAGE)
    assert fact.sources.get(url=PAGE).seen_on == TODAY
    assert fact.checks.get().source == PAGE


def test_nobody_confirms_their_own_change_of_a_procedure(country: Country, ana: User, beto: User):
    fact = actions.change_fact(fact=a_fact(country, Kind.PROCEDURE), by=ana, at=NOON)
    with pytest.raises(actions.OwnChange):
        actions.confirm_fact(fact=fact, by=ana, at=NOON, source=PAGE)
    assert actions.confirm_fact(fact=fact, by=beto, at=NOON, source=PAGE).checked_by == beto


def test_hiding_takes_it_off_at_once_and_can_be_undone(country: Country, ana: User):
    fact = actions.confirm_fact(fact=a_fact(country), by=ana, at=NOON, source=PAGE)
    actions.hide_fact(fact=fact, by=ana, at=NOON, reason="The number changed")
    assert not public_on(TODAY)
    actions.show_fact(fact=fact, by=ana, at=NOON)
    assert public_on(TODAY)
    assert [check.outcome for check in Check.objects.order_by("pk")] == ["confirmed", "hidden", "shown"]


def test_a_country_without_emergency_lines_says_so(country: Country):
    assert actions.emergency_lines_missing(country, at=TODAY) == ["*"]


def test_emergency_lines_count_when_they_are_verified(country: Country, ana: User):
    fact = a_fact(country)
    country.emergency = [fact.ref]
    assert actions.emergency_lines_missing(country, at=TODAY) == [fact.ref]
    actions.confirm_fact(fact=fact, by=ana, at=NOON, source=PAGE)
    assert actions.emergency_lines_missing(country, at=TODAY) == []


def test_the_day_is_the_countrys_own(country: Country, ana: User):
    country.timezone = "Pacific/Auckland"
    country.save()
    fact = actions.confirm_fact(fact=a_fact(country), by=ana, at=NOON, source=PAGE)
    assert fact.checked_on == TODAY + timedelta(days=1)
