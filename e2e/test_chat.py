"""A person without scripts asks, gets a passage, asks for a person, and reads the answer on another phone."""

import re
from io import BytesIO

from PIL import Image
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
    desk.goto("/console/cases/?kind=web")
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


def test_a_page_loaded_anew_says_nothing_twice_and_a_safe_word_closes_it(plain_page: Page):
    plain_page.goto("/es/cr/chat/")
    plain_page.get_by_label("Su mensaje").fill("Busco trabajo en una finca")
    plain_page.get_by_role("button", name="Enviar").click()
    code = plain_page.locator("input[name=code]").first.get_attribute("value")
    plain_page.reload()
    expect(plain_page.locator("li.mine")).to_have_count(1)
    assert plain_page.locator("input[name=code]").first.get_attribute("value") == code

    plain_page.get_by_text("Si alguien puede estar leyendo").click()
    plain_page.get_by_label("Una palabra que signifique").fill("guayaba")
    plain_page.get_by_role("button", name="Guardar esta palabra").click()
    expect(plain_page.get_by_role("status")).to_have_text(
        "Su palabra está guardada. Aquí no se muestra en ninguna parte."
    )
    plain_page.get_by_label("Su siguiente mensaje").fill("Guayaba")
    plain_page.get_by_role("button", name="Enviar").click()
    expect(plain_page).to_have_url(re.compile(r"/es/cr/$"))

    plain_page.goto("/es/cr/chat/")
    plain_page.get_by_text("Tengo un código para volver").click()
    plain_page.get_by_label("Código de 16 cifras").fill(code)
    plain_page.get_by_role("button", name="Abrir mi conversación").click()
    expect(plain_page.get_by_role("alert")).to_be_visible()
    plain_page.get_by_label("Su palabra segura").fill("guayaba")
    plain_page.get_by_role("button", name="Abrir mi conversación").click()
    expect(plain_page.get_by_text("Busco trabajo en una finca")).to_be_visible()


def test_a_photo_reaches_the_desk(plain_page: Page, context, sign_in):
    picture = BytesIO()
    Image.new("RGB", (320, 240), "teal").save(picture, "JPEG")
    plain_page.goto("/es/cr/chat/")
    plain_page.get_by_label("Su mensaje").fill("Este papel me dieron en Peñas Blancas")
    plain_page.get_by_label("Una foto o un documento").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    plain_page.get_by_role("button", name="Enviar").click()
    expect(plain_page.get_by_text("Envió un archivo")).to_be_visible()
    desk = sign_in(context, "luis")
    desk.goto("/console/cases/?kind=web")
    desk.locator("ul.cases li", has_text="Peñas Blancas").locator("h2 a").first.click()
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="Archivo image/jpeg").click()
    assert taken.value.path().read_bytes().startswith(b"\xff\xd8")
