"""The two steps of signing in, as a person types them."""

from playwright.sync_api import Page

PASSWORD = "ventanilla-demo-2026"


def first_step(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in and send the form of the sign-in page, in Spanish."""
    page.get_by_label("Correo electrónico").fill(email)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()


def second_step(page: Page) -> None:
    """Type the code that the page of a demonstration shows for a sample person."""
    page.get_by_label("Código").fill(page.locator("strong.code").inner_text())
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
