"""Where words leave for: said by `ventanilla check`, refused where they would travel openly."""

from argparse import Namespace
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from ventanilla.config import doctor
from ventanilla.config.checks import reader_from
from ventanilla.config.commands import check
from ventanilla.config.translator_findings import findings_of_translator

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def told(settings, url):
    settings.TRANSLATE_URL = url
    [found] = findings_of_translator(NOW)
    return found


def test_the_doctor_says_that_nothing_leaves(settings):
    found = told(settings, "")
    assert (found.level, found.what) == ("note", "Machine translation is off: no word leaves for it.")


def test_the_doctor_names_where_words_leave_for(settings):
    found = told(settings, "https://translate.example:8443/libre")
    assert found.level == "note"
    assert "leave for translate.example:8443 " in found.what
    assert "agreement" in found.remedy


def test_a_note_is_no_fault(monkeypatch, capsys, settings):
    found = told(settings, "")
    monkeypatch.setattr(check, "start_django", lambda: None)
    monkeypatch.setattr(doctor, "findings", lambda: [found])
    assert check.run(Namespace(json=False, quiet=True)) == 0
    assert capsys.readouterr().out == ""
    check.run(Namespace(json=False, quiet=False))
    out = capsys.readouterr().out
    assert "NOTE     Machine translation is off" in out
    assert "Nothing unsafe or missing was found." in out


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000",
        "http://[::1]:5000",
        "http://localhost:5000",
        "http://192.168.1.20:5000",
        "http://10.0.0.7",
        "http://libretranslate:5000",
        "https://translate.example/libre",
    ],
)
def test_the_own_machine_the_own_network_and_encryption_are_taken(url):
    assert reader_from("TRANSLATE_URL", f"{url}/") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://translate.example",
        "http://93.184.216.34:5000",
        "http://[2606:2800:220:1::1]",
        "translate.example",
        "ftp://127.0.0.1",
        "https://user:word@translate.example",
        "https://translate.example/?api_key=1",
        "https://",
    ],
)
def test_anything_else_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured) as refused:
        reader_from("TRANSLATE_URL", url)
    assert "TRANSLATE_URL" in str(refused.value)
    assert "word" not in str(refused.value).replace("words of people", "")
