"""The clock of checks in the console: due, starter, still correct, hide, open a country."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ventanilla.hubs.models import Country
from ventanilla.verification.actions import confirm_fact
from ventanilla.verification.models import Fact, State


def today():
    """The day in Costa Rica, where these facts are checked."""
    return Country.objects.get(code="cr").today(timezone.now())


def make_due(fact):
    fact.checked_on = today() - timedelta(days=100)
    fact.check_again_on = today() - timedelta(days=10)
    fact.hide_on = today() + timedelta(days=20)
    fact.save()


def confirm(client, fact, source="https://example.org/list"):
    return client.post(reverse("console:confirm", args=[fact.ref]), {"source": "", "other": source})


def test_a_due_fact_is_listed_and_one_press_confirms_it(cast, hotline):
    make_due(hotline)
    assert hotline.ref in cast.elena.get(reverse("console:due")).text
    confirm(cast.elena, hotline)
    hotline.refresh_from_db()
    assert (hotline.checked_on, hotline.checked_by) == (today(), cast.user("elena"))
    assert hotline.ref not in cast.elena.get(reverse("console:due")).text


def test_without_a_source_nothing_is_confirmed(cast, hotline):
    response = confirm(cast.elena, hotline, source="")
    assert response.status_code == 200
    hotline.refresh_from_db()
    assert hotline.checked_on is None


def test_a_legal_fact_is_the_national_authoritys_to_confirm(cast, procedure):
    assert confirm(cast.elena, procedure.fact).status_code == 404
    assert confirm(cast.daniel, procedure.fact).status_code == 302


def test_a_coordinator_confirms_the_own_hub_and_no_other(cast):
    mine = Fact.objects.get(ref="cr-hub-upala")
    other = Fact.objects.filter(kind="hub", country="cr").exclude(pk=mine.pk).first()
    assert confirm(cast.carmen, mine).status_code == 302
    assert confirm(cast.carmen, other).status_code == 404


def test_several_are_confirmed_at_once_each_with_its_source(cast):
    one, two, three = Fact.objects.filter(country="cr", kind="service").in_state(State.STARTER, at=today())[
        :3
    ]
    response = cast.elena.post(
        reverse("console:confirm_several"),
        {
            "ref": [one.ref, two.ref],
            f"other:{one.ref}": "https://one.example/",
            f"other:{three.ref}": "https://x.example/",
        },
        follow=True,
    )
    for fact in (one, two, three):
        fact.refresh_from_db()
    assert one.checked_on == today()
    assert two.checked_on is None
    assert three.checked_on is None
    assert len(response.context["messages"]) == 2


def test_emergency_numbers_come_first_in_the_starter_list(cast):
    rows = cast.daniel.get(reverse("console:starter")).context["rows"]
    emergency = Country.objects.get(code="cr").emergency
    assert {row["fact"].ref for row in rows[: len(emergency)]} == set(emergency)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("kind=hotline", {"hotline"}),
        ("q=911", None),
        ("topic=work", None),
        ("state=starter", None),
        ("country=cr", None),
    ],
)
def test_filters_narrow_the_list(cast, query, kinds):
    everything = cast.daniel.get(reverse("console:content")).context["page"].paginator.count
    page = cast.daniel.get(f"{reverse('console:content')}?{query}").context["page"]
    assert 0 < page.paginator.count <= everything
    assert kinds is None or {fact.kind for fact in page.object_list} == kinds


def test_who_answers_for_a_fact_is_named_among_the_countrys_authorities(cast, hotline):
    ours = Fact.objects.filter(country="cr", kind="authority").order_by("ref").first()
    theirs = Fact.objects.filter(country="bz", kind="authority").order_by("ref").first()
    address = reverse("console:authority", args=[hotline.ref])
    cast.elena.post(address, {"authority": theirs.pk})
    hotline.refresh_from_db()
    assert hotline.authority is None
    assert cast.oscar.post(address, {"authority": ours.pk}).status_code == 404
    cast.elena.post(address, {"authority": ours.pk})
    page = cast.elena.get(f"{reverse('console:content')}?owner={ours.pk}").context["page"]
    assert list(page.object_list) == [hotline]


def test_hidden_with_a_reason_and_shown_again(cast, hotline):
    cast.elena.post(reverse("console:hide", args=[hotline.ref]), {"text": "The line is dead."})
    hotline.refresh_from_db()
    assert hotline not in Fact.objects.public(at=today())
    assert "The line is dead." in cast.elena.get(reverse("console:fact", args=[hotline.ref])).text
    cast.elena.post(reverse("console:show", args=[hotline.ref]))
    assert hotline in Fact.objects.public(at=today())


def test_changed_opens_the_editor_that_goes_with_the_fact(cast, procedure, hotline):
    to_page = cast.elena.get(reverse("console:change", args=[procedure.fact.ref]))
    to_record = cast.elena.get(reverse("console:change", args=[hotline.ref]))
    assert "/pages/" in to_page.headers["Location"]
    assert to_record.headers["Location"] == reverse("console:record", args=[hotline.ref])


def test_a_country_does_not_open_before_its_emergency_numbers_are_verified(cast, settings):
    settings.DEMO = False
    Country.objects.update(is_open=False)
    country = Country.objects.get(code="cr")
    assert country.emergency[0] in cast.daniel.get(reverse("console:country", args=["cr"])).text
    cast.daniel.post(reverse("console:open_country", args=["cr"]))
    assert not Country.objects.get(code="cr").is_open
    for ref in country.emergency:
        fact = Fact.objects.get(ref=ref)
        confirm_fact(fact=fact, by=cast.user("daniel"), at=timezone.now(), source="https://911.example/")
    cast.daniel.post(reverse("console:open_country", args=["cr"]))
    assert Country.objects.get(code="cr").is_open


def test_only_who_answers_for_a_country_opens_it(cast):
    for name, status in (("elena", 404), ("marie", 404), ("oscar", 404), ("rosa", 302)):
        response = getattr(cast, name).post(reverse("console:close_country", args=["cr"]))
        assert response.status_code == status


def test_the_address_to_go_back_to_is_ours(cast, hotline):
    data = {"other": "https://example.org/", "next": "https://evil.example/console/"}
    response = cast.elena.post(reverse("console:confirm", args=[hotline.ref]), data)
    assert response.headers["Location"] == reverse("console:fact", args=[hotline.ref])
