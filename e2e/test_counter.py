"""A day at the counter: an enquiry by keyboard alone, a promised call, a time in the book, a talk."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, barriers, window

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"}
ASKED = "Pregunta cómo renovar el permiso de trabajo"
NEW = "/console/cases/new/"


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def adviser(request, browser: Browser, live_site, sign_in) -> Iterator[Page]:
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "luis")
    with_window.close()


HOURS = """
import django
django.setup()
from ventanilla.hubs.models import Hub, OpeningHours
hub = Hub.objects.get(ref="cr-hub-upala")
for weekday in range(7):
    OpeningHours.objects.get_or_create(hub=hub, weekday=weekday, opens="08:00", closes="16:00")
"""


@pytest.fixture(scope="module")
def book(browser: Browser, live_site, sign_in) -> None:
    """The hub has hours, and its coordinator opens the book: two desks, half an hour."""
    subprocess.run([sys.executable, "-c", HOURS], env=live_site.env, check=True)
    with_window = window(browser, live_site.url, DESK)
    page = sign_in(with_window, "carmen")
    page.goto("/console/cases/appointments/set-up/?hub=cr-hub-upala")
    page.locator("[name=desks]").fill("2")
    assert barriers(page) == []
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("h1")).to_have_text("Citas")
    with_window.close()


@pytest.fixture(scope="module")
def case(adviser: Page) -> str:
    """The address of an open case."""
    adviser.goto(NEW)
    adviser.locator("[name=body]").fill("Quiere que la llamen mañana")
    adviser.get_by_role("button", name="Guardar y seguir").click()
    adviser.get_by_role("link", name="Abrir el caso").click()
    expect(adviser.locator("h1")).to_contain_text("UPA-")
    return adviser.url


def test_an_anonymous_enquiry_is_taken_by_keyboard_in_less_than_a_minute(adviser: Page):
    adviser.goto(NEW)
    began = monotonic()
    keys = adviser.keyboard
    expect(adviser.locator("[name=body]")).to_be_focused()
    keys.type(ASKED)
    go_to(adviser, "topics")
    keys.type("2.1")
    keys.press("Tab")
    expect(adviser.locator("[name=answer]")).to_be_focused()
    keys.type("Tres meses antes de que venza, en la oficina de Upala.")
    go_to(adviser, "channel_kind")
    keys.type("2")
    go_to(adviser, "sex")
    keys.type("1")
    keys.press("Tab")
    keys.type("3")
    keys.press("Tab")
    keys.type("0")
    go_to(adviser, "disability")
    keys.press("Tab")
    expect(adviser.get_by_role("button", name="Guardar y seguir")).to_be_focused()
    keys.press("Enter")
    expect(adviser.locator(".last-code")).to_contain_text("UPA-")
    assert monotonic() - began < 60
    expect(adviser.locator(".console [role=status]").first).to_contain_text("Contestada en la ventanilla")
    # An empty form for the next, at the same place.
    expect(adviser.locator("[name=body]")).to_have_value("")
    expect(adviser.locator("[name=body]")).to_be_focused()
    expect(adviser.locator("[name=channel_kind]")).to_have_value("phone")


def go_to(page: Page, name: str) -> None:
    """Tab on until a field has the focus."""
    for _time in range(40):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(name)


def test_the_last_one_is_undone_and_stands_in_the_form_again(adviser: Page):
    adviser.goto(NEW)
    adviser.locator("[name=body]").fill("Con un erorr")
    adviser.get_by_role("button", name="Guardar y seguir").click()
    adviser.get_by_role("button", name="Deshacer").click()
    expect(adviser.locator("[name=body]")).to_have_value("Con un erorr")


def test_a_call_is_promised_tried_and_kept(adviser: Page, case: str):
    adviser.goto(f"{case}callbacks/")
    assert barriers(adviser) == []
    adviser.locator("[name=number]").fill("8888 7777")
    adviser.locator("[name=safety]").fill("Solo ella; su hermano no sabe.")
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    adviser.locator("[name=day]").fill(f"{tomorrow}")
    adviser.locator("[name=start]").fill("10:00")
    adviser.locator("[name=end]").fill("11:00")
    adviser.get_by_role("button", name="Prometer la llamada").click()
    expect(adviser.locator("h1")).to_contain_text("UPA-")
    adviser.goto("/console/cases/callbacks/")
    assert barriers(adviser) == []
    adviser.get_by_role("link", name=re.compile("Llamada de UPA-")).first.click()
    expect(adviser.locator("body")).to_contain_text("8888 7777")
    assert barriers(adviser) == []
    adviser.get_by_role("button", name="No contesta").click()
    expect(adviser.locator("section li").last).to_contain_text("No contesta")
    adviser.get_by_role("button", name="Se llamó y contestó").click()
    expect(adviser.locator("body")).to_contain_text("Nadie espera una llamada")


def test_a_time_is_given_and_taken_along(adviser: Page, case: str, book: None):
    adviser.goto(f"{case}appointments/")
    assert barriers(adviser) == []
    adviser.get_by_role("link", name=re.compile("Próximo día abierto")).click()
    adviser.locator("[name=starts_at]:enabled").first.check()
    assert barriers(adviser) == []
    adviser.get_by_role("button", name="Tomar esta hora").click()
    expect(adviser.locator(".return-code")).to_contain_text("UPA-C")
    expect(adviser.locator("[role=img] svg")).to_be_visible()
    assert barriers(adviser) == []
    with adviser.expect_download() as saved:
        adviser.get_by_role("link", name=re.compile(".ics")).click()
    assert saved.value.suggested_filename == "appointment.ics"
    adviser.get_by_role("link", name="Volver al libro").click()
    expect(adviser.locator(".rows")).to_contain_text("UPA-C")
    assert barriers(adviser) == []


def test_a_talk_is_noted_with_its_heads(adviser: Page):
    adviser.goto("/console/cases/groups/new/")
    assert barriers(adviser) == []
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    adviser.locator("[name=held_on]").fill(f"{yesterday}")
    adviser.get_by_label("Mujer, 18 a 29 años").fill("7")
    adviser.get_by_role("button", name="Guardar").click()
    expect(adviser.locator(".console [role=status]").first).to_contain_text("personas alcanzadas")
    # Once more, without the message that fades in over it.
    adviser.goto("/console/cases/groups/")
    assert barriers(adviser) == []


@pytest.mark.parametrize("path", ["new/", "paper/", "paper/typing/", "paper/ht/"])
def test_the_pages_of_the_counter_have_no_barrier(adviser: Page, path: str):
    adviser.goto(f"/console/cases/{path}")
    assert barriers(adviser) == []
