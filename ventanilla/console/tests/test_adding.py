"""New records: by those who may, with a source, and never past the second pair of eyes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ventanilla.directory.models import Organization
from ventanilla.hubs.models import Country, Hub, Network
from ventanilla.verification.items import items
from ventanilla.verification.models import Fact, Proposal, State

BASE = {
    "country": "cr",
    "title": "Albergue La Esperanza",
    "summary": "Cama y comida por tres noches.",
    "topics": ["services"],
    "source-url": "https://albergue.example/abierto",
    "source-publisher": "Pastoral Social",
    "source-title": "Albergues abiertos",
    "source-seen_on": "2026-11-01",
}
SERVICE = BASE | {
    "operator": "Pastoral Social de Upala",
    "needs": ["shelter", "food"],
    "phone": "2470 0000",
    "place-city": "Upala",
    "place-address": "Frente a la iglesia",
}
AGREEMENT = BASE | {
    "title": "Convenio de cosecha 2027",
    "topics": ["work"],
    "website": "https://trabajo.example/cosecha",
}
HUB = BASE | {
    "title": "Ventanilla de Los Chiles",
    "host": "Municipalidad de Los Chiles",
    "kind": "counter",
    "state": "planned",
    "city": "Los Chiles",
    "phone": "2471 0000",
}


def add(client, kind, data):
    return client.post(reverse("console:add_kind", args=[kind]), data)


def new(title=BASE["title"]):
    return Fact.objects.get(names__es=title)


def today():
    return timezone.now().date()


def shown(fact):
    return bool(items(Fact.objects.filter(pk=fact.pk).public(at=today()), at=today()))


def test_a_service_is_added_with_its_source_and_stays_starter_until_confirmed(cast):
    response = add(cast.elena, "service", SERVICE)
    fact = new()
    assert response.headers["Location"] == reverse("console:fact", args=["cr-albergue-la-esperanza"])
    assert fact.state(at=today()) == State.STARTER
    assert (fact.sources.get().publisher, fact.topics) == ("Pastoral Social", ["services"])
    assert fact.checks.get().by == cast.user("elena")
    page = cast.elena.get(f"/es/cr/{fact.ref}/").text
    assert "Frente a la iglesia" in page
    assert fact.service.organization.name == "Pastoral Social de Upala"
    address = reverse("console:confirm", args=[fact.ref])
    cast.elena.post(address, {"source": BASE["source-url"]})
    assert new().state(at=today()) == State.VERIFIED


def test_where_starter_content_is_hidden_a_new_service_is_hidden_until_confirmed(cast):
    Network.objects.update(shows_starter=False)
    add(cast.elena, "service", SERVICE)
    assert not shown(new())
    cast.elena.post(reverse("console:confirm", args=[new().ref]), {"source": BASE["source-url"]})
    assert shown(new())


def test_a_confidential_shelter_never_shows_its_address(cast):
    secret = {"place-is_confidential": "on", "place-area_0": "x", "place-area_es": "Zona norte"}
    add(cast.elena, "service", SERVICE | secret)
    page = cast.elena.get(f"/es/cr/{new().ref}/").text
    assert "Frente a la iglesia" not in page
    assert "Zona norte" in page


def test_a_confidential_shelter_without_an_area_is_not_added(cast):
    response = add(cast.elena, "service", SERVICE | {"place-is_confidential": "on"})
    assert response.context["forms"].place.errors["area"]
    assert not Fact.objects.filter(names__es=BASE["title"]).exists()


@pytest.mark.parametrize("missing", ["url", "publisher", "title", "seen_on"])
def test_nothing_is_added_without_its_whole_source_and_what_was_typed_stays(cast, missing):
    response = add(cast.elena, "service", SERVICE | {f"source-{missing}": ""})
    assert response.context["forms"].source.errors[missing]
    assert "Cama y comida por tres noches." in response.text
    assert "Frente a la iglesia" in response.text
    assert not Fact.objects.filter(names__es=BASE["title"]).exists()


@pytest.mark.parametrize("address", ["ftp://x.example/a", "javascript:alert(1)"])
def test_a_source_is_an_address_of_the_web(cast, address):
    assert add(cast.elena, "service", SERVICE | {"source-url": address}).context["forms"].source.errors["url"]


def test_a_source_seen_in_the_future_is_refused(cast):
    response = add(cast.elena, "service", SERVICE | {"source-seen_on": "2999-01-01"})
    assert response.context["forms"].source.errors["seen_on"]


def test_an_agreement_is_a_proposal_that_its_author_cannot_bring_to_the_public(cast):
    add(cast.daniel, "agreement", AGREEMENT)
    fact = new(AGREEMENT["title"])
    assert set(Proposal.objects.open().values_list("part", flat=True)) == {"text:es", "record"}
    for name in ("confirm", "show"):
        cast.daniel.post(reverse(f"console:{name}", args=[fact.ref]), {"source": BASE["source-url"]})
    fact.refresh_from_db()
    assert fact.checked_on is None
    assert not shown(fact)
    assert AGREEMENT["title"] in cast.diana.get(reverse("console:changes")).text


def test_an_agreement_is_public_once_somebody_else_approved_text_and_record(cast):
    add(cast.elena, "agreement", AGREEMENT)
    for proposal in Proposal.objects.open():
        address = reverse("console:decide_record", args=[proposal.pk])
        assert cast.elena.post(address, {"approve": "1", "other": "https://x.example/"}).status_code == 404
        cast.daniel.post(address, {"approve": "1", "source": BASE["source-url"]})
    fact = new(AGREEMENT["title"])
    assert shown(fact)
    assert (fact.state(at=today()), fact.checked_by) == (State.VERIFIED, cast.user("daniel"))
    assert fact.agreement.website == AGREEMENT["website"]


def test_a_new_agreement_sent_back_is_taken_up_again_as_it_was_typed(cast):
    add(cast.elena, "agreement", AGREEMENT)
    proposal = Proposal.objects.open().get(part="text:es")
    cast.daniel.post(
        reverse("console:decide_record", args=[proposal.pk]), {"reject": "1", "text": "Which year?"}
    )
    address = reverse("console:text", args=[proposal.fact.ref, "es"])
    home = cast.elena.get("/console/").text
    assert "Which year?" in home
    assert address in home
    assert AGREEMENT["title"] in cast.elena.get(address).text
    cast.elena.post(address, {"title": "Convenio de cosecha 2028", "summary": BASE["summary"]})
    assert Proposal.objects.open().get(part="text:es").values["title"] == "Convenio de cosecha 2028"
    assert "Which year?" not in cast.elena.get("/console/").text


@pytest.mark.parametrize("kind", ["job_board", "fraud_warning", "entrepreneurship"])
def test_labour_records_that_need_no_second_pair_of_eyes_are_there_at_once(cast, kind):
    add(cast.elena, kind, AGREEMENT | {"title": "Bolsa nueva"})
    assert shown(new("Bolsa nueva"))
    assert cast.elena.get(f"/es/cr/{new('Bolsa nueva').ref}/").status_code == 200


def test_a_hotline_needs_its_number(cast):
    data = SERVICE | {"title": "Línea amiga", "phone": ""}
    assert add(cast.elena, "hotline", data).context["forms"].main.errors["phone"]
    add(cast.elena, "hotline", data | {"phone": "1188"})
    assert new("Línea amiga").service.phones.get().number == "1188"


def test_an_organisation_takes_over_the_services_that_run_under_its_name(cast):
    add(cast.elena, "service", SERVICE)
    add(cast.elena, "authority", BASE | {"title": SERVICE["operator"], "place-city": "Upala"})
    organization = Organization.objects.get(name=SERVICE["operator"])
    assert organization.fact == new(SERVICE["operator"])
    assert organization.services.get().fact == new()
    assert organization.locations.get().city == "Upala"


def test_the_national_authority_founds_a_hub_and_opens_it_later(cast):
    add(cast.daniel, "hub", HUB)
    hub = Hub.objects.get(city="Los Chiles")
    assert (hub.state, hub.ref) == ("planned", "cr-ventanilla-de-los-chiles")
    address = reverse("console:status", args=[hub.ref])
    cast.daniel.post(address, {"state": "open", "checked-other": "https://muni.example/"})
    hub.refresh_from_db()
    assert hub.state == "open"
    assert new(HUB["title"]).checked_by == cast.user("daniel")


def test_an_editor_founds_no_hub(cast):
    address = reverse("console:add_kind", args=["hub"])
    assert cast.elena.get(address).status_code == 404
    assert add(cast.elena, "hub", HUB).status_code == 404
    assert address not in cast.elena.get(reverse("console:add")).text


def test_nobody_adds_to_another_country(cast):
    assert add(cast.marie, "service", SERVICE).context["forms"].main.errors["country"]
    assert not Country.objects.get(code="cr").facts.filter(names__es=BASE["title"]).exists()


@pytest.mark.parametrize("name", ["carmen", "luis", "oscar", "rosa", "nadie"])
def test_who_proposes_nothing_adds_nothing(cast, name):
    assert add(getattr(cast, name), "service", SERVICE).status_code in (302, 404)
    assert not Fact.objects.filter(names__es=BASE["title"]).exists()


def test_pages_are_not_added_as_records(cast):
    assert cast.daniel.get(reverse("console:add_kind", args=["procedure"])).status_code == 404


def test_the_list_of_content_offers_to_add(cast):
    address = reverse("console:add")
    assert address in cast.elena.get(reverse("console:content")).text
    assert address not in cast.oscar.get(reverse("console:content")).text
