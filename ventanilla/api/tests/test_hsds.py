"""The HSDS API: the shapes of the standard, its paging and filters, and only what the public may see."""

import pytest
from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.directory.models import Service
from ventanilla.directory.tests.hsds_standard import faults
from ventanilla.verification.actions import confirm_fact
from ventanilla.verification.models import Fact

pytestmark = pytest.mark.usefixtures("site")

HEADER = ["total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"]
OBJECTS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}


def test_the_root_says_which_version_it_speaks(client):
    said = client.get("/api/hsds/").json()
    assert said["version"] == "3.1"
    assert said["openapi_url"] == "https://hub.example/api/openapi.json"


@pytest.mark.parametrize("full", ["true", "false"])
@pytest.mark.parametrize(("path", "table"), OBJECTS.items())
def test_every_list_keeps_to_the_standard(client, path, table, full):
    page = client.get(f"/api/hsds/{path}?per_page=200&full={full}").json()
    assert list(page) == HEADER
    assert page["size"] == len(page["contents"]) > 1
    for row in page["contents"]:
        assert faults(table, row) == []


@pytest.mark.parametrize("path", ["services", "organizations", "service_at_locations"])
def test_every_object_of_a_list_has_an_address_of_its_own(client, path):
    table = OBJECTS[path]
    for row in client.get(f"/api/hsds/{path}?per_page=200").json()["contents"]:
        one = client.get(f"/api/hsds/{path}/{row['id']}")
        assert one.status_code == 200
        assert faults(table, one.json()) == []
        assert one.json()["id"] == row["id"]


def test_a_service_tells_its_place_hours_phones_and_needs(client):
    fact = Fact.objects.get(ref="cr-hias")
    service = client.get(f"/api/hsds/services/{fact.service.pk}?lang=en").json()
    assert service["ventanilla_ref"] == "cr-hias"
    assert service["ventanilla_url"] == "https://hub.example/en/cr/cr-hias/"
    assert service["organization"]["name"]
    assert service["service_at_locations"][0]["location"]["location_type"] == "physical"
    needs = {a["taxonomy_term"]["code"] for a in service["attributes"]}
    assert set(fact.service.needs) <= needs


def test_the_date_it_was_checked_is_ours_only(client):
    fact = Fact.objects.get(ref="cr-hias")
    Service.objects.filter(fact=fact).update(assured_on="2020-01-01", assurer_email="a@partner.example")
    address = f"/api/hsds/services/{fact.service.pk}"
    starter = client.get(address).json()
    assert "assured_date" not in starter
    assert "assurer_email" not in starter
    assert starter["ventanilla_state"] == "starter"
    staff = User.objects.create(email="a@hub.example")
    confirm_fact(fact=fact, by=staff, at=timezone.now(), source="https://x.example/")
    verified = client.get(address).json()
    assert verified["assured_date"] == fact.country.today(timezone.now()).isoformat()
    assert verified["ventanilla_state"] == "verified"
    assert "@hub.example" not in str(verified)


def refs(client, query: str) -> set[str]:
    page = client.get(f"/api/hsds/services?per_page=200&{query}")
    return {row["ventanilla_ref"] for row in page.json()["contents"]}


def test_filters_add_up(client):
    shelters = refs(client, "need=shelter")
    assert {ref[:2] for ref in shelters} == {"bz", "cr"}
    assert {ref for ref in shelters if ref.startswith("cr-")} == refs(client, "need=shelter&country=cr")
    (term,) = [
        row
        for row in client.get("/api/hsds/taxonomy_terms?per_page=200").json()["contents"]
        if row["code"] == "shelter"
    ]
    assert refs(client, f"taxonomy_term_id={term['id']}") == shelters
    assert refs(client, f"taxonomy_id={term['taxonomy_id']}") >= shelters
    organization = Service.objects.get(fact__ref="cr-hias").organization_id
    assert "cr-hias" in refs(client, f"organization_id={organization}")
    assert refs(client, f"organization_id={organization}&need=money") == set()


@pytest.mark.parametrize("words", ["hias", "HÍAS", "hías unhcr"])
def test_search_forgives_case_and_accents_and_wants_every_word(client, words):
    assert "cr-hias" in refs(client, f"country=cr&search={words}")
    assert refs(client, "search=hias+xqzt") == set()


def test_modified_after_takes_any_moment(client):
    assert refs(client, "modified_after=2020-01-01T00:00:00") == refs(client, "")
    assert refs(client, "modified_after=2999-01-01T00:00:00Z") == set()
    for extreme in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00"):
        assert client.get(f"/api/hsds/services?modified_after={extreme}").status_code == 200


def test_terms_are_named_in_the_language_asked_for(client):
    terms = client.get("/api/hsds/taxonomy_terms?per_page=200&lang=en").json()
    assert "Legal help" in {row["name"] for row in terms["contents"]}
    assert terms["total_items"] == 25


@pytest.mark.parametrize("path", ["services", "organizations", "service_at_locations"])
def test_what_is_unknown_is_not_found(client, path):
    missing = client.get(f"/api/hsds/{path}/00000000-0000-4000-8000-000000000000")
    assert missing.status_code == 404
    assert missing.json()["detail"].startswith("There is no such")


def test_an_organisation_whose_fact_is_hidden_is_a_name_and_nothing_more(client):
    service = Service.objects.filter(fact__country="cr", organization__fact=None).first()
    fact = Fact.objects.get(ref="cr-refugee-unit") if Fact.objects.filter(ref="cr-refugee-unit") else None
    fact = fact or Fact.objects.filter(kind="authority", country="cr", has_source=True).first()
    authority = fact.organization
    authority.phones.create(number="2222 0000")
    Service.objects.filter(pk=service.pk).update(organization=authority)
    Fact.objects.filter(pk=fact.pk).update(hidden_on="2026-01-01")
    shown = client.get(f"/api/hsds/organizations/{authority.pk}").json()
    assert shown["name"] == authority.name
    assert (shown["description"], shown["phones"], shown["locations"]) == ("", [], [])
    assert "website" not in shown
