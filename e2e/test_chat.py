"""A person without scripts asks, gets a passage, asks for a person, and reads the answer on another phone."""

from playwright.sync_api import Browser, Page, expect


def test_from_the_question_to_the_answer_of_a_person(
    browser: Browser, live_site, plain_page: Page, context, sign_in
):
    plain_page.goto("/es/cr/chat/")
    plain_page.get_by_label("Su mensaje").fill("q nesesito pa pedir refujio")
    plain_page.get_by_role("button", name="Enviar").click()
    expect(plain_page.get_by_text("respuesta automática").first).to_be_visible()
    code = plain_page.locator("input[name=code]").first.get_attribute("value")
    plain_page.get_by_label("Su siguiente mensaje").fill("quiero hablar con una persona sobre mi prima Ñusta")
    plain_page.get_by_role("button", name="Enviar").click()
    expect(plain_page.get_by_text("Una persona de la ventanilla").last).to_be_visible()

    desk = sign_in(context, "luis")
    desk.goto("/console/cases/")
    desk.locator("ul.cases li", has_text="Ñusta").locator("h2 a").first.click()
    desk.locator("#say_body").fill("Venga mañana a las diez.")
    desk.get_by_role("button", name="Enviar").click()
    expect(desk.get_by_text("Venga mañana a las diez.")).to_be_visible()

    other = browser.new_context(base_url=live_site.url, java_script_enabled=False)
    phone = other.new_page()
    phone.goto("/es/cr/chat/")
    phone.get_by_text("Tengo un código para volver").click()
    phone.get_by_label("Código de 16 cifras").fill(f"{code[:4]} {code[4:8]} {code[8:12]} {code[12:]}")
    phone.get_by_role("button", name="Abrir mi conversación").click()
    expect(phone.get_by_text("Venga mañana a las diez.")).to_be_visible()
    other.close()
