"""The public pages as a reader gets them: what they say, in which language, and what they never contain."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.directory.models import Location
from ventanilla.hubs.models import Hub, Network
from ventanilla.library.models import AlertPage
from ventanilla.library.trees import topic_page
from ventanilla.verification.actions import confirm_fact, hide_fact
from ventanilla.verification.models import Fact, Source, Topic
from ventanilla.web.sharing import absolute

pytestmark = pytest.mark.usefixtures("site")

PAGES = (
    "",
    "about/",
    "how-we-check/",
    "privacy/",
    "accessibility/",
    "unavailable/",
    "ask/",
    "cr/",
    "cr/ask/",
    "cr/procedures/",
    "cr/services/",
    "cr/services/?need=legal&town=Upala",
    "cr/hubs/",
    "cr/hotlines/",
    "cr/cr-asylum/",
    "cr/cr-asylum/leaflet/",
    "cr/cr-dgme/",
    "cr/cr-hub-mora/",
    "cr/cr-hub-mora/charter/",
    "cr/cr-hotline-children-pani-whatsapp/",
    "cr/cr-ni-2022/",
    "cr/cr-fraud-documents/",
    "cr/cr-rumour-an-asylum-applicant-may-not-work/",
    "bz/bz-shelter-tip/",
)


class Outline(HTMLParser):
    """The tags, attributes and heading levels of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    @property
    def headings(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]


def read(client: Client, path: str, *, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


@pytest.mark.parametrize("language", ["es", "en", "fr", "ht"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_in_every_language_without_script_style_or_cookie(client, language, path):
    response = client.get(f"/{language}/{path}")
    page = Outline(response.content.decode())
    assert response.status_code == 200
    assert ("html", {"lang": language, "dir": "ltr"}) in page.tags
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert not [tag for tag, attrs in page.tags if tag == "style" or "style" in attrs]
    assert not response.cookies
    # Only the home page brings the worker that keeps pages for reading without a connection.
    scripts = [attrs.get("src", "") for tag, attrs in page.tags if tag == "script"]
    assert [src.rsplit("/", 1)[-1] for src in scripts] == ([] if path else ["offline.js"])
    assert ("script-src 'self'" in response["Content-Security-Policy"]) == (path == "")
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Referrer-Policy"] == "no-referrer"


def test_known_telephone_numbers_in_a_text_can_be_dialled(client):
    html = read(client, "/es/cr/cr-asylum/")
    assert '<a href="tel:1311">1311</a>' in html
    assert ">2024</a>" not in html


def test_apostrophes_and_addresses_are_escaped_once(client):
    html = read(client, "/en/cr/cr-dgme/")
    assert 'href="http' in html
    assert "&amp;#x27;" not in html
    assert "&lt;a " not in html


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_labels_find_their_fields(client, path):
    page = Outline(read(client, f"/es/{path}"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    pointed = [
        attrs[name]
        for _, attrs in page.tags
        for name in ("for", "aria-labelledby", "aria-describedby")
        if name in attrs
    ]
    assert len(ids) == len(set(ids))
    assert set(pointed) <= set(ids)


def test_internal_links_lead_somewhere(client):
    html = "".join(read(client, f"/es/{path}") for path in PAGES)
    links = set(re.findall(r'href="(/(?:es|a|leave)/[^"#?]*)', html))
    dead = [link for link in links if client.get(link).status_code not in (200, 302)]
    assert len(links) > 90
    assert dead == []


def test_a_browser_asks_twice_and_nobody_else(client):
    page = Outline(read(client, "/es/cr/"))
    fetched = [
        attrs["href"]
        for tag, attrs in page.tags
        if tag == "link" and attrs.get("rel") in ("stylesheet", "icon")
    ]
    assert [link[:5] for link in fetched] == ["data:", "/a/" + fetched[1][3:5]]
    assert not [tag for tag, _ in page.tags if tag in ("img", "iframe", "object", "video", "font")]


def test_the_language_switch_stays_on_the_same_item(client):
    html = read(client, "/es/cr/cr-asylum/")
    assert 'href="/fr/cr/cr-asylum/"' in html
    assert 'href="/en/cr/services/?town=Upala"' in read(client, "/es/cr/services/?town=Upala")


def test_a_language_without_the_text_shows_a_substitute_and_says_so(client):
    html = read(client, "/fr/cr/cr-asylum/")
    assert '<h1 lang="es">Pedir refugio en Costa Rica</h1>' in html
    assert "Español" in html.split("notice calm")[1][:200]


def test_a_starter_fact_names_its_source_and_that_nobody_has_confirmed_it(client):
    html = read(client, "/en/cr/cr-asylum/")
    assert "Taken from help.unhcr.org, seen in May 2025; not yet confirmed by an authority." in html


def test_an_old_source_gets_a_stronger_warning(client):
    Source.objects.filter(fact__ref="cr-asylum").update(seen_on=date(2018, 6, 21), seen_precision="day")
    html = read(client, "/en/cr/cr-asylum/")
    assert "seen on 21 June 2018" in html
    assert "This source is more than three years old" in html


@pytest.fixture
def checker() -> User:
    return User.objects.create_user(email="checker@hub.example", password="a long enough phrase")


def test_a_verified_fact_says_who_when_and_until(client, checker):
    fact = Fact.objects.get(ref="cr-asylum")
    authority = Fact.objects.get(ref="cr-dgme")
    at = datetime(2026, 11, 12, 18, tzinfo=UTC)
    confirm_fact(fact=fact, by=checker, at=at, source="https://migracion.go.cr/", authority=authority)
    with time_machine.travel(at, tick=False):
        html = read(client, "/en/cr/cr-asylum/")
    assert "Verified on 12 November 2026 by General Directorate of Migration and Aliens." in html
    assert "It is checked again before 11 May 2027." in html
    assert "not yet confirmed" not in html


def test_a_fact_past_its_check_says_so_and_later_disappears(client, checker):
    at = datetime(2026, 1, 10, 18, tzinfo=UTC)
    confirm_fact(fact=Fact.objects.get(ref="cr-asylum"), by=checker, at=at, source="https://migracion.go.cr/")
    with time_machine.travel(at + timedelta(days=181), tick=False):
        assert "This is being checked again." in read(client, "/en/cr/cr-asylum/")
    with time_machine.travel(at + timedelta(days=215), tick=False):
        read(client, "/en/cr/cr-asylum/", status=404)
        assert "/en/cr/cr-asylum/" not in read(client, "/en/cr/procedures/")


def test_a_hidden_fact_leaves_pages_lists_and_the_sitemap(client, checker):
    hide_fact(fact=Fact.objects.get(ref="cr-asylum"), by=checker, at=timezone.now(), reason="wrong")
    read(client, "/es/cr/cr-asylum/", status=404)
    for path in ("/es/cr/procedures/", "/sitemap-cr.xml"):
        assert "/cr-asylum/" not in read(client, path)


def test_starter_facts_are_nowhere_when_the_network_hides_them(client):
    Network.objects.update(shows_starter=False)
    read(client, "/es/cr/cr-asylum/", status=404)
    assert "cr-asylum" not in read(client, "/es/cr/procedures/")


def an_alert(**overrides: object) -> AlertPage:
    now = timezone.now()
    country = Fact.objects.get(ref="cr-asylum").country
    fact = Fact.objects.create(
        ref="cr-alert-border",
        country=country,
        kind="alert",
        topics=["risks"],
        confidence="high",
        has_source=True,
    )
    values = {
        "title": "Cierre en Peñas Blancas",
        "summary": "La frontera está cerrada.",
        "place": "Peñas Blancas",
    }
    times = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=2)}
    parent = topic_page(country, "es", Topic.RISKS)
    page = AlertPage(slug=fact.ref, fact=fact, locale=parent.locale, severity="danger", **values, **times)
    for name, value in overrides.items():
        setattr(page, name, value)
    return parent.add_child(instance=page)


def test_a_current_alert_stands_on_the_country_home_and_makes_it_change_when_it_ends(client):
    alert = an_alert()
    response = client.get("/es/cr/")
    html = response.content.decode()
    assert "Cierre en Peñas Blancas" in html
    assert response.moments.refresh_at <= alert.ends_at.timestamp()
    assert "Peñas Blancas" in read(client, "/es/cr/cr-alert-border/")


def test_an_alert_that_is_over_is_on_no_list_and_its_page_says_so(client):
    now = timezone.now()
    an_alert(starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=1))
    assert "cr-alert-border" not in read(client, "/es/cr/") + read(client, "/es/cr/risks/")
    assert "This alert is over." in read(client, "/en/cr/cr-alert-border/")


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime(2026, 11, 25, 16, tzinfo=UTC), "Open now, until 16:00."),
        (datetime(2026, 11, 25, 12, tzinfo=UTC), "Closed now. Opens today at 08:00."),
        (datetime(2026, 11, 28, 12, tzinfo=UTC), "Closed now. Opens on Monday at 08:00."),
    ],
)
def test_a_hub_says_whether_it_attends_now_and_the_page_changes_with_it(client, at, sentence):
    hub = Hub.objects.get(ref="cr-hub-mora")
    with time_machine.travel(at, tick=False):
        response = client.get("/en/cr/cr-hub-mora/")
        assert sentence in response.content.decode()
        assert sentence in read(client, "/en/cr/hubs/") + read(client, "/en/cr/")
    change = hub.next_change(at)
    assert change is not None
    assert response.moments.refresh_at == change.timestamp()


@pytest.mark.parametrize(
    ("state", "sentence"), [("suspended", "Not attending at present."), ("planned", "Not open yet.")]
)
def test_a_hub_that_is_not_open_never_says_that_it_attends(client, state, sentence):
    Hub.objects.filter(ref="cr-hub-mora").update(state=state)
    with time_machine.travel(datetime(2026, 11, 25, 16, tzinfo=UTC), tick=False):
        html = read(client, "/en/cr/cr-hub-mora/")
    assert sentence in html
    assert "Open now" not in html


def test_a_confidential_place_shows_its_area_and_nothing_else(client):
    secret = {"address": "Calle Secreta 7", "city": "San Ignacio", "latitude": 17.1588, "longitude": -89.0696}
    Location.objects.filter(services_here__service__fact__ref="bz-shelter-tip").update(**secret)
    paths = [
        "",
        "services/",
        "services/?town=Belmopan&need=shelter",
        "bz-shelter-tip/",
        "bz-shelter-tip/leaflet/",
    ]
    html = "".join(read(client, f"/en/bz/{path}") for path in paths)
    assert "The address is not published" in html
    assert not re.search(r"Secreta|17\.15|89\.06", html)
    assert '<svg class="map"' not in read(client, "/en/bz/bz-shelter-tip/")


def test_a_whatsapp_number_opens_a_chat_only_where_the_country_code_is_known(client):
    assert 'href="https://wa.me/50689891147"' in read(client, "/es/cr/cr-hotline-children-pani-whatsapp/")
    fact = Fact.objects.get(ref="cr-hotline-children-pani-whatsapp")
    fact.service.phones.update(e164="")
    html = read(client, "/es/cr/cr-hotline-children-pani-whatsapp/").split('id="proof"')[0]
    assert "wa.me" not in html
    assert 'href="tel:89891147"' in html


def test_a_rumour_tells_apart_what_is_said_and_what_is_true(client):
    html = read(client, "/es/cr/cr-rumour-an-asylum-applicant-may-not-work/")
    assert "<h2>Lo que se dice</h2>" in html
    assert "<h2>Lo cierto</h2>" in html


def test_related_items_lead_to_the_same_thing_elsewhere(client):
    assert 'href="/es/bz/bz-asylum/"' in read(client, "/es/cr/cr-asylum/")


def test_sharing_is_a_link_with_title_and_address_and_no_tracking(client):
    html = read(client, "/es/cr/cr-asylum/")
    text = quote(f"Pedir refugio en Costa Rica {absolute('/es/cr/cr-asylum/')}", safe="")
    assert f'href="https://wa.me/?text={text}"' in html
    assert f'href="sms:?&amp;body={text}"' in html


def test_the_leaflet_carries_a_code_and_the_address(client):
    html = read(client, "/es/cr/cr-asylum/leaflet/")
    assert 'class="qr"' in html
    assert f"<b>{absolute('/es/cr/cr-asylum/')}</b>" in html


def test_a_charter_shows_the_hubs_own_words_where_it_has_some(client):
    Hub.objects.filter(ref="cr-hub-mora").update(charter={"es": "Le atendemos ya.\n\nCon respeto."})
    assert "<p>Le atendemos ya.</p>" in read(client, "/es/cr/cr-hub-mora/charter/")
    read(client, "/es/cr/cr-asylum/charter/", status=404)


def test_hotlines_stand_under_the_needs_they_answer(client):
    html = read(client, "/en/cr/hotlines/")
    children = html.split('id="children"')[1].split("<section")[0]
    assert "8989-1147" in children
    assert html.index('id="emergency"') < html.index('id="violence"') < html.index('id="children"')


def test_leaving_goes_to_a_neutral_page_and_tells_nothing(client):
    response = client.get("/leave/")
    assert response.status_code == 302
    assert "hub.example" not in response["Location"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_sitemap_lists_items_only_in_their_own_languages(client):
    xml = read(client, "/sitemap-cr.xml")
    assert absolute("/es/cr/cr-asylum/") in xml
    assert "/fr/cr/cr-asylum/" not in xml
    assert "sitemap-cr.xml" in read(client, "/sitemap.xml")
    assert f"Sitemap: {absolute('/sitemap.xml')}" in read(client, "/robots.txt")
