"""The baker follows what is open and shown: nothing stays on the disk that people must not read any more."""

import pytest

from ventanilla.hubs.models import Country, Network
from ventanilla.web import baking

PAGE = "/es/bz/"


@pytest.fixture
def baked(site, settings, tmp_path, monkeypatch):
    settings.BAKED_ROOT = tmp_path / "baked"
    every = baking.all_paths
    monkeypatch.setattr(baking, "all_paths", lambda: [path for path in every() if path == PAGE])
    baking.look()
    assert baking.store().get(PAGE)


def test_a_country_that_is_closed_leaves_the_store(baked):
    Country.objects.filter(code="bz").update(is_open=False)
    baking.look()
    assert list(baking.store().paths()) == []


def test_starter_content_switched_off_leaves_the_pages(baked):
    before = baking.store().get(PAGE).body
    Network.objects.update(shows_starter=False)
    baking.look()
    page = baking.store().get(PAGE)
    assert page is None or page.body != before


def test_a_look_without_news_writes_nothing(baked, settings):
    stamp = {file: file.stat().st_mtime_ns for file in settings.BAKED_ROOT.rglob("*") if file.is_file()}
    baking.look()
    assert stamp == {
        file: file.stat().st_mtime_ns for file in settings.BAKED_ROOT.rglob("*") if file.is_file()
    }
