"""Sources are added, corrected and removed by those who answer for the fact; the register notes each."""

import pytest
from django.urls import reverse

from ventanilla.verification.models import Check, Source

NEW = {
    "url": "https://pani.example/linea",
    "publisher": "PANI",
    "title": "Línea nueva",
    "seen_on": "2026-11-01",
}


def add(client, fact, **changes):
    return client.post(reverse("console:add_source", args=[fact.ref]), NEW | changes)


def remove(client, source):
    return client.post(reverse("console:remove_source", args=[source.fact.ref, source.pk]))


def changed(fact):
    return fact.checks.filter(outcome=Check.Outcome.CHANGED)


def test_a_source_is_added_and_people_read_it(cast, hotline):
    assert add(cast.elena, hotline).status_code == 302
    assert changed(hotline).get().source == NEW["url"]
    assert NEW["url"] in cast.elena.get(f"/es/cr/{hotline.ref}/").text


def test_a_source_is_on_file_once_and_what_was_typed_stays(cast, hotline):
    add(cast.elena, hotline)
    response = add(cast.elena, hotline, title="Otro título")
    assert response.context["form"].errors["url"]
    assert "Otro título" in response.text
    assert changed(hotline).count() == 1


def test_what_is_said_of_a_source_is_corrected(cast, hotline):
    source = hotline.sources.order_by("pk").first()
    Source.objects.filter(pk=source.pk).update(seen_on="2024-12-31", seen_precision="year")
    address = reverse("console:correct_source", args=[hotline.ref, source.pk])
    data = {"publisher": "PANI", "title": "Directorio", "seen_on": "2024-12-31"}
    assert cast.elena.post(address, data).status_code == 302
    source.refresh_from_db()
    assert (source.publisher, source.title, source.seen_precision) == ("PANI", "Directorio", "year")
    cast.elena.post(address, data | {"seen_on": "2026-11-02"})
    source.refresh_from_db()
    assert (str(source.seen_on), source.seen_precision) == ("2026-11-02", "day")
    assert changed(hotline).count() == 2


def test_correcting_nothing_is_not_a_change(cast, hotline):
    add(cast.elena, hotline)
    source = hotline.sources.get(url=NEW["url"])
    cast.elena.post(reverse("console:correct_source", args=[hotline.ref, source.pk]), NEW)
    assert changed(hotline).count() == 1


def test_the_last_source_stays_while_people_can_read_the_fact(cast, hotline):
    add(cast.elena, hotline)
    for source in hotline.sources.all():
        remove(cast.elena, source)
    (last,) = hotline.sources.all()
    hotline.refresh_from_db()
    assert hotline.has_source
    cast.elena.post(reverse("console:hide", args=[hotline.ref]), {"text": "Nobody says so."})
    remove(cast.elena, last)
    hotline.refresh_from_db()
    assert not hotline.has_source
    cast.elena.post(reverse("console:show", args=[hotline.ref]))
    assert cast.elena.get(f"/es/cr/{hotline.ref}/").status_code == 404


def test_a_source_of_another_fact_is_not_removed_through_this_one(cast, hotline, agreement):
    source = agreement.sources.first()
    address = reverse("console:remove_source", args=[hotline.ref, source.pk])
    assert cast.elena.post(address).status_code == 404
    assert Source.objects.filter(pk=source.pk).exists()


@pytest.mark.parametrize("name", ["oscar", "luis", "carmen", "rosa", "marie"])
def test_others_change_no_sources(cast, hotline, name):
    assert add(getattr(cast, name), hotline).status_code == 404


def test_sources_of_a_legal_fact_are_the_authoritys_who_then_cannot_confirm_alone(cast, agreement):
    assert add(cast.elena, agreement).status_code == 404
    assert add(cast.daniel, agreement).status_code == 302
    confirm = reverse("console:confirm", args=[agreement.ref])
    cast.daniel.post(confirm, {"source": NEW["url"]})
    agreement.refresh_from_db()
    assert agreement.checked_on is None
    cast.diana.post(confirm, {"source": NEW["url"]})
    agreement.refresh_from_db()
    assert agreement.checked_by == cast.user("diana")
