import pytest
from django.db import Error
from django.db.migrations.recorder import MigrationRecorder

from ventanilla.web import health


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


@pytest.fixture
def indexed(settings, site):
    (settings.INDEX_ROOT / "current").touch()


def test_a_live_process_says_so_without_a_database(client):
    assert client.get("/health/live").json() == {"status": "alive"}


def test_ready_means_database_migrations_and_index(client, indexed):
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "migrated", "index": "loaded"}


def test_a_missing_index_is_not_ready(client, site, settings, tmp_path):
    settings.INDEX_ROOT = tmp_path
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["index"] == "missing"


def test_a_missing_migration_is_not_ready(client, indexed):
    MigrationRecorder.Migration.objects.filter(app="hubs").delete()
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["database"] == "not migrated"


def test_a_database_that_is_away_is_not_ready(client, indexed, monkeypatch):
    class Away:
        def cursor(self):
            raise Error

    monkeypatch.setattr(health, "connection", Away())
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["database"] == "away"


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_load_balancers_may_ask_by_number(client, indexed, settings, address):
    settings.ALLOWED_HOSTS = ["hub.example"]
    assert client.get(address, headers={"host": "10.0.0.7"}).status_code == 200
    assert client.get("/es/", headers={"host": "10.0.0.7"}).status_code == 400
