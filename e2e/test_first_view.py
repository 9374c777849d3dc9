"""What a phone on a poor connection downloads, measured in the browser: everything of the first view."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

BUDGET = 14 * 1024
MOST_REQUESTS = 2


@dataclass
class Wire:
    """What went over the network, headers included, and what the browser complained about."""

    requests: list[str] = field(default_factory=list)
    size: int = 0
    complaints: list[str] = field(default_factory=list)

    def note_request(self, event: dict) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.requests.append(event["request"]["url"])

    def note_end(self, event: dict) -> None:
        self.size += event["encodedDataLength"]


@pytest.fixture
def phone(browser: Browser, live_site) -> Iterator[Page]:
    """A phone that has never been here, and keeps nothing while it is."""
    context = browser.new_context(base_url=live_site.url, viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture
def wire(phone: Page) -> Wire:
    seen = Wire()
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.requestWillBeSent", seen.note_request)
    session.on("Network.loadingFinished", seen.note_end)
    # A violation of the policy for contents is a complaint too.
    phone.on("console", lambda message: seen.complaints.append(message.text))
    phone.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return seen


@pytest.mark.parametrize(
    "path",
    [
        "/es/cr/",
        "/en/bz/",
        "/ht/cr/",
        "/es/cr/procedures/",
        "/es/cr/services/",
        "/es/cr/work/",
        "/es/cr/cr-asylum/",
        "/ht/cr/cr-asylum/",
        "/es/cr/cr-hub-upala/",
    ],
)
def test_a_page_comes_in_one_round_trip(phone: Page, wire: Wire, path: str):
    assert_small(wire, lambda: phone.goto(path, wait_until="networkidle"))


@pytest.mark.parametrize(
    "question", ["q nesesito pa pedir refujio", "visa", "cuanto pesa la luna azul de queso"]
)
def test_an_answer_comes_in_one_round_trip(phone: Page, wire: Wire, question: str):
    phone.goto("/es/cr/")
    phone.get_by_role("textbox").first.fill(question)
    wire.requests.clear()
    wire.size = 0
    assert_small(wire, lambda: submit(phone))


def submit(page: Page) -> None:
    page.get_by_role("textbox").first.press("Enter")
    page.wait_for_url("**/ask/", wait_until="networkidle")


def assert_small(wire: Wire, view: Callable[[], object]) -> None:
    view()
    assert 1 <= len(wire.requests) <= MOST_REQUESTS, wire.requests
    # Less would mean that something was not measured.
    assert 3_000 < wire.size <= BUDGET
    assert wire.complaints == []
