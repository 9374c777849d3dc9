"""What happens on one screen shows on the other by itself, and two advisers do not answer at once."""

from playwright.sync_api import Browser, Page, expect


def ask(page: Page, words: str) -> str:
    """Write to the hub; returns the return code."""
    page.goto("/es/cr/chat/")
    page.get_by_label("Su mensaje").fill(words)
    page.get_by_role("button", name="Enviar").click()
    return page.locator("input[name=code]").first.get_attribute("value") or ""


def open_case(desk: Page, words: str) -> None:
    """Open the case in whose line these words stand."""
    desk.goto("/console/cases/?kind=web")
    desk.locator("ul.cases li", has_text=words).locator("h2 a").first.click()


def test_answers_and_questions_come_by_themselves(page: Page, browser: Browser, live_site, sign_in):
    ask(page, "0 quisiera hablar con una persona sobre mi gata Ñandú")
    desk_context = browser.new_context(base_url=live_site.url)
    desk = sign_in(desk_context, "luis")
    open_case(desk, "Ñandú")
    desk.locator("#say_body").fill("Con gusto, dígame.")
    desk.keyboard.press("Control+Enter")
    expect(page.get_by_text("Con gusto, dígame.")).to_be_visible()
    page.get_by_label("Su siguiente mensaje").fill("Perdió su collar azul")
    page.get_by_role("button", name="Enviar").click()
    expect(desk.locator("#desk-said").get_by_text("Perdió su collar azul")).to_be_visible()
    desk_context.close()


def test_a_colleague_who_has_the_case_open_is_named_and_an_old_page_sends_nothing(
    page: Page, browser: Browser, live_site, sign_in
):
    ask(page, "persona, por favor: se me voló la cometa verde")
    first, second = (browser.new_context(base_url=live_site.url) for _ in range(2))
    luis, carmen = sign_in(first, "luis"), sign_in(second, "carmen")
    open_case(luis, "cometa verde")
    carmen.goto(luis.url)
    expect(luis.locator("#desk-others")).not_to_be_empty()
    carmen.locator("#say_body").fill("Ya la buscamos.")
    luis.locator("#say_body").fill("¿Dónde fue?")
    luis.get_by_role("button", name="Enviar", exact=True).click()
    expect(luis.locator("#desk-said").get_by_text("¿Dónde fue?")).to_be_visible()
    carmen.get_by_role("button", name="Enviar", exact=True).click()
    expect(carmen.locator("#composer [role=alert]")).to_be_visible()
    expect(carmen.locator("#say_body")).to_have_value("Ya la buscamos.")
    first.close()
    second.close()


def test_the_list_moves_by_keys(page: Page, context, sign_in):
    ask(page, "persona: prueba de teclas")
    desk = sign_in(context, "luis")
    desk.goto("/console/cases/")
    desk.keyboard.press("j")
    expect(desk.locator("ul.cases h2 a").first).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/cases/*-*/")
    desk.keyboard.press("r")
    expect(desk.locator("#say_body")).to_be_focused()
