"""No barrier that axe-core knows of on any kind of page, public or of the console; no rule is left out."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

# Rules of WCAG 2.2 run only when they are asked for by name.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
PHONE = {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"}
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
TOPICS = ("procedures", "services", "risks", "options", "work", "living", "return")
PUBLIC = (
    "/es/",
    "/es/about/",
    "/es/how-we-check/",
    "/es/privacy/",
    "/es/accessibility/",
    "/es/unavailable/",
    "/es/offline-notice/",
    "/es/ask/",
    "/es/cr/",
    "/es/cr/ask/",
    *(f"/es/cr/{topic}/" for topic in TOPICS),
    "/es/cr/services/?town=San José&need=legal",
    "/es/cr/hotlines/",
    "/es/cr/hubs/",
    "/es/cr/write/",
    "/es/bz/write/",
    "/es/cr/offline/",
    "/es/cr/take/cr-es.html",
    "/es/cr/cr-asylum/",
    "/ht/cr/cr-asylum/",
    "/es/cr/cr-asylum/leaflet/",
    "/es/cr/cr-dgme/",
    "/es/cr/cr-hotline-general-emergencies-police-ambul/",
    "/es/cr/cr-hub-upala/",
    "/es/cr/cr-hub-mora/charter/",
    "/es/cr/cr-catem-sur/",
    "/es/cr/cr-rumour-an-asylum-applicant-may-not-work/",
    "/es/cr/cr-risk-flow-2023/",
    "/es/cr/cr-rights-insurance/",
    "/es/cr/cr-ni-2022/",
    "/es/cr/cr-sitlam/",
    "/es/bz/bz-recruiters/",
    "/es/cr/cr-fraud-uniform/",
    "/es/cr/cr-ent-celiem/",
    "/es/cr/nothing-here/",
    "/api/",
)
QUESTIONS = {
    "direct": "q nesesito pa pedir refujio",
    "choices": "visa",
    "none": "cuanto pesa la luna azul de queso",
}
HEADINGS = {"direct": "Pedir refugio", "choices": "¿A cuál de estas", "none": "No tenemos una respuesta"}
# The page editor has tests of its own (`test_axe_editor.py`), as have the desk and the protection of data.
CONSOLE = (
    "/console/",
    "/console/due/",
    "/console/starter/",
    "/console/facts/",
    "/console/facts/cr-asylum/",
    "/console/facts/cr-asylum/confirm/",
    "/console/facts/cr-asylum/hide/",
    "/console/facts/cr-catem-sur/record/",
    "/console/facts/cr-catem-sur/text/es/",
    "/console/start-page/",
    "/console/changes/",
    "/console/gaps/",
    "/console/conflicts/",
    "/console/countries/",
    "/console/countries/cr/",
    "/console/countries/cr/translations/",
    "/console/staff/",
    "/console/staff/add/",
    "/console/staff/invitations/",
    "/console/security/",
    "/console/security/password/",
    "/console/undertaking/",
    "/console/account/",
)
SHAPES = {"argvalues": [PHONE, DESK], "ids": ["phone", "desk"], "indirect": True}


@pytest.fixture(scope="module")
def public(request, browser: Browser, live_site) -> Iterator[Page]:
    with_window = window(browser, live_site.url, request.param)
    yield with_window.new_page()
    with_window.close()


@pytest.fixture(scope="module")
def console(request, browser: Browser, live_site, sign_in) -> Iterator[Page]:
    """The console of the national authority."""
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "daniel")
    with_window.close()


@pytest.fixture(scope="module")
def proposal(browser: Browser, live_site, sign_in) -> str:
    """The address at which a waiting change is decided."""
    with_window = window(browser, live_site.url, DESK)
    page = sign_in(with_window, "elena")
    page.goto("/console/facts/cr-ni-2022/text/es/")
    page.locator("[name=summary]").fill("Otro resumen.")
    page.get_by_role("button", name="Proponer").click()
    page.goto("/console/changes/")
    address = page.locator("a[href*='/changes/record/']").first.get_attribute("href")
    with_window.close()
    assert address
    return address


def window(browser: Browser, url: str, shape: dict) -> BrowserContext:
    """A window in which axe may run: our own policy would forbid its script."""
    context = browser.new_context(base_url=url, locale="es-CR", bypass_csp=True, **shape)
    context.set_default_timeout(30_000)
    return context


# Messages fade in a moment after the page and are judged when they are there.
SHOWN = """() => {
    const messages = document.querySelector(".messages > ul:has(li)");
    // New lines of the page editor slide in by jQuery, which the browser has on no list of animations.
    const sliding = Boolean(window.jQuery?.(":animated").length);
    const moving = sliding || document.getAnimations().some((one) => one.playState === "running");
    return !moving && (!messages || getComputedStyle(messages).opacity === "1");
}"""


def barriers(page: Page) -> list[str]:
    page.wait_for_load_state("load")
    page.wait_for_function(SHOWN)
    options = {"resultTypes": ["violations"], "runOnly": RULES}
    found = Axe().run(page, options=options).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]] + ["wide"] * wide


@pytest.mark.parametrize("public", **SHAPES)
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_has_no_barrier(public: Page, path: str):
    response = public.goto(path)
    assert response
    assert response.status == (404 if "nothing" in path else 200)
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_who_sees_what_is_written_has_no_barrier(public: Page):
    public.goto("/ht/cr/write/")
    summaries = public.locator("summary")
    for number in range(summaries.count()):
        summaries.nth(number).click()
    expect(public.locator("details:not([open])")).to_have_count(0)
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
@pytest.mark.parametrize("verdict", QUESTIONS)
def test_an_answer_has_no_barrier(public: Page, verdict: str):
    public.goto("/es/cr/")
    public.get_by_role("textbox").first.fill(QUESTIONS[verdict])
    public.get_by_role("textbox").first.press("Enter")
    expect(public.locator("h1")).to_contain_text(HEADINGS[verdict])
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_the_door_of_the_console_has_no_barrier(public: Page):
    public.goto("/console/login/")
    assert barriers(public) == []


@pytest.mark.parametrize("console", **SHAPES)
@pytest.mark.parametrize("path", CONSOLE)
def test_a_page_of_the_console_has_no_barrier(console: Page, path: str):
    response = console.goto(path)
    assert response
    assert response.status == 200
    assert barriers(console) == []


@pytest.mark.parametrize("console", **SHAPES)
def test_a_decision_has_no_barrier(console: Page, proposal: str):
    console.goto(proposal)
    expect(console.locator("button[name=approve]")).to_be_visible()
    assert barriers(console) == []


def test_the_networks_own_page_has_no_barrier(browser: Browser, live_site, sign_in):
    with_window = window(browser, live_site.url, DESK)
    page = sign_in(with_window, "rosa")
    page.goto("/console/network/")
    assert barriers(page) == []
    with_window.close()
