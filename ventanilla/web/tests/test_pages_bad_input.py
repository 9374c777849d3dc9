"""Whatever a client sends, a page comes back, and nothing of it is executed."""

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("site")

NASTY = {
    "nul": "refugio\x00 ahora",
    "long": "refugio " * 1_300,
    "emoji": "😀🚑🆘",
    "html": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "sql": "'; DROP TABLE hubs_country; --",
    "template": "{{ 7|add:7 }}{% debug %}",
    "right to left override": "refugio \u202egnirts\u202c",
    "zero width": "re\u200bfu\u200dgio",
    "combining": "e" + "\u0301" * 500,
    "quote": '"refugio',
    "controls": "\x01\x02\x1b[31mrojo",
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("path", ["/es/ask/", "/es/cr/ask/"])
def test_any_question_gets_a_page(client, path, text):
    response = client.post(path, {"q": text})
    html = response.content.decode()
    assert response.status_code == 200
    assert "<script" not in html
    assert "<img" not in html
    assert not {"\x00", "\u202e", "\x1b"} & set(html)
    assert "14" not in html.split("You asked")[-1][:20]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_any_town_gets_a_list(client, text):
    response = client.get("/es/cr/services/", {"town": text, "need": text})
    assert response.status_code == 200
    assert b"<script" not in response.content


@pytest.mark.parametrize(
    "raw",
    [b"q=%ED%A0%80", b"q=%FF%FE", b"%00=%00", b"q", b"q[]=1&q=2&q=3", b"&" * 2_000, b"q=" + b"a" * 2_000_000],
)
def test_raw_bodies_never_break_it(client, raw):
    response = client.post("/es/cr/ask/", raw, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (200, 413)
    assert b'name="q"' in response.content


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "application/x-www-form-urlencoded; charset=latin-1",
        "",
    ],
)
def test_strange_content_types_never_break_it(client, content_type):
    response = client.generic("POST", "/es/cr/ask/", b"\x00\xffnonsense", content_type=content_type)
    assert response.status_code in (200, 413)


@pytest.mark.parametrize(
    "header",
    ["", "*", "xx", "ht-HT,ht;q=0.9", "es;q=abc", "a" * 5_000, "fr, " * 2_000, "en_US.UTF-8", "\xe9"],
)
def test_any_accept_language_finds_a_door(client, header):
    response = client.get("/", headers={"accept-language": header})
    assert response.status_code == 302
    assert response["Location"] in ("/es/", "/en/", "/fr/", "/ht/")


def test_the_door_reads_the_browsers_language_and_no_cookie():
    client = Client(headers={"accept-language": "ht-HT,fr;q=0.8"})
    client.cookies["django_language"] = "x" * 3_000
    assert client.get("/")["Location"] == "/ht/"


@pytest.mark.parametrize(
    "path",
    [
        "/xx/",
        "/es/zz/",
        "/es/zz/cr-asylum/",
        "/xx/cr/",
        "/es/cr/nothing/",
        "/es/bz/cr-asylum/",
        "/es/cr/%00/",
        "/nothing",
        "/es/cr/%ED%A0%80/",
        "/a/00000000/../settings.py",
        "/a/0/other.css",
        "/sitemap-zz.xml",
        "/es/cr/cr-asylum/charter/",
    ],
)
def test_unknown_addresses_get_a_404(client, path):
    assert client.get(path).status_code == 404


def test_a_closed_country_does_not_exist_for_readers(client):
    from ventanilla.hubs.models import Country

    Country.objects.filter(code="bz").update(is_open=False)
    assert client.get("/es/bz/").status_code == 404
    assert "/es/bz/" not in client.get("/es/").content.decode()
