"""Roles become rights: nobody sees, edits or publishes outside their country, and most do not at all."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from ventanilla.accounts.models import Invitation
from ventanilla.hubs.models import Membership, Role
from ventanilla.library.models import CountryPage, ProcedurePage
from ventanilla.verification.models import Fact

from .editor import submit


def edit_address(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("elena", 200),
        ("daniel", 200),
        ("root", 200),
        ("rosa", 404),
        ("luis", 404),
        ("oscar", 404),
        ("carmen", 404),
        ("marie", 404),
        ("nadie", 404),
    ],
)
def test_who_opens_the_editor_of_a_page(cast, procedure, name, status):
    assert getattr(cast, name).get(edit_address(procedure)).status_code == status


def test_an_editor_of_a_hub_edits_the_pages_of_its_country(cast, procedure, neighbours):
    hub = Fact.objects.filter(kind="hub", country="cr").first()
    user = cast.user("nadie")
    from ventanilla.hubs.models import Hub

    Membership.objects.create(user=user, role=Role.EDITOR, hub=Hub.objects.get(ref=hub.ref))
    assert cast.nadie.get(edit_address(procedure)).status_code == 200
    assert cast.nadie.get(edit_address(neighbours)).status_code == 404


def test_a_role_taken_away_closes_every_door(cast, procedure):
    assert cast.elena.get(edit_address(procedure)).status_code == 200
    cast.user("elena").memberships.get().delete()
    assert cast.elena.get(edit_address(procedure)).status_code == 404
    assert cast.elena.get("/console/").status_code == 302


def test_who_has_no_role_is_sent_away(cast):
    assert cast.nadie.get("/console/").status_code == 302
    assert cast.nadie.get(reverse("console:content")).status_code in (302, 404)


def test_the_page_tree_shows_ones_own_country_alone(cast):
    home = CountryPage.objects.get(country="cr", locale__language_code="es").get_parent()
    text = cast.elena.get(reverse("wagtailadmin_explore", args=[home.pk])).text
    assert "Costa Rica" in text
    assert "Belice" not in text


def test_lists_hold_nothing_of_a_neighbour(cast, neighbours):
    for name in ("content", "starter", "due", "countries", "changes"):
        text = cast.elena.get(reverse(f"console:{name}")).text
        assert f"/{neighbours.fact.ref}/" not in text
        assert "/countries/bz/" not in text


def test_the_regional_office_sees_all_countries_and_changes_none(cast, procedure, neighbours):
    text = cast.rosa.get(reverse("console:countries")).text
    assert "/countries/bz/" in text
    assert "/countries/cr/" in text
    for page in (procedure, neighbours):
        assert cast.rosa.get(reverse("console:fact", args=[page.fact.ref])).status_code == 200
        assert (
            cast.rosa.post(reverse("console:hide", args=[page.fact.ref]), {"text": "no"}).status_code == 404
        )


@pytest.mark.parametrize("name", ["oscar", "luis", "rosa", "marie"])
def test_who_only_reads_changes_nothing(cast, procedure, hotline, name):
    client, ref = getattr(cast, name), hotline.ref
    posts = {
        reverse("console:confirm", args=[ref]): {"other": "https://example.org/"},
        reverse("console:hide", args=[ref]): {"text": "no"},
        reverse("console:show", args=[ref]): {},
        reverse("console:confirm_several"): {"ref": ref, f"other:{ref}": "https://example.org/"},
        reverse("console:record", args=[ref]): {},
        reverse("console:text", args=[ref, "es"]): {"title": "x"},
        reverse("console:reviewed", args=[ref, "es"]): {},
        reverse("console:start_page"): {"title": "x", "country": "cr"},
    }
    before = Fact.objects.values().get(pk=hotline.pk)
    for address, data in posts.items():
        response = client.post(address, data)
        if not (name == "marie" and address.endswith("/start-page/")):
            assert response.status_code == 404, address
    submit(client, procedure, fee="999 colones")
    assert Fact.objects.values().get(pk=hotline.pk) == before
    assert not ProcedurePage.objects.get(pk=procedure.pk).has_unpublished_changes


def test_the_neighbours_country_cannot_be_chosen_for_a_new_page(cast):
    from .test_pages import NEW

    assert cast.marie.post(reverse("console:start_page"), NEW).status_code == 200
    assert not Page.objects.filter(title=NEW["title"]).exists()


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        ("oscar", {"due", "content"}, {"network", "staff", "pages", "conflicts"}),
        ("elena", {"due", "pages", "conflicts"}, {"network", "staff", "users", "reports"}),
        ("rosa", {"network", "staff"}, {"pages", "conflicts", "settings", "reports", "images"}),
        ("carmen", {"cases", "person_requests", "retention", "assessments"}, {"oversight", "network"}),
        ("luis", {"cases", "person_requests"}, {"oversight", "retention"}),
        ("fabiola", {"oversight"}, {"person_requests", "retention", "assessments"}),
    ],
)
def test_the_menu_holds_what_the_role_can_use(cast, rf, name, shown, hidden):
    from wagtail.admin.menu import admin_menu

    request = rf.get("/console/")
    request.user = cast.user(name)
    names = {item.name for item in admin_menu.menu_items_for_request(request)}
    assert shown <= names
    assert not hidden & names


@pytest.mark.parametrize("name", ["oscar", "elena", "rosa", "carmen", "luis", "fabiola"])
def test_everything_in_the_menu_opens(cast, rf, name):
    from wagtail.admin.menu import admin_menu

    request = rf.get("/console/")
    request.user = cast.user(name)
    for item in admin_menu.menu_items_for_request(request):
        assert getattr(cast, name).get(item.url).status_code == 200, item.url


def test_nobody_outside_the_network_makes_a_national_authority(cast):
    form = {
        "email": "puppet@example.org",
        "role": "national",
        "country": "cr",
    }
    assert cast.daniel.post(reverse("console:add_staff"), form).status_code == 200
    assert not Invitation.objects.exists()
    assert cast.rosa.post(reverse("console:add_staff"), form).status_code == 302
    assert Invitation.objects.get().country == "cr"


def test_a_coordinator_adds_staff_to_the_own_hub_alone(cast):
    form = {
        "email": "new@example.org",
        "role": "adviser",
    }
    from ventanilla.hubs.models import Hub

    mine = Hub.objects.get(ref="cr-hub-upala")
    other = Hub.objects.exclude(pk=mine.pk).filter(country="cr").first()
    assert cast.carmen.post(reverse("console:add_staff"), {**form, "hub": other.pk}).status_code == 200
    assert cast.carmen.post(reverse("console:add_staff"), {**form, "hub": mine.pk}).status_code == 302
    assert "new@example.org" in cast.carmen.get(reverse("console:invitations")).text
    assert "daniel@example.org" not in cast.carmen.get(reverse("console:staff")).text


def test_a_role_is_taken_away_inside_ones_scope_alone(cast):
    elena = cast.user("elena").memberships.get()
    assert cast.marie.post(reverse("console:take_role", args=[elena.pk])).status_code == 404
    assert cast.carmen.post(reverse("console:take_role", args=[elena.pk])).status_code == 404
    assert cast.daniel.post(reverse("console:take_role", args=[elena.pk])).status_code == 302
    assert not Membership.objects.filter(pk=elena.pk).exists()


def test_the_networks_settings_are_the_regional_offices(cast):
    form = {"name": "Ventanilla Sur", "accent": "#123456", "approval_days": 3, "shows_starter": "on"}
    assert cast.daniel.post(reverse("console:network"), form).status_code == 404
    assert cast.rosa.post(reverse("console:network"), form).status_code == 302
    from ventanilla.hubs.models import Network

    assert Network.current().name == "Ventanilla Sur"
