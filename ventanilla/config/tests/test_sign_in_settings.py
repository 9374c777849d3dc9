"""Settings of mail and of a ministry are read once, and nonsense stops the start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ventanilla.config.mail import mail_settings
from ventanilla.config.oidc import roles_from

FOLDER = Path("/var/lib/x/mail")


@pytest.mark.parametrize(
    "text", ["{", "{}", '[{"group": "x"}]', '[{"group": "x", "role": "adviser", "superuser": true}]', "[1]"]
)
def test_a_mapping_that_is_not_one_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured):
        roles_from(text)


def test_lines_of_a_mapping_are_taken_as_they_are():
    line = {"group": "upala-advisers", "role": "adviser", "hub": "cr-hub-upala"}
    assert roles_from('[{"group": "upala-advisers", "role": "adviser", "hub": "cr-hub-upala"}]') == [line]
    assert roles_from("[]") == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", True, False)),
        ("smtp://me%40x:p%2Fw@mail.example.org:25", ("mail.example.org", 25, "me@x", "p/w", True, False)),
        ("smtps://mail.example.org", ("mail.example.org", 465, "", "", False, True)),
        ("smtp://127.0.0.1:25?tls=false", ("127.0.0.1", 25, "", "", False, False)),
    ],
)
def test_an_address_of_a_mail_server_says_everything(url, told):
    made = mail_settings(url, demo=False, folder=FOLDER)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(made[f"EMAIL_{name}"] for name in names) == told


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://x?ssl=1"])
def test_anything_else_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured):
        mail_settings(url, demo=False, folder=FOLDER)


def test_without_one_a_demonstration_writes_files_and_an_installation_sends_nothing():
    assert mail_settings("", demo=True, folder=FOLDER)["EMAIL_FILE_PATH"] == FOLDER
    assert "dummy" in mail_settings("", demo=False, folder=FOLDER)["EMAIL_BACKEND"]
