"""A real server with two countries, and a real browser. Skipped where there is no Chromium, except in CI."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from entering import first_step, second_step
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="no Chromium on this machine: install Debian's chromium to run it")
    must = os.environ.get("VENTANILLA_REQUIRE_BROWSER") == "true"
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not must:
                item.add_marker(skip)


@dataclass(frozen=True)
class Site:
    """A served demonstration, the folder of its data, and the environment for commands beside it."""

    url: str
    data: Path
    env: dict[str, str]


# A busy machine may be slow; what is tested is that the thing comes.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("data")
    port = free_port()
    env = os.environ | {
        "VENTANILLA_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "DATA_DIR": str(data),
        "PUBLIC_URL": f"http://localhost:{port}",
    }
    if address := os.environ.get("DATABASE_URL"):
        env["DATABASE_URL"] = own_database(address)
        env["KEYS_DATABASE_URL"] = own_database(address, what="_keys")
    site = Site(f"http://localhost:{port}", data, env)
    command = [
        sys.executable,
        "-m",
        "ventanilla.config.command",
        "demo",
        "--country",
        "cr",
        "--country",
        "bz",
    ]
    log = (data / "serve.log").open("w")
    server = subprocess.Popen([*command, "--port", str(port)], env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        from ventanilla.config.serve import wait_until_ready

        assert wait_until_ready(f"{site.url}/health/ready", timeout=180), (data / "serve.log").read_text()
        yield site
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_database(address: str, *, what: str = "") -> str:
    """A database of its own on the same PostgreSQL server, new for this run."""
    import psycopg

    if not address.startswith("postgres"):
        return address
    name = f"ventanilla_e2e_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}{what}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, live_site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_site.url, viewport={"width": 360, "height": 740})
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A phone of 360 px with scripts on."""
    return context.new_page()


@pytest.fixture
def plain_page(browser: Browser, live_site: Site) -> Iterator[Page]:
    """A phone of 360 px with scripts off."""
    context = browser.new_context(
        base_url=live_site.url, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def sign_in(live_site: Site) -> Callable[[BrowserContext, str], Page]:
    """Sign in to the console, in Spanish, as one of the sample people: `sign_in(context, "elena")`.

    A code works once and lasts half a minute, so a person's session is used again while it lives.
    """
    cookies: dict[str, list[Any]] = {}

    def enter(context: BrowserContext, name: str) -> Page:
        page = context.new_page()
        context.set_extra_http_headers({"Accept-Language": "es"})
        context.add_cookies(cookies.get(name, []))
        page.goto("/console/")
        if page.locator("[name=login], #unlock").count():
            context.clear_cookies()
            page.goto("/console/")
            first_step(page, f"{name}@ventanilla.example")
            second_step(page)
        expect(page.locator("h1")).to_contain_text(f"Hola, {name.title()}", timeout=30_000)
        cookies[name] = [cookie for cookie in context.cookies() if cookie["path"] == "/console/"]
        return page

    return enter
