"""Somebody with an old phone asks in their own words, scripts off."""

from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import Page


@pytest.mark.parametrize(
    ("start", "question", "expected"),
    [
        ("/es/cr/", "q nesesito pa pedir refujio", "Pedir refugio en Costa Rica"),
        ("/en/cr/", "what do i need to ask for assylum", "asylum"),
    ],
)
def test_the_answer_comes_in_one_round_trip(plain_page: Page, start: str, question: str, expected: str):
    plain_page.goto(start)
    requests: list[str] = []
    plain_page.on("request", lambda request: requests.append(request.url))
    plain_page.get_by_role("textbox").first.fill(question)
    plain_page.get_by_role("textbox").first.press("Enter")
    plain_page.wait_for_load_state()
    main = plain_page.locator("main")
    assert expected.lower() in main.inner_text().lower()
    assert "1311" in main.inner_text()
    assert "help.unhcr.org" in main.inner_html() or "migracion.go.cr" in main.inner_html()
    assert "refujio" not in plain_page.url
    assert "refujio" not in plain_page.title()
    assert len([url for url in requests if not url.startswith("data:")]) <= 2
    assert plain_page.context.cookies() == []


def test_what_was_typed_stays_in_the_box(plain_page: Page):
    plain_page.goto("/es/cr/")
    plain_page.get_by_role("textbox").first.fill("asdf qwer zxcv")
    plain_page.get_by_role("textbox").first.press("Enter")
    assert plain_page.get_by_role("textbox").first.input_value() == "asdf qwer zxcv"


def test_nothing_is_wider_than_a_small_phone(plain_page: Page):
    plain_page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/es/", "/es/cr/", "/es/cr/procedures/", "/es/cr/cr-asylum/", "/en/bz/services/"):
        plain_page.goto(path)
        box = plain_page.locator("html").bounding_box()
        assert box
        assert box["width"] <= 320, path
        widest = max(
            (
                b["x"] + b["width"]
                for e in plain_page.locator("main *").all()[:400]
                if (b := e.bounding_box())
            ),
            default=0,
        )
        assert widest <= 321, path


def test_only_our_own_server_is_ever_asked(page: Page, live_site):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/es/", "/es/cr/", "/es/cr/services/", "/es/cr/cr-asylum/"):
        page.goto(path)
    assert {url for url in asked if not url.startswith((live_site.url, "data:"))} == set()
    assert page.context.cookies() == []


def test_a_crowd_leaves_no_connection_to_the_database_behind(live_site):
    address = live_site.env.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        pytest.skip("counted where PostgreSQL counts them")
    with psycopg.connect(address, autocommit=True) as connection, ThreadPoolExecutor(8) as crowd:

        def held() -> int:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone()
            assert row is not None
            return int(row[0])

        before = held()
        for answer in crowd.map(urlopen, [f"{live_site.url}/health/ready"] * 80):
            answer.close()
        # The messenger and the worker come and go; eighty that stay would be seen.
        assert held() < before + 20
