"""Wagtail's page editor has no barrier either: its lines have names, and nothing is too small or hidden."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, barriers, window

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"}
PAGES = (
    "cr-asylum",
    "cr-risk-flow-2023",
    "cr-rights-insurance",
    "cr-rumour-an-asylum-applicant-may-not-work",
)


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def editor(request, browser: Browser, live_site, sign_in):
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "elena")
    with_window.close()


def opened(editor: Page, ref: str) -> Page:
    """The editor of a page, drawn to its end."""
    editor.goto(f"/console/facts/{ref}/change/")
    expect(editor.locator("#ask_like-0-value")).to_have_attribute("aria-label", "Así pregunta la gente 1")
    expect(editor.locator(".w-minimap")).to_be_visible()
    editor.wait_for_load_state("networkidle")
    return editor


@pytest.mark.parametrize("ref", PAGES)
def test_the_editor_of_a_page_has_no_barrier(editor: Page, ref: str):
    assert barriers(opened(editor, ref)) == []


def test_a_new_line_is_named_after_its_list_and_place(editor: Page):
    page = opened(editor, "cr-asylum")
    needed = page.locator("[data-contentpath=requirements]")
    before = needed.locator("textarea").count()
    needed.get_by_title("Insertar un bloque").last.click()
    expect(needed.locator("textarea").last).to_have_attribute("aria-label", f"Qué llevar {before + 1}")
    assert barriers(page) == []
    needed.get_by_title("Eliminar").first.click()
    expect(needed.locator("textarea:visible").first).to_have_attribute("aria-label", "Qué llevar 1")


def test_a_colleague_on_the_same_page_has_a_name(editor: Page, browser: Browser, live_site, sign_in):
    with_window = window(browser, live_site.url, DESK)
    opened(sign_in(with_window, "daniel"), "cr-asylum")
    page = opened(editor, "cr-asylum")
    colleague = page.locator("button.w-editing-sessions__session").first
    expect(colleague).to_have_attribute("aria-label", re.compile("^Daniel Vargas"), timeout=30_000)
    assert barriers(page) == []
    with_window.close()


def test_the_list_of_sections_opens_without_barrier(editor: Page):
    page = opened(editor, "cr-asylum")
    toggle = page.locator("#w-minimap-toggle")
    toggle.click()
    try:
        expect(toggle).to_have_attribute("aria-expanded", "true")
        # It slides in, and is judged when it is there.
        page.locator(".w-minimap").evaluate(
            "map => Promise.all(map.getAnimations({ subtree: true }).map(one => one.finished))"
        )
        expect(page.locator(".w-minimap__list a").first).to_be_in_viewport()
        assert barriers(page) == []
    finally:
        # The browser remembers that it is open.
        toggle.click()
        expect(toggle).to_have_attribute("aria-expanded", "false")


def test_what_is_wrong_in_a_form_has_no_barrier(editor: Page):
    page = opened(editor, "cr-risk-flow-2023")
    page.locator("form[data-edit-form]").evaluate("form => { form.noValidate = true }")
    page.locator("[name=summary]").fill("")
    page.locator("[name=action-submit]").first.click()
    expect(page.locator("[data-field-errors] .error-message").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert barriers(page) == []
