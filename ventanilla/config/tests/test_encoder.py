"""A model on another machine: said by `ventanilla check`, refused where words would travel openly."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from ventanilla.answers.encoders import encoders, endpoint
from ventanilla.config.encoder_findings import findings_of_encoder

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LOADS = "import django; django.setup(); from django.conf import settings; print(settings.ENCODER_URL)"


@pytest.fixture
def away(settings):
    settings.ENCODER_URL, settings.ENCODER_MODEL = "http://127.0.0.1:9/v1", "mini"
    settings.ENCODER_DIMENSIONS = 8
    endpoint.cache_clear()
    yield
    endpoint.cache_clear()


def start(tmp_path, **environment):
    told = {"DJANGO_SETTINGS_MODULE": "ventanilla.config.settings", "VENTANILLA_MODE": "demo"}
    told |= {"DATA_DIR": str(tmp_path), "PATH": "", **environment}
    command = [sys.executable, "-c", LOADS]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False)


def test_by_itself_nothing_leaves(settings):
    assert not settings.ENCODER_URL
    assert [*findings_of_encoder(NOW)] == []


def test_the_doctor_names_where_questions_leave_for_and_that_it_is_away(away):
    leaves, gone = findings_of_encoder(NOW)
    assert leaves.level == "note"
    assert "leaves for 127.0.0.1:9," in leaves.what
    assert gone.level == "missing"
    assert "cannot be reached" in gone.what


def test_it_stands_in_the_place_of_the_heavy_one(away):
    assert [encoder.name for encoder in encoders()] == ["e5", "use"]
    assert encoders()[0].version == "mini||"


def test_words_do_not_travel_openly(tmp_path):
    url = "http://models.example/v1"
    refused = start(tmp_path, ENCODER_URL=url, ENCODER_MODEL="m", ENCODER_DIMENSIONS="8")
    assert "ENCODER_URL would send words of people to models.example in the clear" in refused.stderr


def test_half_a_setting_is_refused(tmp_path):
    refused = start(tmp_path, ENCODER_URL="http://127.0.0.1:8080/v1")
    assert "also needs ENCODER_MODEL and ENCODER_DIMENSIONS" in refused.stderr
