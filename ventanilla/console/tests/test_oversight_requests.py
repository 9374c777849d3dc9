"""Somebody asks for data of people: logged in a minute, answered with no until the focal point reviewed."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from ventanilla.privacy.models import AccessEntry, LegalRequest

ASKED = {
    "place": "cr/cr-hub-upala",
    "asker": "migration",
    "asked_for": "A list of everybody who came this week",
    "asked_at": "",
    "basis": "letter",
    "officer": "Sergeant Example",
}
DECISION = {
    "review": "Order 12 of the court, for one person",
    "decision": "partly",
    "given": "One date",
    "given_class": "high",
}


@pytest.fixture
def logged(cast):
    assert cast.luis.post(reverse("console:log_request"), ASKED).status_code == 302
    return LegalRequest.objects.get()


def decide(client, request, **values):
    return client.post(reverse("console:decide_request", args=[request.pk]), DECISION | values)


def test_whoever_stands_at_the_counter_reads_what_to_say(cast):
    text = cast.luis.get(reverse("console:log_request")).text
    assert "No puedo dar ni confirmar" in text


def test_the_answer_is_no_until_somebody_reviewed(logged):
    assert (logged.decision, logged.reviewed_at, logged.given_class) == ("refused", None, "")


def test_the_focal_points_are_told_by_their_first_page(cast, logged):
    link = f'href="{reverse("console:legal_requests")}"'
    for client in (cast.fabiola, cast.nora):
        assert link in client.get("/console/").text
    assert link not in cast.berta.get("/console/").text


def test_the_focal_point_gives_part_of_it_and_says_what(cast, logged):
    assert decide(cast.fabiola, logged).status_code == 302
    logged.refresh_from_db()
    assert (logged.decision, logged.given_class, logged.reviewed_by) == (
        "partly",
        "high",
        cast.user("fabiola"),
    )
    assert logged.given == "One date"
    assert AccessEntry.objects.filter(kind="legal-request", action="write", ref=logged.pk).count() == 2


@pytest.mark.parametrize("missing", ["review", "given", "given_class"])
def test_nothing_is_given_without_a_review_and_a_word_on_what_it_was(cast, logged, missing):
    assert decide(cast.fabiola, logged, **{missing: ""}).status_code == 400
    logged.refresh_from_db()
    assert logged.decision == "refused"


def test_who_logged_it_does_not_release_data_alone(cast):
    cast.fabiola.post(reverse("console:log_request"), ASKED | {"place": "cr/"})
    request = LegalRequest.objects.get()
    assert decide(cast.fabiola, request).status_code == 400
    assert decide(cast.fabiola, request, decision="refused").status_code == 302
    assert decide(cast.felipe, request).status_code == 302


def test_the_database_refuses_a_release_without_review(logged):
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalRequest.objects.filter(pk=logged.pk).update(decision="given", given_class="low")


@pytest.mark.parametrize("name", ["carmen", "daniel", "rosa", "marie", "berta", "nadie"])
def test_others_neither_see_nor_decide(cast, logged, name):
    client = getattr(cast, name)
    assert client.get(reverse("console:legal_request", args=[logged.pk])).status_code in (302, 404)
    assert decide(client, logged).status_code in (302, 404)
    assert logged.code not in client.get(reverse("console:legal_requests")).text


def test_the_adviser_sees_the_answer_and_cannot_change_it(cast, logged):
    text = cast.luis.get(reverse("console:legal_request", args=[logged.pk])).text
    assert logged.get_decision_display() in text
    assert decide(cast.luis, logged).status_code == 404


def test_the_network_says_that_it_has_seen_it(cast, logged):
    url = reverse("console:see_request", args=[logged.pk])
    cast.fabiola.post(url)
    logged.refresh_from_db()
    assert logged.network_told_at is None
    cast.nora.post(url)
    logged.refresh_from_db()
    assert logged.network_told_at


def test_no_field_of_any_table_is_made_for_the_status_of_a_migrant():
    # Promise of the firewall: what is not stored cannot be handed over. See docs/how-to/data-protection.md.
    words = (
        "immigration",
        "migration_status",
        "migratory",
        "migratori",
        "irregular",
        "undocumented",
        "legal_status",
        "visa",
    )
    ours = [model for model in apps.get_models() if model.__module__.startswith("ventanilla.")]
    named = [
        str(field)
        for model in ours
        for field in model._meta.get_fields()
        if field.concrete and any(word in field.name.lower() for word in words)
    ]
    assert len(ours) > 20
    assert named == []
