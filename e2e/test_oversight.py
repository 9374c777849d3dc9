"""The desk of the focal point in a browser: an adviser reports, the focal point handles, without barriers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, PHONE, barriers, window

PAGES = (
    "",
    "incidents/",
    "incidents/report/",
    "requests/",
    "requests/log/",
    "complaints/",
    "complaints/add/",
    "access-log/",
    "principles/",
    "files/",
    "rules/",
    "people/",
    "retention/",
    "purposes/",
    "registers/",
    "consent-texts/",
    "assessments/",
    "assessments/web/",
    "assessments/whatsapp/?place=cr/cr-hub-upala",
    "breaks/",
)


@pytest.fixture(scope="module")
def reported(browser: Browser, live_site, sign_in) -> dict[str, str]:
    """What an adviser wrote down, by what it is: the addresses."""
    with_window = window(browser, live_site.url, PHONE)
    page = sign_in(with_window, "luis")
    page.goto("/console/protection/incidents/report/")
    page.locator("[name=place]").select_option("cr/cr-hub-upala")
    page.locator("[name=what_happened]").fill("Se quedó un teléfono en el autobús")
    page.get_by_role("button", name="Informar", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Incidente I-")
    incident = page.url
    page.goto("/console/protection/requests/log/")
    expect(page.locator("blockquote")).to_contain_text("No puedo dar ni confirmar nada")
    page.locator("[name=place]").select_option("cr/cr-hub-upala")
    page.locator("[name=asked_for]").fill("Una lista de quienes vinieron")
    page.get_by_role("button", name="Anotar", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Solicitud L-")
    addresses = {"incident": incident, "request": page.url}
    with_window.close()
    return addresses


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def focal_point(request, browser: Browser, live_site, sign_in, reported):
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "diego")
    with_window.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_desk_has_no_barrier(focal_point: Page, path: str):
    response = focal_point.goto(f"/console/protection/{path}")
    assert response
    assert response.status == 200
    assert barriers(focal_point) == []


@pytest.mark.parametrize("what", ["incident", "request"])
def test_a_record_of_the_desk_has_no_barrier(focal_point: Page, reported, what):
    focal_point.goto(reported[what])
    assert barriers(focal_point) == []


def test_what_an_adviser_sees_of_it_has_no_barrier(browser: Browser, live_site, sign_in, reported):
    with_window = window(browser, live_site.url, PHONE)
    page = sign_in(with_window, "luis")
    for address in reported.values():
        page.goto(address)
        assert barriers(page) == []
    with_window.close()


def test_the_focal_point_takes_the_next_step(browser: Browser, live_site, sign_in, reported):
    with_window = window(browser, live_site.url, DESK)
    page = sign_in(with_window, "diego")
    expect(page.locator("main, body").first).to_contain_text(re.compile("incidentes abiertos"))
    page.goto(reported["incident"])
    page.locator("[name=classify-severity]").select_option("high")
    page.locator("[name=classify-data][value=messages]").check()
    page.locator("[name=classify-harm]").fill("Alguien puede leer dónde duermen")
    page.get_by_role("button", name=re.compile("Guardar.*2 Clasificar")).click()
    expect(page.locator("body")).to_contain_text("Alguien puede leer dónde duermen")
    expect(page.locator("ol li").last).to_contain_text("clasificado")
    with_window.close()
