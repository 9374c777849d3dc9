"""A case handed to a shelter in real browsers: agreement, form, consent, link, answer, the person told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, barriers, window

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"}
SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])
HOUSE = "Albergue de los Navegantes"
NEEDS = "Un cuarto para una madre y una niña, desde hoy"
REASON = "Duermen en la terminal de buses"


@dataclass
class Journey:
    """Addresses that one step leaves to the next."""

    receiver: str = ""
    case: str = ""
    draft: str = ""
    link: str = ""


@pytest.fixture(scope="module")
def journey(browser: Browser, live_site, sign_in) -> Journey:
    """A receiver with an agreement, kept by the coordinator; a case and a draft of the adviser."""
    made = Journey()
    with_window = window(browser, live_site.url, DESK)
    keep_a_receiver(sign_in(with_window, "carmen"), made)
    with_window.close()
    with_window = window(browser, live_site.url, PHONE)
    write_a_draft(sign_in(with_window, "luis"), made)
    with_window.close()
    return made


def keep_a_receiver(page: Page, made: Journey) -> None:
    page.goto("/console/receivers/")
    assert barriers(page) == []
    page.get_by_role("link", name="Añadir un receptor").click()
    expect(page.locator("h1")).to_have_text("Añadir un receptor")
    assert barriers(page) == []
    page.get_by_label("Nombre, como se dice a las personas").fill(HOUSE)
    page.get_by_label("Dirección", exact=False).fill("Calle 4, Upala")
    page.get_by_label("Para qué centro").select_option(index=1)
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("h1")).to_have_text(HOUSE)
    made.receiver = page.url
    for field in ("Idioma", "Qué se necesita", "Por qué se remite el caso"):
        page.get_by_role("group", name="Qué se puede compartir").get_by_label(field, exact=True).check()
    page.get_by_label("Válido desde").fill("2026-01-01")
    page.get_by_label("Válido hasta").fill("2099-12-31")
    page.get_by_label("Referencia del documento").fill("CONV-2026-7")
    page.locator("form[action$='/agreements/']").get_by_role("button", name="Guardar").click()
    expect(page.locator(".rows")).to_contain_text("CONV-2026-7")


def write_a_draft(page: Page, made: Journey) -> None:
    page.goto("/console/cases/new/")
    page.locator("[name=body]").fill("Pregunta dónde dormir")
    page.locator("form.counter button[type=submit]").click()
    page.locator("[role=status] a[href*='/console/cases/']").click()
    expect(page.locator("h1")).to_contain_text("UPA-")
    made.case = page.url
    page.goto(f"{made.case}refer/")
    assert barriers(page) == []
    page.get_by_label("A quién").select_option(label=HOUSE)
    page.get_by_label("Servicio que se pide").select_option("shelter")
    page.get_by_label("Alta: en 72 horas").check()
    page.locator("[name=reason]").fill(REASON)
    page.locator("[name=needs]").fill(NEEDS)
    page.get_by_role("button", name="Mirarlo").click()
    expect(page.locator("blockquote").first).to_contain_text(NEEDS)
    made.draft = page.url


@pytest.fixture
def adviser(browser: Browser, live_site, sign_in, shape) -> Iterator[Page]:
    with_window = window(browser, live_site.url, shape)
    yield sign_in(with_window, "luis")
    with_window.close()


@SHAPES
def test_receivers_have_no_barrier(browser: Browser, live_site, sign_in, journey: Journey, shape):
    with_window = window(browser, live_site.url, shape)
    page = sign_in(with_window, "carmen")
    for address in ("/console/receivers/", "/console/receivers/add/", journey.receiver):
        page.goto(address)
        assert barriers(page) == [], address
    with_window.close()


@SHAPES
def test_form_and_draft_have_no_barrier(adviser: Page, journey: Journey):
    for address in (f"{journey.case}refer/", journey.draft, f"{journey.draft}edit/"):
        adviser.goto(address)
        assert barriers(adviser) == [], address


@pytest.mark.parametrize("shape", [PHONE], ids=["phone"])
def test_with_a_consent_the_link_is_shown_once(adviser: Page, journey: Journey):
    adviser.goto(journey.draft)
    expect(adviser.get_by_role("button", name="Enviarlo", exact=True)).to_have_count(0)
    adviser.get_by_label("Le leí el texto", exact=False).check()
    adviser.get_by_role("button", name="Anotar").click()
    adviser.get_by_role("button", name="Enviarlo", exact=True).click()
    expect(adviser.locator("#link")).to_have_text(re.compile(r"/es/referral/[\w-]{43}/$"))
    assert barriers(adviser) == []
    journey.link = adviser.locator("#link").inner_text()
    adviser.goto(journey.draft)
    expect(adviser.locator("body")).not_to_contain_text(journey.link)


@SHAPES
def test_the_receiver_opens_it_without_an_account(browser: Browser, live_site, journey: Journey, shape):
    with_window = window(browser, live_site.url, shape)
    page = with_window.new_page()
    page.goto(journey.link)
    expect(page.locator("body")).not_to_contain_text(NEEDS)
    assert barriers(page) == []
    page.get_by_role("button", name="Abrirlo").click()
    expect(page.locator("main")).to_contain_text(NEEDS)
    expect(page.locator("main")).to_contain_text(REASON)
    for summary in page.locator("summary").all():
        summary.click()
    assert barriers(page) == []
    assert with_window.cookies() == []
    with_window.close()


@SHAPES
def test_referral_list_and_slip_have_no_barrier(adviser: Page, journey: Journey):
    for address in ("/console/cases/referrals/", "/console/cases/referrals/?view=all", journey.draft):
        adviser.goto(address)
        assert barriers(adviser) == [], address
    adviser.goto(f"{journey.draft}slip/")
    expect(adviser.locator("body")).to_contain_text(HOUSE)
    expect(adviser.locator("body")).not_to_contain_text(NEEDS)
    assert barriers(adviser) == []


@pytest.mark.parametrize("shape", [DESK], ids=["desk"])
def test_accepted_by_link_the_person_is_told(browser: Browser, live_site, adviser: Page, journey: Journey):
    with_window = browser.new_context(base_url=live_site.url, java_script_enabled=False)
    page = with_window.new_page()
    page.goto(journey.link)
    page.get_by_role("button", name="Abrirlo").click()
    page.get_by_role("button", name="Aceptamos").click()
    expect(page.locator("main")).to_contain_text("Aceptado")
    expect(page.locator("main")).not_to_contain_text(NEEDS)
    with_window.close()

    adviser.goto("/console/cases/referrals/?view=tell")
    adviser.get_by_role("link", name=HOUSE).first.click()
    expect(adviser.locator("[name=body]")).to_have_value(re.compile(f"{HOUSE} puede atenderle"))
    assert barriers(adviser) == []
    adviser.get_by_role("button", name="Avisar a la persona").click()
    expect(adviser.locator(".said")).to_contain_text("Se avisó a la persona")
    adviser.goto(journey.case)
    expect(adviser.locator("main")).to_contain_text(f"{HOUSE} puede atenderle")


@SHAPES
def test_a_false_link_has_no_barrier(browser: Browser, live_site, shape):
    with_window = window(browser, live_site.url, shape)
    page = with_window.new_page()
    page.goto(f"/es/referral/{'x' * 43}/")
    page.get_by_role("button", name="Abrirlo").click()
    expect(page.get_by_role("alert")).to_contain_text("Este enlace no lleva a nada")
    assert barriers(page) == []
    with_window.close()
