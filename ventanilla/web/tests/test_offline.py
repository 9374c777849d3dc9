import base64
import hashlib
import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.utils import timezone

from ventanilla.directory.models import Location, Service
from ventanilla.hubs.models import Country, Network
from ventanilla.verification.models import Fact, Wording
from ventanilla.verification.packs.importing import import_packs
from ventanilla.verification.packs.reading import read_packs
from ventanilla.web.offline.building import TakeAlong, take_along
from ventanilla.web.offline.paths import offline_paths, shared_paths

LARGEST = 600_000


class Parsed(HTMLParser):
    """What a browser would fetch or run, the ids of facts, and the text that a person reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.inline: dict[str, str] = {}
        self.links: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._inside = tag
        if tag != "a":
            self.fetched += [str(named[name]) for name in ("src", "href", "data", "poster") if name in named]
        elif named.get("href", "").startswith("#"):
            self.links.append(str(named["href"])[1:])
        if "id" in named:
            self.ids.append(str(named["id"]))

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.inline[self._inside] = self.inline.get(self._inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.fixture
def costa_rica(site) -> Country:
    return Country.objects.get(code="cr")


def made(country: Country, language: str = "es") -> TakeAlong:
    return take_along(country, language, at=timezone.now())


def test_files_of_all_countries_are_small_whole_and_alone(site):
    list(import_packs(read_packs(settings.PACKS_ROOT)))
    Country.objects.update(is_open=True)
    countries = Country.objects.order_by("code")
    assert len(countries) == 11
    files = {(c.code, code): made(c, code) for c in countries for code in c.languages}
    assert len(files) == 28
    for name, file in files.items():
        assert len(file.html) <= LARGEST, name
        parsed = Parsed(file.html.decode())
        assert {item.ref for item in file.items} <= set(parsed.ids), name
        assert len(parsed.ids) == len(set(parsed.ids)), name
        assert set(parsed.links) <= set(parsed.ids), name
        assert parsed.fetched == ["data:,"], name


def test_every_public_fact_is_in_the_file_with_its_source_and_label(costa_rica):
    file = made(costa_rica, "en")
    facts = Fact.objects.filter(country=costa_rica).public(at=timezone.now().date())
    public = set(facts.values_list("ref", flat=True))
    assert {item.ref for item in file.items} == public
    text = file.html.decode()
    assert text.count("not yet confirmed by an authority") == len(public)
    assert all(source.publisher in text for item in file.items for source in item.sources)


def test_what_may_not_be_shown_is_not_in_the_file(costa_rica):
    long_ago, yesterday = (timezone.now().date() - timedelta(days=days) for days in (400, 2))
    facts = Fact.objects.filter(country=costa_rica)
    titles = {item.ref: item.text("es").title for item in made(costa_rica).items}
    facts.filter(ref="cr-asylum").update(hidden_on=long_ago)
    facts.filter(ref="cr-catem-sur").update(has_source=False)
    facts.filter(ref="cr-cet").update(checked_on=long_ago, check_again_on=yesterday, hide_on=yesterday)
    html = made(costa_rica).html.decode()
    for ref in ("cr-asylum", "cr-catem-sur", "cr-cet"):
        assert f'id="{ref}"' not in html
        assert f'<h3 lang="es">{titles[ref]}</h3>' not in html


def test_starter_facts_leave_with_the_setting(costa_rica):
    Network.objects.update(shows_starter=False)
    assert made(costa_rica).items == ()


def test_a_verified_fact_carries_the_days_on_which_it_expires(costa_rica, django_user_model):
    today = costa_rica.today(timezone.now())
    keeper = django_user_model.objects.create(email="nadia.keeper@example.org")
    Fact.objects.filter(ref="cr-asylum").update(
        checked_on=today, checked_by=keeper, check_again_on=today + timedelta(3), hide_on=today + timedelta(9)
    )
    html = made(costa_rica, "en").html.decode()
    start = html.index('id="cr-asylum"')
    entry = html[start : html.index("</details>", start)]
    assert f'data-gone="{today + timedelta(9)}"' in entry
    assert f'data-due="{today + timedelta(3)}"' in entry
    assert "Verified on" in entry
    assert "Do not rely on this from" in entry
    assert "nadia" not in html.lower()


def test_a_fact_whose_check_is_due_says_so(costa_rica):
    today = costa_rica.today(timezone.now())
    Fact.objects.filter(ref="cr-asylum").update(
        checked_on=today - timedelta(200), check_again_on=today - timedelta(2), hide_on=today + timedelta(9)
    )
    html = made(costa_rica, "en").html.decode()
    start = html.index('id="cr-asylum"')
    assert "This is being checked again." in html[start : html.index("</details>", start)]


def test_texts_cannot_run_or_break_out(costa_rica):
    wording = Wording.objects.filter(fact__country=costa_rica, fact__kind="hotline", language="es").first()
    wording.title = "<script>alert(1)</script>"
    wording.summary = '"><img src=https://evil.example/x>'
    wording.ask_like = ['" onclick="alert(1)', "</details><style>*{}"]
    wording.save()
    parsed = Parsed(made(costa_rica).html.decode())
    assert parsed.fetched == ["data:,"]
    assert "alert(1)" not in parsed.inline["script"]
    assert wording.fact.ref in parsed.ids


def test_a_confidential_place_stays_out(costa_rica):
    place = Location.objects.filter(services_here__service__fact__country=costa_rica, city__gt="").first()
    service = Service.objects.filter(at_locations__location=place).first()
    Location.objects.filter(pk=place.pk).update(
        location_type=Location.Type.PHYSICAL,
        address="Calle Secreta 5",
        is_confidential=True,
        area={"es": "Zona sur"},
    )
    html = made(costa_rica).html.decode()
    assert "Calle Secreta" not in html
    start = html.index(f'id="{service.fact.ref}"')
    assert "Zona sur" in html[start : html.index("</details>", start)]


def test_the_policy_names_exactly_the_script_and_style_inside(costa_rica):
    file = made(costa_rica)
    inline = Parsed(file.html.decode()).inline
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(inline[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in file.policy
    assert "unsafe-inline" not in file.policy
    assert file.policy.startswith("default-src 'none'")
    assert len(inline["script"]) < 15_000
    assert not re.search(r"@import|url\((?!data:)", inline["style"])


def test_the_file_is_served_under_its_policy(client, costa_rica):
    response = client.get("/es/cr/take/cr-es.html")
    assert response.status_code == 200
    assert "sha256-" in response["Content-Security-Policy"]
    assert response.moments.refresh_at
    assert not response.cookies


@pytest.mark.parametrize("path", ["fr/cr/take/cr-fr.html", "es/cr/take/cr-en.html", "es/pa/take/pa-es.html"])
def test_other_files_do_not_exist(client, site, path):
    assert client.get(f"/{path}").status_code == 404


def test_a_closed_country_cannot_be_taken(client, costa_rica):
    Country.objects.filter(code="cr").update(is_open=False)
    for path in (*offline_paths(costa_rica), "/es/cr/offline/"):
        assert client.get(path).status_code == 404, path


def test_the_page_names_each_file_with_its_size(client, costa_rica):
    html = client.get("/en/cr/offline/").content.decode()
    for language in ("es", "en"):
        size = round(len(made(costa_rica, language).html) / 1000)
        assert f'href="/{language}/cr/take/cr-{language}.html"' in html
        assert f"{size} KB" in html


def test_everything_on_the_list_can_be_kept(client, site):
    Fact.objects.filter(ref="bz-asylum").update(hidden_on=timezone.now().date())
    listed = json.loads(client.get("/en/bz/offline/list.json").content)
    assert listed["file"] in listed["pages"]
    assert listed["home"] == listed["pages"][0]
    assert "/en/bz/bz-asylum/" not in listed["pages"]
    assert len(listed["pages"]) == len(set(listed["pages"])) > 30
    assert [path for path in listed["pages"] if client.get(path).status_code != 200] == []


def test_a_language_that_is_not_the_countrys_keeps_the_main_file(client, site):
    listed = json.loads(client.get("/fr/bz/offline/list.json").content)
    assert listed["file"] == "/en/bz/take/bz-en.html"
    assert listed["file"] in listed["pages"]


def test_all_addresses_for_the_baker_answer(client, costa_rica):
    paths = [*offline_paths(costa_rica), *shared_paths()]
    assert "/ht/cr/offline/list.json" in paths
    assert "/en/cr/take/cr-en.html" in paths
    assert {client.get(path).status_code for path in paths} == {200}


def test_the_worker_speaks_every_language_and_finds_its_shell(client, site):
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    told = response.content.decode().removeprefix("const settings = ").split(";\n", 1)[0]
    facts = json.loads(told)
    assert set(facts["sentences"]) == set(settings.PUBLIC_LANGUAGES)
    assert {client.get(path).status_code for path in facts["shell"]} == {200}
    assert facts["leave"] == "/leave/"


def test_a_phone_can_put_the_site_on_its_home_screen(client, site):
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["start_url"] == "/"
    icon = client.get(manifest["icons"][0]["src"])
    assert icon["Content-Type"] == "image/svg+xml"
