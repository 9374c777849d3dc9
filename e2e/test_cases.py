"""An enquiry at the counter in a browser, then broken glass and its review; no barrier on any page."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, PHONE, barriers, window

ASKED = "Pregunta dónde pedir refugio y tiene una niña enferma"


@pytest.fixture(scope="module")
def case(browser: Browser, live_site, sign_in) -> str:
    """The address of a case that an adviser took down by keyboard alone."""
    with_window = window(browser, live_site.url, PHONE)
    page = sign_in(with_window, "luis")
    page.goto("/console/cases/new/")
    expect(page.locator("[name=body]")).to_be_focused()
    page.keyboard.type(ASKED)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Guardar y seguir").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Abrir el caso").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("UPA-")
    expect(page.locator(".said")).to_contain_text(ASKED)
    address = page.url
    with_window.close()
    return address


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def adviser(request, browser: Browser, live_site, sign_in, case):
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "luis")
    with_window.close()


OF_THE_DESK = (
    *("", "new/", "?state=closed", "?mine=on", "undelivered/", "corrected/", "figures/", "ready-answers/"),
    *("interpreting/", "away/", "groups/", "referrals/", "callbacks/"),
)


@pytest.mark.parametrize("path", OF_THE_DESK)
def test_the_desk_has_no_barrier(adviser: Page, path: str):
    adviser.goto(f"/console/cases/{path}")
    assert barriers(adviser) == []
    assert fits(adviser)


def test_a_case_has_no_barrier_and_fits(adviser: Page, case: str):
    adviser.goto(case)
    assert barriers(adviser) == []
    assert fits(adviser)


@pytest.mark.parametrize("path", ["codes/", "interpreter/", "refer/", "callbacks/"])
def test_what_is_done_with_a_case_has_no_barrier(adviser: Page, case: str, path: str):
    adviser.goto(f"{case}{path}")
    expect(adviser.locator("h1")).to_be_visible()
    assert barriers(adviser) == []
    assert fits(adviser)


def test_a_checklist_and_a_summary_have_no_barrier_and_come_into_the_answer(adviser: Page, case: str):
    adviser.goto(case)
    adviser.locator("#say_body").fill("Le cuento:")
    adviser.get_by_role("button", name="Qué llevar").click()
    expect(adviser.locator("h1")).to_contain_text("Qué llevar")
    assert barriers(adviser) == []
    assert fits(adviser)
    adviser.goto(case)
    adviser.get_by_role("button", name="Resumen para llevar").click()
    expect(adviser.locator("h1")).to_contain_text("Resumen para llevar")
    assert barriers(adviser) == []
    assert fits(adviser)


def test_on_a_phone_the_list_begins_with_cases_and_filters_open_by_a_tap(
    browser: Browser, live_site, sign_in
):
    with_window = window(browser, live_site.url, PHONE)
    page = sign_in(with_window, "luis")
    page.goto("/console/cases/")
    expect(page.locator("form.filters")).to_be_hidden()
    page.get_by_label("Mostrar los filtros de la lista").check()
    expect(page.locator("form.filters")).to_be_visible()
    page.locator("[name=state]").select_option("closed")
    page.locator("form.filters button").click()
    expect(page.locator("form.filters")).to_be_visible()
    with_window.close()


def test_the_table_of_rights_has_no_barrier(adviser: Page):
    adviser.goto("/console/rights/")
    assert barriers(adviser) == []
    assert fits(adviser)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_what_is_said_is_noted_and_a_code_is_given_once(adviser: Page, case: str):
    adviser.goto(case)
    adviser.get_by_role("textbox", name="Respuesta").fill("Venga mañana a las diez con la niña.")
    adviser.get_by_role("button", name="Anotar nuestra respuesta").click()
    expect(adviser.locator(".said-out").last).to_contain_text("Venga mañana a las diez")
    adviser.get_by_role("button", name="Dar un código para volver").click()
    expect(adviser.locator(".return-code")).to_have_text(re.compile(r"(\d{4} ?){4}"))
    assert barriers(adviser) == []


def test_a_neighbour_breaks_the_glass_and_the_focal_point_judges_it(
    browser: Browser, live_site, sign_in, case: str
):
    with_window = window(browser, live_site.url, PHONE)
    page = sign_in(with_window, "nora")
    page.goto(case)
    expect(page.locator("h1")).to_have_text("Esto no está abierto para usted")
    expect(page.locator("body")).not_to_contain_text(ASKED)
    assert barriers(page) == []
    page.locator("[name=reason]").fill("La madre está aquí en Paso Canoas y la niña tiene fiebre alta.")
    page.get_by_role("button", name="Abrirlo durante una hora").click()
    expect(page.locator(".said")).to_contain_text(ASKED)
    expect(page.get_by_role("button", name="Cerrar", exact=True)).to_have_count(0)
    with_window.close()

    with_window = window(browser, live_site.url, DESK)
    page = sign_in(with_window, "diego")
    page.get_by_role("link", name=re.compile(r"Protección de datos \(1 por revisar\)")).click()
    page.goto("/console/protection/breaks/")
    assert barriers(page) == []
    page.get_by_role("link", name=re.compile("Nora")).first.click()
    expect(page.locator("body")).to_contain_text("fiebre alta")
    expect(page.locator("body")).not_to_contain_text(ASKED)
    assert barriers(page) == []
    page.get_by_label("Sí").check()
    page.get_by_role("button", name="Guardar la valoración").click()
    expect(page.locator("body")).not_to_contain_text("1 por revisar")
    with_window.close()
