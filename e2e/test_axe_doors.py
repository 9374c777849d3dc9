"""The corners of signing in have no barrier: asking again, a lost factor, invitations, what went wrong."""

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, PHONE, SHAPES, barriers, public, window

__all__ = ["public"]
SIGNED_IN = (
    "security/again/",
    "security/again/code/",
    "security/app/remove/",
    "security/codes/new/",
    "security/passkeys/add/",
    "security/password/",
    "undertaking/",
    "staff/",
    "staff/add/",
    "staff/invitations/",
    "lock/",
)


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def coordinator(request, browser: Browser, live_site, sign_in):
    with_window = window(browser, live_site.url, request.param)
    yield sign_in(with_window, "carmen")
    with_window.close()


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_corner_of_signing_in_has_no_barrier(coordinator: Page, path: str):
    response = coordinator.goto(f"/console/{path}")
    assert response
    assert response.status == 200
    assert barriers(coordinator) == []


def test_resetting_a_lost_factor_has_no_barrier(coordinator: Page):
    coordinator.goto("/console/staff/")
    coordinator.locator("a[href*='second-factor']").first.click()
    expect(coordinator.locator("main form button").last).to_be_visible()
    assert barriers(coordinator) == []


def test_a_wrong_password_asked_again_has_no_barrier(coordinator: Page):
    coordinator.goto("/console/security/again/")
    coordinator.locator("[name=password]").fill("not the password")
    coordinator.locator("[name=password]").press("Enter")
    expect(coordinator.locator(".errorlist")).to_be_visible()
    assert barriers(coordinator) == []


@pytest.mark.parametrize("public", **SHAPES)
@pytest.mark.parametrize("path", ["invitation/nothing/", "password/reset/", "password/reset/key/x-y/"])
def test_a_door_that_leads_nowhere_has_no_barrier(public: Page, path: str):
    public.goto(f"/console/{path}")
    assert barriers(public) == []


@pytest.mark.parametrize("public", **SHAPES)
def test_a_refused_sign_in_has_no_barrier(public: Page):
    public.goto("/console/login/")
    public.locator("[name=login]").fill("nobody@example.org")
    public.locator("[name=password]").fill("not a password")
    public.locator("[name=password]").press("Enter")
    expect(public.locator(".errorlist")).to_be_visible()
    assert barriers(public) == []
