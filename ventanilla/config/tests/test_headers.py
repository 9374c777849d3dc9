"""Every kind of answer tells browsers what they may do with it."""

import pytest
from django.test import Client

from ventanilla.accounts.models import User
from ventanilla.accounts.testing import sign_in

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
KINDS = {
    "a public page": "/es/cr/",
    "an answer to a form": "/es/cr/ask/",
    "a chat": "/es/cr/chat/",
    "a page that is not there": "/es/cr/nothing-here/",
    "a redirect": "/console/facts",
    "the sign-in page": "/console/login/",
    "the quick exit": "/leave/",
    "health": "/health/live",
    "the sitemap": "/sitemap.xml",
    "robots": "/robots.txt",
    "the API": "/api/v1/countries",
    "a hook": "/hooks/whatsapp/00000000-0000-4000-8000-000000000000",
    "a style sheet": "/static/console/console.css",
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_answers_carry_safe_headers(site, kind):
    answer = Client().get(KINDS[kind])
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, name
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    answer.close()


def test_readers_get_no_cookie(site):
    for address in ("/es/", "/es/cr/", "/es/cr/chat/", "/api/v1/countries", "/health/live"):
        assert not Client().get(address).cookies


def test_the_console_is_kept_nowhere_and_framed_nowhere_else(db):
    client = Client()
    sign_in(client, User.objects.create_superuser("root@example.org", "long enough for a test"))
    for address in ("/console/", "/console/facts/", "/console/cases/"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_signing_out_clears_what_the_browser_holds(db):
    client = Client()
    sign_in(client, User.objects.create_superuser("root@example.org", "long enough for a test"))
    answer = client.post("/console/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_production_speaks_tls_only(site, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    for address in ("/es/cr/", "/console/login/", "/health/live"):
        said = Client().get(address, secure=True).headers.get("Strict-Transport-Security", "")
        assert said == "max-age=31536000; includeSubDomains", address
