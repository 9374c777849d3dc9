import pytest
from django.db import Error

from ventanilla.config import metrics

TOKEN = "t" * 24


@pytest.fixture
def scrape(client, settings, tmp_path, site):
    settings.METRICS_TOKEN = TOKEN
    settings.BAKED_ROOT = tmp_path

    def get(token=TOKEN):
        return client.get("/metrics", headers={"authorization": f"Bearer {token}"})

    return get


def test_there_is_no_such_page_unless_a_token_is_set(client, settings, db):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "ñ"])
def test_another_token_opens_nothing(scrape, token):
    response = scrape(token)
    assert response.status_code == 401
    assert response.content == b""


def test_requests_are_counted_by_view_and_not_by_address(scrape, client):
    client.get("/health/live")
    client.get("/es/")
    client.get("/es/rosa-mendez/?q=secret")
    lines = scrape().content.decode()
    assert 'ventanilla_requests_total{status="2xx",view="home"}' in lines
    assert 'ventanilla_request_seconds_bucket{le="+Inf",view="home"}' in lines
    assert 'status="4xx",view="other"' in lines
    assert "rosa" not in lines
    assert "secret" not in lines


def test_facts_pages_and_tasks_are_told_as_they_are_now(scrape, tmp_path):
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "cd.baked").touch()
    lines = scrape().content.decode()
    assert "ventanilla_baked_pages 1.0" in lines
    assert "ventanilla_database_up 1.0" in lines
    assert "ventanilla_tasks_waiting " in lines
    assert 'ventanilla_facts{country="cr",state="starter"}' in lines


def test_a_database_that_is_away_is_a_figure_too(scrape, monkeypatch):
    def away():
        raise Error

    monkeypatch.setattr(metrics, "_tasks_waiting", away)
    response = scrape()
    assert response.status_code == 200
    assert "ventanilla_database_up 0.0" in response.content.decode()
