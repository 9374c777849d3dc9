"""Writing to a person: which lines the public sees, where each leads, and who sees what is written on it."""

import re

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import escape

from ventanilla.channels import running
from ventanilla.channels.contract import Misconfigured, kinds
from ventanilla.channels.models import Channel
from ventanilla.enquiries.tests.factories import a_channel
from ventanilla.hubs.models import Hub
from ventanilla.privacy.assessments import all_assessments
from ventanilla.verification.models import Fact
from ventanilla.web import baking, writing

pytestmark = pytest.mark.usefixtures("site")

LANGUAGES = ("es", "en", "fr", "ht")
PAGE = "/es/cr/write/"
# Address of the channel, link on the page.
LINES = {
    "whatsapp": ("+506 4000 0001", "https://wa.me/50640000001"),
    "telegram": ("@ventanilla_demo_bot", "https://t.me/ventanilla_demo_bot"),
    "messenger": ("ventanilla.upala", "https://m.me/ventanilla.upala"),
    "sms_http": ("1234", "sms:1234"),
    "sms_smpp": ("+50640000000", "sms:+50640000000"),
    "email": ("upala@ventanilla.example", "mailto:upala@ventanilla.example"),
    "phone": ("+506 4000 0002", "tel:+50640000002"),
}


def a_line(kind, *, hub="cr-hub-upala", state=Channel.State.OPEN, address=None):
    line = a_channel(Hub.objects.get(ref=hub), kind=kind)
    line.address = LINES.get(kind, ("", ""))[0] if address is None else address
    line.state = state
    line.save()
    return line


@pytest.fixture
def all_lines(site):
    return [a_line(kind) for kind in reversed(["web", *LINES, "counter", "community"])]


def read(client, path=PAGE):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def hrefs(html):
    return re.findall(r'href="([^"]+)"', html.split("<main")[1].split("</main>")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_open_line_has_its_link_in_order_and_the_chat_comes_first(client, all_lines, language):
    found = hrefs(read(client, f"/{language}/cr/write/"))
    wanted = [f"/{language}/cr/chat/", *(link for _address, link in LINES.values())]
    assert sorted(link for link in found if link in wanted) == sorted(wanted)
    firsts = [link for link in found if link in wanted and not link.startswith("sms:")]
    assert firsts == [link for link in wanted if not link.startswith("sms:")]


def test_nothing_of_others_is_loaded_and_they_do_not_learn_where_somebody_comes_from(client, all_lines):
    html = read(client)
    outward = re.findall(r'<a href="(?:https|sms|mailto|tel)[^>]*>', html.split('class="lead"')[1])
    outward = [link for link in outward if any(known in link for _address, known in LINES.values())]
    assert len(outward) == len(LINES)
    assert all('rel="noreferrer noopener"' in link for link in outward)
    assert not re.findall(r"<(script|iframe|img|form)", html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_says_who_sees_what_is_written(client, all_lines, language):
    html = read(client, f"/{language}/cr/write/")
    assert html.count("<details>") == 7
    for kind in writing.WAYS:
        known = all_assessments()[kind]
        assert escape(known.how[language]) in html
        for seer in known.seen_by:
            assert all(escape(text[language]) in html for text in (seer.who, seer.traces, seer.kept))
        assert all(escape(text[language]) in html for text in known.not_here)


def section(html, key):
    return re.search(rf'<section class="fact" aria-labelledby="{key}">.*?</section>', html, re.DOTALL)[0]


def test_who_is_told_and_when_a_person_is_there(client):
    a_line("whatsapp")
    hub = Hub.objects.get(ref="cr-hub-upala")
    hub.hours.all().delete()
    assert "We do not know at what hours" in section(read(client, "/en/cr/write/"), "whatsapp")
    for day in range(7):
        hub.hours.create(weekday=day, opens="08:00", closes="16:00")
    with time_machine.travel("2026-11-25T18:00Z", tick=False):
        told = section(read(client, "/en/cr/write/"), "whatsapp")
        assert "Open now, until" in told
        assert '/en/cr/cr-hub-upala/"' in told
    with time_machine.travel("2026-11-25T23:30Z", tick=False):
        assert "Closed now." in section(read(client, "/en/cr/write/"), "whatsapp")


def test_a_hub_that_is_not_public_is_named_without_its_hours(client):
    a_line("whatsapp")
    Fact.objects.filter(ref="cr-hub-upala").update(hidden_on=timezone.now())
    told = section(read(client, "/en/cr/write/"), "whatsapp")
    assert escape(Hub.objects.get(ref="cr-hub-upala").name("en")) in told
    assert "cr-hub-upala" not in told
    assert 'class="now' not in told


def test_a_line_of_the_whole_country_is_answered_by_its_hubs(client):
    line = a_line("whatsapp")
    Channel.objects.filter(pk=line.pk).update(hub=None)
    assert "The hubs of Costa Rica answer." in read(client, "/en/cr/write/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safest_way_is_named_before_the_line(client, language):
    a_line("whatsapp")
    alone = section(read(client, f"/{language}/cr/write/"), "whatsapp")
    assert alone.index(f'href="/{language}/cr/hubs/"') < alone.index("wa.me")
    chat = a_line("web")
    beside = section(read(client, f"/{language}/cr/write/"), "whatsapp")
    assert beside.index('href="#web"') < beside.index("wa.me")
    assert "ok" in section(read(client, f"/{language}/cr/write/"), "web")
    Channel.objects.filter(pk=chat.pk).update(state=Channel.State.PAUSED)
    assert f'href="/{language}/cr/hubs/"' in section(read(client, f"/{language}/cr/write/"), "whatsapp")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "Responde más tarde"),
        ("en", "Answers later"),
        ("fr", "Répond plus tard"),
        ("ht", "reponn pita"),
    ],
)
def test_a_paused_line_answers_later(client, language, words):
    for kind in ("web", "whatsapp", "phone"):
        a_line(kind, state=Channel.State.PAUSED)
    html = read(client, f"/{language}/cr/write/")
    assert html.count(words) == 3
    assert 'class="now' not in html
    assert "https://wa.me/50640000001" in html


@pytest.mark.parametrize("state", [Channel.State.DRAFT, Channel.State.CLOSED])
@pytest.mark.parametrize("kind", ["web", *LINES])
def test_a_line_that_is_not_open_is_not_there(client, kind, state):
    a_line(kind, state=state)
    html = read(client)
    assert 'class="fact"' not in html
    assert LINES.get(kind, ("", "/es/cr/chat/"))[1] not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_line_it_says_so_and_leads_to_people(client, language):
    found = hrefs(read(client, f"/{language}/cr/write/"))
    assert {f"/{language}/cr/hubs/", f"/{language}/cr/hotlines/"} <= set(found)
    assert not [link for link in found if link.startswith(("https:", "sms:", "mailto:"))]


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("whatsapp", ""), ("whatsapp", "4000 0001"), ("whatsapp", "+506\" onclick=x"),
        ("telegram", "javascript:alert(1)"), ("messenger", "a page/?x"), ("sms_http", "VENTANILLA"),
        ("email", "upala@@example"), ("phone", ""),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_not_listed(client, kind, address):
    a_line(kind, address=address)
    assert 'class="fact"' not in read(client)


def test_a_page_of_messenger_without_a_name_is_reached_by_its_number(client):
    line = a_line("messenger", address="")
    running.configure(channel=line, values={"page_id": "106540352242922", "human_agent": "no"})
    assert "https://m.me/106540352242922" in read(client)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("whatsapp", {"number": "4000 0001"}),
        ("whatsapp", {"number": "hola"}),
        ("messenger", {"page_name": "https://m.me/upala"}),
    ],
)
def test_an_address_that_would_lead_nowhere_is_refused_when_it_is_typed(kind, values):
    with pytest.raises(Misconfigured):
        kinds[kind].check(values)


def test_two_hubs_with_the_same_kind_stand_under_one_card(client):
    a_line("whatsapp")
    a_line("whatsapp", hub="cr-hub-mora", address="+506 4000 0009")
    html = read(client)
    assert html.count("https://wa.me/") == 2
    assert html.count("<details>") == 1


def test_every_kind_that_can_be_opened_has_its_place_on_the_page():
    elsewhere = {"counter", "community-advisor"}
    assert {kind.assessed_as() for kind in kinds.values()} == set(writing.WAYS) | elsewhere


PLACES = ("/es/cr/", "/es/cr/hubs/", "/es/cr/hotlines/")


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("state", [None, *Channel.State])
def test_pages_lead_there_only_while_a_line_is_open(client, path, state):
    if state:
        a_line("whatsapp", state=state)
    assert (PAGE in hrefs(read(client, path))) == (state == Channel.State.OPEN)


@pytest.mark.parametrize("question", ["q nesesito pa pedir refujio", "visa", "cuanto pesa la luna azul"])
def test_every_answer_leads_there_first_of_all_people(client, question):
    def links():
        return hrefs(client.post("/es/cr/ask/", {"q": question}).content.decode())

    assert PAGE not in links()
    a_line("whatsapp")
    found = links()
    assert found.index(PAGE) < found.index("/es/cr/hubs/")


def test_the_chat_names_the_other_ways(client):
    a_line("whatsapp")
    assert PAGE in hrefs(read(client, "/es/cr/chat/"))
    a_line("web")
    assert PAGE in hrefs(read(client, "/es/cr/chat/"))


def test_a_paused_chat_takes_what_is_written_and_says_that_it_is_answered_later(client):
    a_line("web", state=Channel.State.PAUSED)
    assert "Responde más tarde" in read(client, "/es/cr/chat/")
    page = client.post("/es/cr/chat/", {"say": "hola, necesito ayuda"}).content.decode()
    assert "hola, necesito ayuda" in page
    assert "Responde más tarde" in page


def test_the_sitemap_names_it_while_a_line_is_open(client):
    assert PAGE not in client.get("/sitemap-cr.xml").content.decode()
    a_line("whatsapp")
    assert f"{PAGE}</loc>" in client.get("/sitemap-cr.xml").content.decode()


def test_a_phone_keeps_the_page(client):
    assert PAGE in client.get("/es/cr/offline/list.json").json()["pages"]


@pytest.fixture
def baked(settings, tmp_path, monkeypatch):
    """Pages about lines of two countries, as a machine has baked them, and those it bakes anew."""
    settings.BAKED_ROOT = tmp_path / "baked"
    every = [*baking.line_paths("cr"), *baking.line_paths("bz"), "/es/cr/cr-asylum/"]
    monkeypatch.setattr(baking, "all_paths", lambda: every)
    baking.look()
    rendered, render = [], baking.render
    monkeypatch.setattr(baking, "render", lambda path: rendered.append(path) or render(path))
    return rendered


def text_of(path):
    return baking.store().get(path).body.decode()


@pytest.mark.usefixtures("baked")
def test_baked_pages_follow_a_line_that_opens_pauses_moves_and_closes():
    line = a_line("whatsapp")
    baking.look()
    assert "https://wa.me/50640000001" in text_of(PAGE)
    assert PAGE in text_of("/es/cr/")
    running.pause(channel=line)
    baking.look()
    assert "Responde más tarde" in text_of(PAGE)
    assert PAGE not in text_of("/es/cr/")
    running.configure(channel=line, values={"number": "+506 4000 0009"})
    baking.look()
    assert "https://wa.me/50640000009" in text_of(PAGE)
    running.close(channel=line)
    baking.look()
    assert "wa.me/506400000" not in text_of(PAGE)


def test_no_other_page_is_made_again(baked):
    a_line("whatsapp")
    baking.look()
    assert set(baked) == set(baking.line_paths("cr"))
    baked.clear()
    baking.look()
    assert baked == []
