"""An editor changes a fee, the national authority approves, and everybody reads it wherever they look."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

REF = "cr-visa-nicaraguans"
FEE = "USD 47 de visa y USD 3 de cita."
SOURCE = "https://www.migracion.go.cr/tarifas"
QUESTION = "cuanto cuesta la visa para nicaraguenses"
# Seconds until the baker has rendered what changed; one look is a second, a busy machine takes longer.
SOON = 20


@pytest.fixture
def enter(browser: Browser, live_site, sign_in) -> Iterator[Callable[[str], Page]]:
    """Sign in as one of the sample people, each in a window of their own."""
    windows: list[BrowserContext] = []

    def open_window(name: str) -> Page:
        shape = {"width": 1280, "height": 900}
        windows.append(browser.new_context(base_url=live_site.url, locale="es-CR", viewport=shape))
        windows[-1].set_default_timeout(30_000)
        return sign_in(windows[-1], name)

    yield open_window
    for window in windows:
        window.close()


def test_a_new_fee_is_proposed_approved_and_read_everywhere(enter, plain_page: Page):
    before = plain_page.request.get(f"/api/items/{REF}?lang=es").json()
    assert before["texts"]["es"]["fee"] != FEE
    assert before["state"] == "starter"

    elena = enter("elena")
    decision = propose(elena)
    elena.goto(decision)
    expect(elena.locator("ins").first).to_be_visible()
    assert elena.locator("button[name=approve]").count() == 0
    assert FEE not in plain_page.request.get(f"/es/cr/{REF}/").text()

    daniel = enter("daniel")
    approve(daniel)
    assert elena.request.get(decision).status == 404

    item = until(lambda: plain_page.request.get(f"/api/items/{REF}?lang=es").json(), shows_fee)
    assert item["state"] == "verified"
    assert SOURCE in [source["url"] for source in item["sources"]]
    assert_on_pages(plain_page, date.fromisoformat(item["checked_on"]))
    assert_in_answers(plain_page, item["checked_on"])


def propose(page: Page) -> str:
    """Change the fee and submit; returns the address at which the change is decided."""
    page.goto(f"/console/facts/{REF}/change/")
    pk = re.search(r"/pages/(\d+)/edit/", page.url)[1]
    page.locator("[name=fee]").fill(FEE)
    page.locator("[name=source_url]").fill(SOURCE)
    page.locator("[name=source_seen_on]").fill(date.today().isoformat())
    page.locator("[name=source_seen_on]").press("Tab")
    page.locator("button[name=action-submit]").click()
    page.wait_for_url(lambda url: not url.endswith("/edit/"))
    return f"/console/changes/page/{pk}/"


def approve(page: Page) -> None:
    """Find the change among those that wait, look at the source, approve."""
    page.goto("/console/changes/")
    page.get_by_role("link", name="Visa de turismo").first.click()
    cost = page.locator(".compare", has=page.get_by_role("heading", name="Costo"))
    expect(cost.locator("ins", has_text="47")).to_be_visible()
    page.get_by_label("Fuente que consultó").select_option(SOURCE)
    page.locator("button[name=approve]").click()
    page.wait_for_url("**/console/changes/")
    expect(page.locator(".messages")).to_contain_text("Aprobado")


def assert_on_pages(page: Page, day: date) -> None:
    """The page as baked, and the file that people pass on."""
    checked = re.compile(rf"Verificado el {day.day}.* de {day.year}")
    for path in (f"/es/cr/{REF}/", "/es/cr/take/cr-es.html"):
        html = until(lambda path=path: page.request.get(path).text(), shows_fee)
        assert "USD 32 de visa" not in html
    page.goto(f"/es/cr/{REF}/")
    expect(page.locator("main")).to_contain_text(FEE)
    expect(page.locator("#proof")).to_contain_text(checked)
    expect(page.locator(f"#proof a[href='{SOURCE}']")).to_be_visible()


def assert_in_answers(page: Page, checked_on: str) -> None:
    """Asked by a program and by a person."""
    question = {"text": f"{QUESTION} 47", "country": "cr", "lang": "es"}
    answer = until(lambda: page.request.post("/api/ask", data=question).json(), lambda a: "47" in str(a))
    first = answer["passages"][0]
    assert (first["id"], first["state"], first["checked_on"]) == (REF, "verified", checked_on)
    page.goto("/es/cr/")
    page.get_by_role("textbox").first.fill(QUESTION)
    page.get_by_role("textbox").first.press("Enter")
    expect(page.locator("article")).to_contain_text(FEE)


def shows_fee(found: object) -> bool:
    return FEE in str(found)


def until(look: Callable[[], object], is_there: Callable[[object], bool]):
    """Look again until it is there, for at most `SOON` seconds."""
    deadline = time.monotonic() + SOON
    while not is_there(found := look()):
        assert time.monotonic() < deadline, f"not there after {SOON} s: {str(found)[:2000]}"
        time.sleep(0.25)
    return found
