"""Chat and own data at every step, and what staff do about a person's data: no barrier on any page."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, PHONE, SHAPES, barriers, public, window

__all__ = ["public"]
CHAT, OWN = "/es/cr/chat/", "/es/my-data/"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def code(public: Page) -> str:
    """The return code of somebody who just asked."""
    public.goto(CHAT)
    public.locator("#say").fill("residencia")
    press(public, "Enviar")
    found = public.locator("input[name=code]").first.get_attribute("value")
    assert found
    return found


def see_own_data(page: Page, code: str) -> None:
    page.goto(OWN)
    page.locator("#own-code").fill(code)
    page.locator("#own-code").press("Enter")
    expect(page.get_by_role("heading", name="Borrar")).to_be_visible()


@pytest.mark.parametrize("public", **SHAPES)
@pytest.mark.parametrize("path", [CHAT, "/ht/cr/chat/", "/es/bz/chat/", OWN, "/fr/my-data/"])
def test_the_first_form_has_no_barrier(public: Page, path: str):
    public.goto(path)
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_a_conversation_has_no_barrier(public: Page, code: str):
    expect(public.locator("ol.talk li")).to_have_count(2)
    assert barriers(public) == []
    public.locator("#say").fill("otra cosa")
    press(public, "Enviar")
    assert barriers(public) == []
    press(public, "Buscar respuestas nuevas")
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_what_was_sent_wrongly_has_no_barrier(public: Page):
    public.goto(CHAT)
    press(public, "Enviar")
    expect(public.get_by_role("alert")).to_be_visible()
    assert barriers(public) == []
    public.get_by_text("Tengo un código para volver").click()
    public.locator("#code").fill("0000 0000 0000 0000")
    press(public, "Abrir mi conversación")
    expect(public.get_by_role("alert")).to_be_visible()
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_each_thing_done_with_ones_own_data_has_no_barrier(public: Page, code: str):
    see_own_data(public, code)
    assert barriers(public) == []
    public.locator("button[value=ask]").click()
    expect(public.get_by_role("alert")).to_be_visible()
    assert barriers(public) == []
    public.locator("button[value=erase]").click()
    expect(public.get_by_role("alert")).to_be_visible()
    for deed in ("correct", "restrict", "release"):
        see_own_data(public, code)
        public.locator(f"button[value={deed}]").click()
        expect(public.get_by_text("Comprobante:")).to_be_visible()
        assert barriers(public) == []
    see_own_data(public, code)
    public.locator("[name=sure]").check()
    public.locator("button[value=erase]").click()
    expect(public.get_by_text("Comprobante:")).to_be_visible()
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_a_receipt_found_or_not_has_no_barrier(public: Page, code: str):
    see_own_data(public, code)
    public.locator("button[value=restrict]").click()
    told = public.get_by_text("Comprobante:").inner_text().split(": ")[1]
    for number in (told, "ZZZZ"):
        public.goto(OWN)
        public.get_by_text("Tengo un comprobante").click()
        public.locator("#own-receipt").fill(number)
        public.locator("#own-receipt").press("Enter")
        expect(public.locator(".notice").first).to_be_visible()
        assert barriers(public) == []


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def adviser(request, browser: Browser, live_site, sign_in):
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "luis")
    with_window.close()


@pytest.fixture(scope="module")
def case(adviser: Page) -> str:
    """The address of a case of somebody who asked on the web chat."""
    adviser.goto(CHAT)
    adviser.locator("#say").fill("Pregunto dónde dormir")
    press(adviser, "Enviar")
    adviser.goto("/console/cases/")
    links = adviser.locator("main a").evaluate_all("links => links.map(link => link.href)")
    return next(link for link in links if re.search(r"/console/cases/[0-9a-f-]{36}/$", link))


@pytest.mark.parametrize(
    "path",
    ["consent/", "consent/?about=contact", "consent/?about=refer", "consent/?about=share", "own-data/"],
)
def test_consent_and_own_data_of_a_case_have_no_barrier(adviser: Page, case: str, path: str):
    response = adviser.goto(case + path)
    assert response
    assert response.status == 200
    assert barriers(adviser) == []


def test_a_consent_half_given_and_a_request_have_no_barrier(adviser: Page, case: str):
    adviser.goto(f"{case}consent/?about=refer")
    adviser.locator("main form").last.evaluate("form => { form.noValidate = true }")
    adviser.locator("main form .button").last.click()
    expect(adviser.locator(".errorlist").first).to_be_visible()
    assert barriers(adviser) == []
    adviser.goto(f"{case}own-data/")
    adviser.locator("[name=wish]").fill("No dije Limón, dije Liberia.")
    adviser.locator("form[action$='/ask/'] button").click()
    expect(adviser).to_have_url(re.compile("/protection/people/"))
    assert barriers(adviser) == []
