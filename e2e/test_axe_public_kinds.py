"""Public kinds that no pack has, an alert and a job board: their pages, and the editor of an alert."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from test_axe import DESK, SHAPES, barriers, public, window

__all__ = ["public"]
SCRIPT = Path(__file__).with_name("public_kinds.py")
# With a query pages are made anew: the baked ones follow a little later.
PAGES = {
    "/es/cr/cr-alert-for-a-test/?new": "Cierre en Peñas Blancas",
    "/es/cr/?new": "Cierre en Peñas Blancas",
    "/es/cr/risks/?new": "Cierre en Peñas Blancas",
    "/es/cr/cr-board-for-a-test/?new": "Bolsa de empleo de Upala",
    "/es/cr/work/?new": "Bolsa de empleo de Upala",
}


def run(live_site, what: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), what], env=live_site.env, check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def kinds(live_site) -> Iterator[dict[str, int]]:
    yield run(live_site, "make")
    run(live_site, "remove")


@pytest.mark.parametrize("public", **SHAPES)
@pytest.mark.parametrize("path", PAGES)
def test_an_alert_and_a_job_board_have_no_barrier(public: Page, kinds, path: str):
    response = public.goto(path)
    assert response
    assert response.status == 200
    expect(public.locator("main")).to_contain_text(PAGES[path])
    assert barriers(public) == []


@pytest.mark.parametrize("shape", [{"viewport": {"width": 360, "height": 740}}, DESK], ids=["phone", "desk"])
def test_the_editor_of_an_alert_has_no_barrier(browser: Browser, live_site, sign_in, kinds, shape):
    with_window = window(browser, live_site.url, shape)
    page = sign_in(with_window, "daniel")
    page.goto(f"/console/pages/{kinds['page']}/edit/")
    expect(page.locator("[name=place]")).to_have_value("Peñas Blancas")
    page.wait_for_load_state("networkidle")
    assert barriers(page) == []
    page.locator("[name=ends_at]").click()
    assert barriers(page) == []
    with_window.close()
