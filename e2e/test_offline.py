"""Reading without a connection: the file to take along, a kept country, and leaving no trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

ASYLUM = {"es": "q nesesito pa pedir refujio", "en": "how do i aply for asylm"}


@pytest.fixture
def far_away(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of 320 px that never had a connection."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    context.set_default_timeout(15_000)
    context.set_offline(True)
    yield context
    context.close()


@pytest.fixture
def file_in(context: BrowserContext, tmp_path: Path):
    """Download the file of Costa Rica in a language, as somebody passes it on."""

    def download(language: str) -> Path:
        response = context.request.get(f"/{language}/cr/take/cr-{language}.html")
        assert response.status == 200
        path = tmp_path / f"cr-{language}.html"
        path.write_bytes(response.body())
        return path

    return download


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    """A phone on which the worker attends."""
    page = context.new_page()
    page.goto("/es/cr/offline/")
    wait_for_worker(page)
    return page


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_file_finds_what_is_asked_with_typing_errors(far_away, file_in, language):
    page = far_away.new_page()
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(file_in(language).as_uri())
    page.locator("#q").press_sequentially(ASYLUM[language])
    expect(page.locator("#found")).not_to_be_empty()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#cr-asylum"
    expect(page.locator("#cr-asylum .lead")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('details').id") == "cr-asylum"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert problems == []


def test_the_file_is_whole_without_scripts(browser, file_in):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(file_in("es").as_uri())
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("a[href='tel:911']").first).to_be_visible()
    page.locator("#cr-asylum summary").click()
    expect(page.locator("#cr-asylum .proof")).to_be_visible()
    context.close()


def test_the_file_hides_a_fact_whose_day_has_passed(far_away, file_in):
    path = file_in("es")
    path.write_text(path.read_text().replace('id="cr-asylum"', 'id="cr-asylum" data-gone="2090-02-01"'))
    page = far_away.new_page()
    page.clock.set_fixed_time("2090-01-31T12:00:00")
    page.goto(path.as_uri())
    expect(page.locator("#cr-asylum")).to_be_visible()
    expect(page.locator("#old")).to_be_visible()
    page.clock.set_fixed_time("2090-02-01T12:00:00")
    page.reload()
    expect(page.locator("#cr-asylum")).to_be_hidden()
    expect(page.locator("#gone")).to_be_visible()
    page.locator("#q").fill(ASYLUM["es"])
    assert "#cr-asylum" not in page.locator("#results a").evaluate_all("links => links.map(a => a.hash)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_has_no_barrier(browser, file_in, scheme):
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    page.goto(file_in("es").as_uri())
    page.locator("#q").fill(ASYLUM["es"])
    page.locator("#cr-asylum summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    context.close()


def test_the_file_served_by_us_runs_its_own_script_only(page):
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto("/es/cr/take/cr-es.html")
    expect(page.locator("#q")).to_be_visible()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert all("Content Security Policy" in problem for problem in problems)


def test_the_page_without_scripts_offers_the_file(plain_page):
    plain_page.goto("/es/cr/offline/")
    expect(plain_page.locator("a[download='cr-es.html']")).to_contain_text("KB")
    expect(plain_page.locator("#keep")).to_be_hidden()


def test_the_first_page_brings_the_worker_and_others_ask_for_no_script(page):
    page.goto("/es/")
    wait_for_worker(page)
    page.goto("/es/cr/")
    assert page.locator("script").count() == 0


def test_a_kept_country_is_read_and_asked_without_a_connection(phone):
    keep(phone)
    lose_connection(phone)
    phone.goto("/es/cr/cr-asylum/")
    expect(phone.locator("main > .notice").first).to_be_visible()
    expect(phone.locator("h1")).to_contain_text("refugio")
    phone.goto("/es/cr/")
    phone.locator("form.ask input").fill(ASYLUM["es"])
    phone.locator("form.ask button").click()
    expect(phone.locator("#results a").first).to_have_attribute("href", "#cr-asylum")
    phone.locator("#results a").first.click()
    expect(phone.locator("#cr-asylum .lead")).to_be_visible()


def test_keeping_goes_on_after_the_connection_was_lost(phone, context):
    phone.goto("/es/cr/offline/")
    phone.locator("#keep-start").click()
    phone.wait_for_function("() => document.getElementById('keep-progress').value >= 3")
    lose_connection(phone)
    expect(phone.locator("#keep-status")).to_have_text(words(phone, "lost"))
    context.set_offline(False)
    expect(phone.locator("#keep-remove")).to_be_visible(timeout=60_000)
    assert {"/es/cr/", "/es/cr/cr-asylum/"} <= set(kept(phone, "country-cr-es"))


def test_removing_and_forgetting_leave_nothing(phone):
    keep(phone)
    phone.locator("#keep-remove button").click()
    expect(phone.locator("#keep-status")).to_have_text(words(phone, "removed"))
    assert kept(phone, "country-cr-es") == []
    phone.locator("#forget-all").click()
    expect(phone.locator("#forget-status")).to_have_text(words(phone, "forgotten"))
    assert phone.evaluate("caches.keys()") == []


def test_visited_pages_stay_readable_until_the_reader_leaves_quickly(phone, context):
    phone.goto("/es/cr/cr-asylum/")
    wait_until_kept(phone, "/es/cr/cr-asylum/")
    lose_connection(phone)
    phone.reload()
    expect(phone.locator("main > .notice").first).to_be_visible()
    context.set_offline(False)
    context.route("https://www.google.com/**", lambda route: route.fulfill(body="weather"))
    phone.locator("a.leave").click()
    expect(phone.locator("body")).to_have_text("weather")
    phone.goto("/es/cr/offline/list.json")
    assert "/es/cr/cr-asylum/" not in kept(phone, "visited-1")
    lose_connection(phone)
    phone.goto("/es/cr/cr-asylum/")
    expect(phone.locator("body")).not_to_contain_text("refugio")


def test_a_copy_past_its_day_is_not_shown(phone):
    put = """async ([path, deadAt]) => (await caches.open('visited-1')).put(path, new Response(
        '<main id="main"><h1>Old fee: 10</h1></main>', {headers: {
            'Content-Type': 'text/html', 'Ventanilla-Dead-At': deadAt, 'Ventanilla-Kept-At': '1000'}}))"""
    phone.evaluate(put, ["/es/cr/past/", "2"])
    phone.evaluate(put, ["/es/cr/future/", "4102444800"])
    lose_connection(phone)
    phone.goto("/es/cr/future/")
    expect(phone.locator("h1")).to_have_text("Old fee: 10")
    phone.goto("/es/cr/past/")
    expect(phone.locator("body")).not_to_contain_text("Old fee")
    expect(phone.locator("main .notice").first).to_be_visible()


def test_a_page_that_is_gone_leaves_the_phone(phone):
    phone.evaluate("async () => (await caches.open('visited-1')).put('/es/cr/cr-gone/', new Response('Old'))")
    phone.goto("/es/cr/cr-gone/")
    phone.wait_for_function("async (path) => !(await caches.match(path))", arg="/es/cr/cr-gone/")
    expect(phone.locator("body")).not_to_have_text("Old")


def test_answers_and_the_console_are_never_kept(phone):
    phone.goto("/es/cr/")
    phone.locator("form.ask input").fill("refugio")
    phone.locator("form.ask button").click()
    phone.goto("/console/")
    phone.goto("/es/cr/services/")
    wait_until_kept(phone, "/es/cr/services/")
    every = phone.evaluate(
        "caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys()))))"
        ".then(lists => lists.flat().map(request => new URL(request.url).pathname))"
    )
    assert not [path for path in every if "ask" in path or path.startswith(("/console", "/api"))]


def test_the_page_has_no_barrier(phone):
    phone.goto("/es/cr/offline/")
    expect(phone.locator("#keep")).to_be_visible()
    assert violations(phone) == []


def wait_for_worker(page: Page) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def lose_connection(page: Page) -> None:
    """No network, and nothing left of what the browser itself would keep for some minutes."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.context.set_offline(True)


def keep(page: Page) -> None:
    page.goto("/es/cr/offline/")
    page.locator("#keep-start").click()
    expect(page.locator("#keep-remove")).to_be_visible(timeout=60_000)
    expect(page.locator("#keep-start")).to_have_text(words(page, "again"))


def words(page: Page, name: str) -> str:
    return page.locator("#keep").get_attribute(f"data-{name}") or ""


def kept(page: Page, cache: str) -> list[str]:
    """Paths in one of the browser's caches; asking does not create it."""
    found: list[str] = page.evaluate(
        """async (name) => !(await caches.has(name)) ? []
           : (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)""",
        cache,
    )
    return found


def wait_until_kept(page: Page, path: str) -> None:
    page.wait_for_function("async (path) => Boolean(await caches.match(path, {ignoreVary: true}))", arg=path)


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
