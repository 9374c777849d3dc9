"""Signing in by e-mail, in the language of the browser."""

import re

import pytest

pytestmark = pytest.mark.django_db


def test_the_form_is_all_in_the_language_of_the_browser(client):
    html = client.get("/console/login/", headers={"accept-language": "es"}).content.decode()
    assert "Contraseña" in html
    assert ">Password" not in html


def test_a_wrong_password_says_no_more_than_that(client):
    told = [
        client.post("/console/login/", {"username": name, "password": "wrong"}).content.decode()
        for name in ("nobody@hub.example", "elena@hub.example")
    ]
    told = [re.sub(r"[A-Za-z0-9]{64}", "token", html) for html in told]
    assert told[0].replace("nobody@", "elena@") == told[1]
