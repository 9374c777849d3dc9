"""The browser refuses nothing of ours: no page of the console breaks its own Content-Security-Policy."""

import pytest
from playwright.sync_api import BrowserContext, Page

PAGES = {
    "elena": ["/console/", "/console/facts/", "/console/changes/", "/console/gaps/", "/console/start-page/"],
    "luis": ["/console/cases/", "/console/cases/new/", "/console/rights/", "/console/account/"],
    "carmen": ["/console/staff/", "/console/staff/add/"],
    "diego": ["/console/protection/", "/console/protection/access-log/", "/console/protection/incidents/"],
}


@pytest.fixture
def refused(context: BrowserContext) -> list[str]:
    """What browsers in this context refuse because of a policy, as it happens."""
    found: list[str] = []

    def look(message):
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            found.append(f"{message.location.get('url', '')} {message.text}")

    context.on("console", look)
    return found


@pytest.mark.parametrize("name", list(PAGES))
def test_pages_of_the_console_keep_their_policy(context, sign_in, refused, name):
    page: Page = sign_in(context, name)
    for address in PAGES[name]:
        answer = page.goto(address)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "*" not in policy
        page.wait_for_load_state("networkidle")
    assert refused == []


def test_the_page_editor_keeps_its_policy(context, sign_in, refused):
    page = sign_in(context, "elena")
    page.goto("/console/facts/cr-asylum/change/")
    page.wait_for_load_state("networkidle")
    page.locator("textarea, [contenteditable=true]").first.wait_for()
    assert refused == []
