"""Closing for good: with a notice for whoever comes, and only by the right people."""

import pytest
from django.urls import reverse

from ventanilla.hubs.models import Hub
from ventanilla.verification.models import Fact

SEEN = {"checked-other": "https://muni.example/"}


def close(client, fact, state, **data):
    return client.post(reverse("console:status", args=[fact.ref]), {"state": state} | SEEN | data)


@pytest.fixture
def upala(site):
    return Fact.objects.get(ref="cr-hub-upala")


def test_a_hub_closes_for_good_with_a_notice_that_people_read(cast, upala):
    assert close(cast.carmen, upala, "closed", notice_es="Cerró. Vaya a Los Chiles.").status_code == 302
    assert Hub.objects.get(ref=upala.ref).state == "closed"
    assert "Cerró. Vaya a Los Chiles." in cast.carmen.get(f"/es/cr/{upala.ref}/").text
    assert str(Hub.State.CLOSED.label) in upala.checks.get(outcome="changed").note


def test_a_hub_does_not_close_in_silence(cast, upala):
    response = close(cast.carmen, upala, "closed", notice_en="Closed")
    assert response.context["form"].errors["notice"]
    assert Hub.objects.get(ref=upala.ref).state != "closed"


def test_a_hotline_ends_for_good(cast, hotline):
    assert close(cast.elena, hotline, "defunct", notice_es="Ya no atiende. Llame al 911.").status_code == 302
    hotline.service.refresh_from_db()
    assert hotline.service.status == "defunct"
    assert "Ya no atiende. Llame al 911." in cast.elena.get(f"/es/cr/{hotline.ref}/").text


def test_closing_asks_where_it_was_seen(cast, hotline):
    hotline.sources.all().delete()
    response = close(cast.elena, hotline, "defunct", notice_es="Ya no atiende.", **{"checked-other": ""})
    assert response.context["source_form"].errors


def test_the_page_of_a_hub_or_service_leads_there(cast, upala, hotline, agreement):
    for fact, leads in ((upala, True), (hotline, True), (agreement, False)):
        link = reverse("console:status", args=[fact.ref])
        assert (link in cast.daniel.get(reverse("console:fact", args=[fact.ref])).text) is leads


def test_other_kinds_have_nothing_to_open_or_close(cast, agreement):
    assert cast.daniel.get(reverse("console:status", args=[agreement.ref])).status_code == 404


@pytest.mark.parametrize("name", ["luis", "oscar", "rosa", "marie"])
def test_others_close_nothing(cast, upala, name):
    assert close(getattr(cast, name), upala, "closed", notice_es="x").status_code == 404
