"""Any accent a network chooses can be read, in light and in dark."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.hubs.models import Network
from ventanilla.web.colours import DARK_PAPER, LIGHT_PAPER, WHITE, accent_css, contrast

accents = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(accents)
def test_every_accent_keeps_its_contrast(accent):
    light, panel, dark = re.findall(r"#[0-9a-f]{6}", accent_css(accent))
    assert contrast(light, LIGHT_PAPER) >= 4.5
    assert contrast(panel, WHITE) >= 4.5
    assert contrast(dark, DARK_PAPER) >= 4.5


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_networks_accent_reaches_readers_under_a_new_address(client, site):
    before = re.search(r"/a/\w+/site\.css", client.get("/es/").content.decode())[0]
    Network.objects.update(accent="#7a1fa2")
    after = re.search(r"/a/\w+/site\.css", client.get("/es/").content.decode())[0]
    assert before != after
    assert b"--accent:#7a1fa2" in client.get(after).content
