"""Coming in: invitation, second factor, lock and passkey, in a real browser; each page with axe."""

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from entering import PASSWORD, first_step, second_step
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_axe import RULES

CHOSEN = "grulla lenta canta verde"


def totp(secret: str) -> str:
    """What an app shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def newest_mail(site) -> str:
    """The body of the last mail that the demonstration wrote."""
    newest = max((site.data / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime)
    said = message_from_bytes(newest.read_bytes().split(b"\n" + b"-" * 79)[0], policy=policy.default)
    return str(said.get_content())


def check(page: Page) -> None:
    """Axe finds nothing, and the page fits into 320 px."""
    options = {"resultTypes": ["violations"], "runOnly": RULES}
    found = Axe().run(page, options=options).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 360, "height": 740})


@pytest.fixture
def visitor(browser: Browser, live_site) -> Iterator[Page]:
    """Somebody new, with a browser of their own."""
    # Our own policy would forbid axe's script.
    shape = {"viewport": {"width": 360, "height": 740}, "locale": "es", "bypass_csp": True}
    context = browser.new_context(base_url=live_site.url, **shape)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def invite(page: Page, email: str, role: str) -> None:
    page.goto("/console/staff/add/")
    page.get_by_label("Correo electrónico").fill(email)
    page.locator("select[name=role]").select_option(role)
    page.locator("select[name=hub]").select_option(index=1)
    page.get_by_role("button", name="Invitar").click()
    expect(page.get_by_text(email).first).to_be_visible()


def test_from_the_invitation_to_the_console_and_back_after_the_lock(
    context: BrowserContext, visitor: Page, live_site, sign_in: Callable[[BrowserContext, str], Page]
) -> None:
    carmen = sign_in(context, "carmen")
    invite(carmen, "ines@example.org", "adviser")
    link = re.search(r"https?://\S+", newest_mail(live_site))
    assert link
    visitor.goto(link[0])
    expect(visitor).to_have_url(re.compile(r"/console/invitation/$"))
    check(visitor)
    visitor.get_by_label("Nombre").fill("Inés")
    visitor.get_by_label("Apellido").fill("Vega")
    visitor.get_by_label("Elija una contraseña").fill(CHOSEN)
    visitor.get_by_role("button", name="Aceptar").click()
    expect(visitor.locator("h1")).to_contain_text("segundo factor")
    check(visitor)
    visitor.get_by_role("link", name="Una aplicación en mi teléfono").click()
    check(visitor)
    secret = visitor.locator("#secret").inner_text()
    visitor.get_by_label("Código que muestra la aplicación").fill(totp(secret))
    visitor.get_by_role("button").first.click()
    expect(visitor.locator("h1")).to_contain_text("Códigos de recuperación")
    assert visitor.locator(".codes li").count() == 10
    check(visitor)
    visitor.get_by_role("link", name="Ir a la consola").click()
    expect(visitor.locator("h1")).to_contain_text("Hola, Inés")
    read_the_undertaking(visitor)
    the_lock_keeps_what_was_written(visitor)
    come_in_again_with_a_recovery_code(visitor)


def read_the_undertaking(page: Page) -> None:
    page.goto("/console/undertaking/")
    check(page)
    page.get_by_label("Lo he leído y me comprometo").check()
    page.get_by_role("button", name="Seguir").click()
    page.goto("/console/undertaking/")
    expect(page.get_by_text("ya aceptó esta versión")).to_be_visible()


def the_lock_keeps_what_was_written(page: Page) -> None:
    page.goto("/console/facts/")
    search = page.locator(".filters input:not([type=hidden])").first
    search.fill("albergue para una familia")
    page.clock.install()
    page.clock.fast_forward("06:00")
    cover = page.get_by_role("dialog", name="Bloqueado")
    expect(cover).to_be_visible()
    expect(search).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    check(page)
    # The server does not answer anything else meanwhile.
    assert page.request.get("/console/facts/").status == 423
    cover.get_by_label("Contraseña").fill("wrong")
    cover.get_by_role("button", name="Desbloquear").click()
    expect(cover.get_by_role("alert")).to_contain_text("no es correcta")
    cover.get_by_label("Contraseña").fill(CHOSEN)
    cover.get_by_role("button", name="Desbloquear").click()
    expect(cover).to_be_hidden()
    expect(search).to_have_value("albergue para una familia")
    assert page.request.get("/console/facts/").status == 200
    stored = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    assert "albergue" not in stored


def come_in_again_with_a_recovery_code(page: Page) -> None:
    page.goto("/console/security/")
    check(page)
    page.get_by_role("link", name="Crear códigos nuevos").click()
    check(page)
    page.get_by_role("button", name="Crear códigos nuevos").click()
    code = page.locator(".codes code").first.inner_text()
    page.goto("/console/logout/")
    check(page)
    page.get_by_role("button", name="Cerrar sesión").click()
    check(page)
    first_step(page, "ines@example.org", CHOSEN)
    check(page)
    page.get_by_label("Código").fill(code)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Hola, Inés")


def test_without_scripts_the_lock_keeps_a_form_too(plain_page: Page, live_site) -> None:
    page = plain_page
    page.context.set_extra_http_headers({"Accept-Language": "es"})
    page.goto("/console/")
    first_step(page, "oscar@ventanilla.example")
    second_step(page)
    page.goto("/console/security/")
    page.get_by_role("link", name="Cambiar la contraseña").click()
    other = page.context.new_page()
    other.goto("/console/lock/")
    other.get_by_role("button", name="Bloquear la pantalla ahora").click()
    page.locator("[name=oldpassword]").fill("not the password")
    page.locator("[name=password1]").fill(CHOSEN)
    page.locator("[name=password2]").fill(CHOSEN)
    page.get_by_role("button", name="Guardar la contraseña").click()
    expect(page.locator("h1")).to_contain_text("Bloqueado")
    expect(page.get_by_text("no se perdió")).to_be_visible()
    page.locator("[name=_unlock-password]").fill(PASSWORD)
    page.get_by_role("button", name="Desbloquear").click()
    # The form went on to its own page, which judges it.
    expect(page.locator(".errorlist")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Cambiar la contraseña")


def virtual_authenticator(page: Page) -> None:
    """A device with a finger, as Chromium makes it for tests."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_alone_and_opens_the_lock(visitor: Page, live_site) -> None:
    page = visitor
    virtual_authenticator(page)
    page.goto("/console/")
    check(page)
    first_step(page, "paula@ventanilla.example")
    expect(page.locator("h1")).to_contain_text("Segundo paso")
    second_step(page)
    page.goto("/console/security/passkeys/add/")
    check(page)
    page.get_by_role("button", name="Añadir una llave de acceso").click()
    expect(page.locator("h1")).to_contain_text("Códigos de recuperación")
    page.goto("/console/security/")
    expect(page.get_by_text("Llave de acceso 1").first).to_be_visible()
    page.goto("/console/lock/")
    check(page)
    page.get_by_role("button", name="Bloquear la pantalla ahora").click()
    expect(page.locator("h1")).to_contain_text("Bloqueado")
    check(page)
    page.get_by_role("button", name="Desbloquear con mi llave de acceso").click()
    expect(page.locator("h1")).to_contain_text("Hola, Paula")
    page.goto("/console/logout/")
    page.get_by_role("button", name="Cerrar sesión").click()
    page.get_by_role("button", name="Entrar con una llave de acceso").click()
    expect(page.locator("h1")).to_contain_text("Hola, Paula")
    page.goto("/console/logout/")
    page.get_by_role("button", name="Cerrar sesión").click()
    first_step(page, "paula@ventanilla.example")
    page.get_by_role("button", name="Usar mi llave de acceso").click()
    expect(page.locator("h1")).to_contain_text("Hola, Paula")


def test_a_forgotten_password(visitor: Page, live_site) -> None:
    page = visitor
    page.goto("/console/login/")
    page.get_by_role("link", name="¿Olvidó su contraseña?").click()
    check(page)
    page.get_by_label("Correo electrónico").fill("teresa@ventanilla.example")
    page.get_by_role("button", name="Enviar el enlace").click()
    check(page)
    link = wait_for_mail(live_site.data / "mail", "password/reset/key")
    page.goto(link)
    check(page)
    page.locator("[name=password1]").fill(CHOSEN)
    page.locator("[name=password2]").fill(CHOSEN)
    page.get_by_role("button", name="Guardar la contraseña").click()
    check(page)
    page.get_by_role("link", name="Iniciar sesión").click()
    first_step(page, "teresa@ventanilla.example", CHOSEN)
    expect(page.locator("h1")).to_contain_text("Segundo paso")
    check(page)


def wait_for_mail(folder: Path, part: str) -> str:
    """The link of a mail that the worker writes in a moment."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for path in folder.glob("*.log") if folder.exists() else ():
            said = message_from_bytes(path.read_bytes().split(b"\n" + b"-" * 79)[0], policy=policy.default)
            if found := re.search(rf"https?://\S*{part}\S*", str(said.get_content())):
                return found[0]
        time.sleep(0.2)
    raise AssertionError("No such mail came.")
