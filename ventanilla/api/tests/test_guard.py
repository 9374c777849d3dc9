"""What stands before every address: size, rate, headers, and errors in plain JSON."""

import json

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from ventanilla.api.guard import MAX_BODY, guarded
from ventanilla.lib import limits


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()
    limits._buckets.cache_clear()


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def asked(view, address="192.0.2.7", **more):
    return view(RequestFactory().get("/api/items", REMOTE_ADDR=address, **more))


def cached_keys() -> set[str]:
    kept = cache._cache
    return set(kept) if isinstance(kept, dict) else {key.decode() for key in kept.get_client().keys("*")}


def counted(clock):
    return guarded(lambda request: HttpResponse("yes"), clock=clock)


@override_settings(API_RATE=6)
def test_a_network_that_asks_too_much_is_told_when_to_come_back():
    clock = Clock()
    view = counted(clock)
    assert [asked(view).status_code for _ in range(3)] == [200, 200, 429]
    refused = asked(view)
    assert refused["Retry-After"] == "10"
    assert json.loads(refused.content) == {
        "detail": "Too many requests from your network. Try again in 10 seconds."
    }
    assert asked(view, "192.0.2.8").status_code == 200
    clock.now += 10
    assert asked(view).status_code == 200


@override_settings(API_RATE=6)
def test_processes_share_what_a_minute_allows():
    clock, statuses = Clock(), []
    for _process in range(6):
        limits._buckets.cache_clear()
        view = counted(clock)
        statuses += [asked(view).status_code for _ in range(2)]
    assert statuses == [200] * 8 + [429] * 4


@override_settings(API_RATE=0)
def test_zero_means_no_limit():
    view = counted(Clock())
    assert {asked(view).status_code for _ in range(50)} == {200}


@override_settings(API_RATE=600)
def test_a_whole_shelter_behind_one_address_is_let_through():
    view = counted(Clock())
    assert {asked(view).status_code for _ in range(200)} == {200}


@override_settings(API_RATE=6)
def test_no_address_is_kept_in_clear_and_tomorrow_it_is_another():
    clock = Clock()
    asked(counted(clock))
    stored = {*cached_keys(), *limits._buckets("api", limits.rate(6))._buckets}
    assert not any("192.0.2.7" in str(key) for key in stored)
    today = limits._hashed("192.0.2.7", clock.now)
    assert today == limits._hashed("192.0.2.7", clock.now + 60)
    assert today != limits._hashed("192.0.2.7", clock.now + 86_400)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (False, "203.0.113.9", "192.0.2.7"),
        (True, "203.0.113.9, 198.51.100.2", "198.51.100.2"),
        (True, "nonsense", "unknown"),
    ],
)
def test_only_a_trusted_proxy_is_believed(trusted, forwarded, expected):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXY=trusted):
        assert limits.sender(request) == expected


def test_an_ipv6_home_is_one_sender():
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")
    assert len({limits.sender(RequestFactory().get("/", REMOTE_ADDR=a)) for a in addresses}) == 1


def test_a_body_that_is_too_large_is_refused(client):
    response = client.post("/api/ask", "x" * (MAX_BODY + 1), content_type="application/json")
    assert response.status_code == 413
    assert "65,536" in response.json()["detail"]


def test_a_body_larger_than_it_says_is_refused():
    view = guarded(lambda request: HttpResponse("yes"))
    request = RequestFactory().post("/api/ask", "x" * (MAX_BODY + 1), content_type="application/json")
    request.META["CONTENT_LENGTH"] = ""
    assert view(request).status_code == 413


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_what_an_address_does_not_take_is_said(client, method):
    response = getattr(client, method)("/api/countries")
    assert response.status_code == 405
    assert response["Allow"] == "GET"
    assert response.json() == {"detail": f"This address takes GET, not {method.upper()}."}


@pytest.mark.parametrize("path", ["/api/nothing", "/api/hsds/services/7", "/api/items/"])
def test_an_address_that_leads_nowhere_says_so_in_json(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.json() == {"detail": "There is nothing at this address."}


def test_other_sites_may_read_but_not_ask(client, site):
    read = client.get("/api/countries", headers={"Origin": "https://other.example"})
    assert read["Access-Control-Allow-Origin"] == "*"
    preflight = client.options("/api/ask", headers={"Origin": "https://other.example"})
    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    answer = client.post("/api/ask", {"text": "asilo"}, content_type="application/json")
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize(
    "path", ["/api/", "/api/openapi.json", "/api/countries", "/api/hsds/services", "/feeds/es/cr/alerts.atom"]
)
def test_every_answer_is_kept_briefly_sets_no_cookie_and_is_locked_down(client, site, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response["Vary"]
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "no-referrer"


def test_head_gives_the_headers_alone(client, site):
    response = client.head("/api/countries")
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Type"].startswith("application/json")


def test_a_failure_of_ours_has_an_id_and_no_data(client, site, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("what the person wrote")

    monkeypatch.setattr("ventanilla.api.endpoints.ask", broken)
    response = client.post("/api/ask", {"text": "me llamo Ana"}, content_type="application/json")
    assert response.status_code == 500
    assert response.json()["error_id"]
    assert "Ana" not in response.text
    assert "what the person" not in response.text


def test_the_page_for_people_needs_no_script_and_lists_every_address(client, site):
    page = client.get("/api/").text
    assert "<script" not in page
    for path in client.get("/api/openapi.json").json()["paths"]:
        assert f" {path}</code>" in page
