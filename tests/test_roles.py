"""Who holds which right where, and who may give which role to whom."""

import pytest
from django.db import IntegrityError, transaction

from ventanilla.accounts.models import User
from ventanilla.enquiries.tests.factories import a_hub, a_user
from ventanilla.hubs.actions import NotToYourself, OutsideYourScope, RoleNeedsAnotherPlace, give_role
from ventanilla.hubs.models import Membership, Role
from ventanilla.hubs.rights import RIGHTS, Right, reach, sees_words

pytestmark = pytest.mark.django_db
WORDS = (Right.CASES, Right.MANAGE_CASES, Right.PROTECTED, Right.BREAK_GLASS)


@pytest.fixture
def upala():
    return a_hub()


@pytest.mark.parametrize(
    "role", [Role.REGIONAL, Role.NATIONAL, Role.EDITOR, Role.TRAINER, Role.OBSERVER, Role.DATA_PROTECTION]
)
def test_a_role_that_answers_nobody_sees_no_words(role):
    assert not RIGHTS[role] & set(WORDS)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADVISER, Role.PROTECTION])
def test_cases_are_reached_in_the_own_hub_alone(upala, role):
    user = a_user(role, hub=upala)
    assert reach(user, Right.CASES).covers("cr", hub=upala.ref)
    assert not reach(user, Right.CASES).covers("cr", hub="cr-hub-los-chiles")
    assert reach(user, Right.BREAK_GLASS).covers("cr")
    assert not reach(user, Right.BREAK_GLASS).covers("bz")


def test_whoever_keeps_the_machine_running_reads_nobodys_words(upala):
    root = User.objects.create_superuser("root@example.org", "long enough for a test")
    assert [right for right in (*WORDS, Right.EXPORT_HIGH) if reach(root, right)] == []


def test_who_left_holds_nothing(upala):
    user = a_user(hub=upala)
    user.is_active = False
    assert not any(reach(user, right) for right in Right)


@pytest.mark.parametrize(
    ("role", "needs"),
    [
        (Role.ADVISER, True),
        (Role.COORDINATOR, True),
        (Role.PROTECTION, True),
        (Role.EDITOR, False),
        (Role.OBSERVER, False),
    ],
)
def test_who_sees_words_needs_a_second_factor(upala, role, needs):
    assert sees_words(a_user(role, hub=upala)) is needs


GIVERS = {
    "regional": lambda hub: a_user(Role.REGIONAL),
    "national": lambda hub: a_user(Role.NATIONAL, country="cr"),
    "coordinator": lambda hub: a_user(Role.COORDINATOR, hub=hub),
    "protection": lambda hub: a_user(Role.PROTECTION, hub=hub),
    "data-protection": lambda hub: a_user(Role.DATA_PROTECTION, country="cr"),
}


@pytest.mark.parametrize(
    ("giver", "role", "may"),
    [
        ("regional", Role.PROTECTION, True),
        ("national", Role.PROTECTION, True),
        ("coordinator", Role.PROTECTION, True),
        ("protection", Role.PROTECTION, False),
        ("data-protection", Role.ADVISER, False),
        ("coordinator", Role.ADVISER, True),
        ("coordinator", Role.COORDINATOR, False),
    ],
)
def test_roles_of_a_hub_are_given_by(upala, giver, role, may):
    by, user = GIVERS[giver](upala), a_user(None)
    if may:
        give_role(user=user, role=role, hub=upala, by=by)
        assert Membership.objects.get(user=user).role == role
    else:
        with pytest.raises(OutsideYourScope):
            give_role(user=user, role=role, hub=upala, by=by)


@pytest.mark.parametrize(
    ("giver", "may"), [("regional", True), ("national", True), ("coordinator", False), ("protection", False)]
)
def test_a_focal_point_of_the_country_is_named_by(upala, giver, may):
    by, user = GIVERS[giver](upala), a_user(None)
    if may:
        give_role(user=user, role=Role.DATA_PROTECTION, country=upala.country, by=by)
        assert reach(user, Right.OVERSIGHT).covers("cr")
    else:
        with pytest.raises(OutsideYourScope):
            give_role(user=user, role=Role.DATA_PROTECTION, country=upala.country, by=by)


def test_a_coordinator_gives_nothing_in_the_neighbour_hub(upala):
    by = a_user(Role.COORDINATOR, hub=upala)
    with pytest.raises(OutsideYourScope):
        give_role(user=a_user(None), role=Role.ADVISER, hub=a_hub("cr-hub-los-chiles"), by=by)


@pytest.mark.parametrize("role", [Role.ADVISER, Role.PROTECTION])
def test_nobody_lets_themselves_in(upala, role):
    for by in (GIVERS["national"](upala), User.objects.create_superuser("root@example.org", "long enough")):
        with pytest.raises(NotToYourself):
            give_role(user=by, role=role, hub=upala, by=by)


def test_a_focal_point_belongs_to_a_country_and_not_to_a_hub(upala):
    with pytest.raises(RoleNeedsAnotherPlace):
        give_role(user=a_user(None), role=Role.DATA_PROTECTION, hub=upala, by=a_user(Role.REGIONAL))
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=a_user(None), role=Role.DATA_PROTECTION, hub=upala)
