"""Failing requests, from the outside: an id on the page and in the log, and nothing of the person."""

import io
import json
import logging

import pytest
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from ventanilla.config import log_format

PERSON = "Rosa Méndez"
handler404 = "ventanilla.config.errors.not_found"
handler500 = "ventanilla.config.errors.server_error"


def fails(request: HttpRequest, **kwargs: str) -> HttpResponse:
    secret = request.POST.get("q", PERSON)
    try:
        raise KeyError(secret)
    except KeyError as cause:
        raise ValueError(f"{secret} <{secret}@hub.example>") from cause


urlpatterns = [
    path("es/fails/", fails, name="fails"),
    path("zz/fails/", fails),
    path("api/fails/", fails, name="api-fails"),
]


@pytest.fixture(params=[log_format.JsonLines, log_format.ForPeople])
def log(request):
    """What reaches standard error, in either form."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@pytest.fixture
def client(settings, db):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False, headers={"user-agent": "Nokia 3310", "host": "hub.example"})


def ask(client, address="/es/fails/"):
    return client.post(f"{address}?from=PersonalQuery", {"q": PERSON}, REMOTE_ADDR="203.0.113.77")


def test_a_failing_page_and_its_log_share_an_id_and_name_nobody(client, log):
    response = ask(client)
    page, lines = response.content.decode(), log.getvalue()
    error_id = response.wsgi_request.error_id
    assert response.status_code == 500
    assert len(error_id) == 8
    assert error_id in page
    assert error_id in lines
    assert "ValueError < KeyError" in lines
    assert "test_logs.py" in lines
    for private in ("Rosa", "ndez", "@hub.example", "203.0.113.77", "Nokia", "PersonalQuery"):
        assert private not in lines
        assert private not in page


def test_two_failures_have_two_ids(client, log):
    assert ask(client).wsgi_request.error_id != ask(client).wsgi_request.error_id


def test_a_line_in_production_is_one_json_object_with_the_view(client, log):
    ask(client)
    first = log.getvalue().splitlines()[0]
    if not first.startswith("{"):
        assert "view=fails" in first
        return
    line = json.loads(first)
    assert (line["view"], line["status"], line["level"]) == ("fails", 500, "ERROR")


def test_the_error_page_is_in_the_language_of_the_address_and_closed_to_scripts(client, log):
    spanish, other = ask(client), ask(client, "/zz/fails/")
    assert '<html lang="es"' in spanish.content.decode()
    assert '<html lang="es"' in other.content.decode()
    assert "script-src" not in spanish["Content-Security-Policy"]
    assert "default-src 'none'" in spanish["Content-Security-Policy"]
    assert spanish["Cache-Control"] == "no-store"


def test_the_api_fails_in_json_with_the_id(client, log):
    response = ask(client, "/api/fails/")
    assert response.status_code == 500
    assert response.json()["error_id"] == response.wsgi_request.error_id


def test_a_page_for_errors_that_fails_itself_is_replaced_by_a_plain_one(client, log, monkeypatch):
    def broken(*args):
        raise RuntimeError(PERSON)

    monkeypatch.setattr("ventanilla.config.errors.render_to_string", broken)
    response = ask(client)
    assert response.status_code == 500
    assert response.wsgi_request.error_id in response.content.decode()
    assert "Algo falló" in response.content.decode()


def test_an_address_that_leads_nowhere_helps_and_is_not_logged(client, log, site):
    response = client.get("/es/rosa-mendez/")
    assert response.status_code == 404
    assert "Costa Rica" in response.content.decode()
    assert log.getvalue() == ""


def test_an_address_that_leads_nowhere_helps_without_the_database_too(client, log, monkeypatch):
    def away(*args):
        raise Error

    monkeypatch.setattr("ventanilla.config.errors.helpful_not_found", away)
    response = client.get("/es/rosa-mendez/")
    assert response.status_code == 404
    assert 'action="/es/ask/"' in response.content.decode()


def test_the_api_says_in_json_that_there_is_nothing(client, log):
    response = client.get("/api/nothing")
    assert (response.status_code, response.json()["error_id"]) == (404, None)


def test_a_refused_host_is_logged_without_its_name(client, log, settings):
    settings.ALLOWED_HOSTS = ["hub.example"]
    response = client.get("/es/fails/", headers={"host": "rosa.example"})
    assert response.status_code == 400
    assert "DisallowedHost" in log.getvalue()
    assert "rosa" not in log.getvalue()


def told(logger, *args, **kwargs):
    record = logging.getLogger(logger).makeRecord(logger, logging.WARNING, "f.py", 7, *args, **kwargs)
    return log_format.told(record)


def test_our_own_events_keep_their_text_and_references():
    line = told(
        "ventanilla.web",
        "Page not drawn",
        (),
        None,
        extra={"fact": "cr-asylum", "pages": 3, "who": "Rosa M."},
    )
    assert (line["event"], line["fact"], line["pages"], line["who"]) == (
        "Page not drawn",
        "cr-asylum",
        3,
        "withheld",
    )


@pytest.mark.parametrize(
    "value", ["a@b.example", "203.0.113.77", "two words", "/es/ask/?q=x", "Méndez", "x" * 200]
)
def test_what_is_no_reference_is_withheld(value):
    assert told("ventanilla.web", "Event", (), None, extra={"ref": value})["ref"] == "withheld"


def test_messages_of_libraries_keep_their_place_and_ids_only():
    line = told(
        "django_tasks",
        "Task id=%s path=%s for %s",
        ("8f14e45f-ceea-4e7a-9d0b-0a2c4c5b6d7e", "ventanilla.a.b", PERSON),
        None,
    )
    assert "8f14e45f" in line["event"]
    assert "ventanilla.a.b" in line["event"]
    assert "Rosa" not in json.dumps(line)
    assert "Rosa" not in json.dumps(told("wagtail.admin", f"Published {PERSON}", (), None))


def test_the_server_of_the_pages_keeps_no_access_log():
    loggers = log_format.configuration(as_json=True)["loggers"]
    assert loggers["granian.access"] == {"handlers": [], "propagate": False, "level": "CRITICAL"}
