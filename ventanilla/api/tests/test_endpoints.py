"""What the API tells: the same facts as the site, and nothing that the site does not show."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.answers.models import Gap
from ventanilla.hubs.models import Country, Network
from ventanilla.library.models import AlertPage
from ventanilla.library.trees import topic_page
from ventanilla.verification.actions import confirm_fact, hide_fact
from ventanilla.verification.models import Fact, Source, Topic

# A Tuesday, 10:30 in Costa Rica.
NOW = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def staff(db):
    return User.objects.create(email="a@hub.example", first_name="Rosalinda", last_name="Quesada")


def ask(client, **body):
    return client.post("/api/ask", body, content_type="application/json")


def test_asking_gives_what_the_command_prints(client):
    answer = ask(client, text="qué necesito para pedir refugio", country="cr", lang="es", id="q1").json()
    assert list(answer) == ["id", "verdict", "confidence", "language", "passages", "took_ms"]
    assert answer["id"] == "q1"
    first = answer["passages"][0]
    assert first["id"] == "cr-asylum"
    assert first["url"] == "https://hub.example/es/cr/cr-asylum/"
    assert set(first) == {"id", "title", "text", "url", "sources", "checked_on", "state", "score"}


def test_a_question_is_never_kept_by_caches_and_lands_in_the_gaps_without_names(client):
    Network.objects.update(shows_starter=False)
    response = ask(client, text="pedir refugio, me llamo Ana Mora, 8888 7777", country="cr", lang="es")
    assert response["Cache-Control"] == "no-store"
    assert response.json()["verdict"] == "none"
    assert "Ana" not in Gap.objects.get().text
    assert "8888" not in Gap.objects.get().text


@pytest.mark.parametrize(
    "text", ["", "🙂" * 50, "<script>alert(1)</script>", "'; DROP TABLE x; --", "a\x00b‮c", "x" * 10_000]
)
def test_anything_a_person_can_type_is_answered(client, text):
    assert ask(client, text=text, country="cr", lang="es").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ("{", 400, "The body is not JSON."),
        ("[]", 422, "text: "),
        ('{"text": 5}', 422, "text: Input should be a valid string"),
        ('{"lang": "es"}', 422, "text: Field required"),
        ('{"text": "x", "id": [1]}', 422, "id: Input should be a valid"),
        ('{"text": "\\ud800"}', 200, None),
    ],
)
def test_a_body_that_is_not_understood_is_refused_in_plain_words(client, body, status, detail):
    response = client.post("/api/ask", body, content_type="application/json")
    assert response.status_code == status
    if detail:
        assert response.json()["detail"].startswith(detail)


def test_items_are_filtered_and_come_in_the_language_asked_for(client):
    page = client.get("/api/items?country=cr&kind=procedure&topic=procedures&lang=en").json()
    assert page["total_items"] == page["size"] > 3
    assert {(row["country"], row["kind"], row["language"]) for row in page["contents"]} == {
        ("cr", "procedure", "en")
    }
    asylum = client.get("/api/items?concept=asylum").json()["contents"]
    assert [row["ref"] for row in asylum] == ["bz-asylum", "cr-asylum"]


def test_the_language_of_the_browser_counts_where_none_is_named(client):
    german = client.get("/api/items/cr-asylum", headers={"Accept-Language": "de, en;q=0.8"}).json()
    assert german["language"] == "en"
    assert client.get("/api/items/cr-asylum?lang=fr").json()["language"] == "es"


def test_pages_hold_fifty_and_end(client):
    first = client.get("/api/items").json()
    assert (first["size"], first["first_page"], first["last_page"]) == (50, True, False)
    last = client.get(f"/api/items?page={first['total_pages']}").json()
    assert last["last_page"]
    assert client.get(f"/api/items?page={first['total_pages'] + 1}").status_code == 404
    assert client.get("/api/items?page=0").json()["detail"].startswith("page: ")


def test_an_item_has_its_texts_its_sources_and_its_state(client, staff):
    fact = Fact.objects.get(ref="cr-asylum")
    with time_machine.travel(NOW, tick=False):
        confirm_fact(fact=fact, by=staff, at=NOW, source="https://www.migracion.go.cr/refugio")
        response = client.get("/api/items/cr-asylum")
    item = response.json()
    assert (item["state"], item["checked_on"], item["check_again_on"]) == (
        "verified",
        "2026-12-01",
        "2027-05-30",
    )
    assert set(item["texts"]) == {"es", "en"}
    assert item["texts"]["es"]["requirements"]
    assert "https://www.migracion.go.cr/refugio" in [source["url"] for source in item["sources"]]
    assert "Rosalinda" not in response.text


def test_with_a_language_only_that_text_comes(client):
    assert set(client.get("/api/items/cr-asylum?lang=en").json()["texts"]) == {"en"}


def test_countries_name_the_public_emergency_lines(client):
    countries = {row["code"]: row for row in client.get("/api/countries").json()["contents"]}
    assert set(countries) == {"bz", "cr"}
    assert countries["cr"]["emergency"]
    assert countries["bz"]["emergency"] == []


def test_a_country_that_is_not_open_is_unknown(client):
    Country.objects.filter(code="bz").update(is_open=False)
    assert client.get("/api/items?country=bz").status_code == 404
    assert client.get("/api/items/bz-asylum").status_code == 404
    assert client.get("/api/hubs?country=bz").status_code == 404
    assert "bz-" not in client.get("/api/items").text
    assert client.get("/api/hsds/services?country=bz").status_code == 404


def test_hubs_tell_whether_somebody_is_there_now(client):
    with time_machine.travel(NOW, tick=False):
        page = client.get("/api/hubs?country=cr&lang=en")
    assert page["Cache-Control"] == "public, max-age=60"
    hubs = {hub["ref"]: hub for hub in page.json()["contents"]}
    with_hours = [hub for hub in hubs.values() if hub["hours"]]
    assert all(hub["state"] in ("planned", "open", "suspended", "closed") for hub in hubs.values())
    assert any(hub["is_attending"] for hub in with_hours)
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        at_night = client.get("/api/hubs?country=cr").json()["contents"]
    assert not any(hub["is_attending"] for hub in at_night)


def test_a_hub_whose_fact_is_hidden_is_not_told(client, staff):
    ref = client.get("/api/hubs?country=cr").json()["contents"][0]["ref"]
    hide_fact(fact=Fact.objects.get(ref=ref), by=staff, at=timezone.now(), reason="x")
    assert ref not in client.get("/api/hubs").text


def an_alert(
    ref="cr-alert-closed", *, starts=timedelta(hours=-1), ends=timedelta(days=1), title="Frontera cerrada"
):
    country = Country.objects.get(code="cr")
    fact = Fact.objects.create(
        ref=ref, country=country, kind="alert", topics=["risks"], confidence="high", has_source=True
    )
    Source.objects.create(fact=fact, url="https://www.cne.go.cr/aviso", publisher="cne.go.cr")
    parent = topic_page(country, "es", Topic.RISKS)
    now = timezone.now()
    page = AlertPage(
        title=title, slug=ref, fact=fact, summary="No pase hoy.", starts_at=now + starts, ends_at=now + ends,
        place="Peñas Blancas", severity="danger", locale=parent.locale,
    )  # fmt: skip
    parent.add_child(instance=page)
    return page


def test_alerts_are_those_that_hold_now(client):
    an_alert()
    an_alert("cr-alert-over", ends=timedelta(minutes=-1))
    an_alert("cr-alert-coming", starts=timedelta(hours=1))
    (alert,) = client.get("/api/alerts?country=cr&lang=es").json()["contents"]
    assert (alert["ref"], alert["severity"], alert["place"]) == ("cr-alert-closed", "danger", "Peñas Blancas")
    assert client.get("/api/alerts?country=bz").json()["contents"] == []


def every_list(client) -> str:
    """All that any list and feed says, in every language."""
    paths = [f"/api/items?page={page}" for page in (1, 2, 3)]
    paths += ["/api/hubs", "/api/alerts", "/api/countries"]
    paths += [f"/api/hsds/{what}?full=true&per_page=200" for what in ("services", "organizations")]
    paths += ["/api/hsds/service_at_locations?full=true&per_page=200", "/feeds/es/cr/alerts.atom"]
    paths += [f"/feeds/es/{country}/changes.{form}" for country in ("cr", "bz") for form in ("atom", "rss")]
    return "".join(client.get(path).text for path in paths)


def test_what_has_no_source_is_in_no_endpoint(client):
    hidden = Fact.objects.filter(confidence="none")
    assert hidden.count() > 2
    told = every_list(client)
    for fact in hidden:
        assert f'"{fact.ref}"' not in told, fact.ref
        assert client.get(f"/api/items/{fact.ref}").status_code == 404
    assert '"cr-asylum"' in told


@pytest.mark.parametrize("ref", ["cr-asylum", "cr-hias"])
def test_what_is_hidden_by_hand_or_by_the_calendar_leaves_every_endpoint(client, staff, ref):
    assert f"/{ref}/" in every_list(client)
    fact = Fact.objects.get(ref=ref)
    overdue = {
        "checked_on": date(2020, 1, 1),
        "check_again_on": date(2020, 6, 1),
        "hide_on": date(2020, 7, 1),
    }
    Fact.objects.filter(pk=fact.pk).update(**overdue)
    assert f"/{ref}/" not in every_list(client)
    assert client.get(f"/api/items/{ref}").status_code == 404
    Fact.objects.filter(pk=fact.pk).update(checked_on=None, check_again_on=None, hide_on=None)
    hide_fact(fact=fact, by=staff, at=timezone.now(), reason="x")
    assert f"/{ref}/" not in every_list(client)
    assert ask(client, text="pedir refugio", country="cr", lang="es").text.count(f'"{ref}"') == 0


def test_where_the_network_hides_starters_nothing_is_told_before_it_is_verified(client, staff):
    Network.objects.update(shows_starter=False)
    assert client.get("/api/items").json()["empty"]
    confirm_fact(
        fact=Fact.objects.get(ref="cr-asylum"), by=staff, at=timezone.now(), source="https://x.example/"
    )
    assert [row["ref"] for row in client.get("/api/items").json()["contents"]] == ["cr-asylum"]
    assert client.get("/api/hsds/organizations").json()["empty"]
