"""A place that has to stay unknown: its address, its point and its postal code are in nothing that leaves."""

import io
import zipfile

import pytest
from django.utils import timezone

from ventanilla.directory import hsds
from ventanilla.directory.models import Location, Service
from ventanilla.directory.queries import whole_directory
from ventanilla.verification.models import Fact, Wording

SENTINEL = "Calle Sentinela 4711"
SECRETS = (SENTINEL, "Sentinela", "Villa Oculta", "98765-4", "PCODE-77", "9.87654", "-84.12345", "Rampa azul")
LANGUAGES = ("es", "en", "fr", "ht")


@pytest.fixture
def shelter(site):
    """A confidential service and an authority with a confidential place, both public facts."""
    secret = {
        "address": SENTINEL, "city": "Villa Oculta", "postal_code": "98765-4", "p_code": "PCODE-77",
        "latitude": 9.87654, "longitude": -84.12345, "accessibility": "Rampa azul", "name": "Casa Sentinela",
        "is_confidential": True, "area": {"es": "Zona norte", "en": "Northern area"},
    }  # fmt: skip
    service = Service.objects.get(fact__ref="cr-hias")
    Location.objects.filter(services_here__service=service).update(**secret)
    Wording.objects.filter(fact=service.fact).update(where=f"Está en {SENTINEL}")
    authority = Fact.objects.filter(kind="authority", country="cr", has_source=True).first()
    Location.objects.create(organization=authority.organization, **secret)
    return service


def assert_silent(text: str, where: str) -> None:
    for secret in SECRETS:
        assert secret not in text, f"{secret} in {where}"


def every_path(client) -> list[str]:
    """Every GET address of the OpenAPI document, every object of every list, and the feeds."""
    paths = []
    for path, methods in client.get("/api/openapi.json").json()["paths"].items():
        if "get" not in methods:
            continue
        if "{ref}" in path:
            paths += [path.replace("{ref}", ref) for ref in Fact.objects.values_list("ref", flat=True)]
        elif "{id}" in path:
            rows = client.get(f"{path.removesuffix('/{id}')}?per_page=200").json()["contents"]
            paths += [path.replace("{id}", row["id"]) for row in rows]
        else:
            paths += [path, f"{path}?page=2", f"{path}?per_page=200&full=true"]
    feeds = [f"/feeds/es/cr/{name}.{form}" for name in ("alerts", "changes") for form in ("atom", "rss")]
    return [*paths, *feeds]


def test_no_address_of_the_api_gives_it_away(client, shelter):
    paths = every_path(client)
    assert len(paths) > 200
    assert any(str(shelter.pk) in path for path in paths)
    for path in paths:
        assert_silent(client.get(path).text, path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_area_is_told_instead(client, shelter, language):
    service = client.get(f"/api/hsds/services/{shelter.pk}?lang={language}").json()
    (pair,) = service["service_at_locations"]
    expected = "Northern area" if language == "en" else "Zona norte"
    assert pair["location"]["name"] == expected
    assert pair["location"]["addresses"] == []
    assert "description" not in pair
    item = client.get(f"/api/items/cr-hias?lang={language}").json()
    assert item["contact"]["is_confidential"]
    assert item["contact"]["area"] == {"es": "Zona norte", "en": "Northern area"}
    assert item["texts"][item["language"]]["where"] == expected


@pytest.mark.parametrize("query", [SENTINEL, "sentinela", "Villa Oculta", "PCODE-77", "98765-4"])
def test_no_search_finds_it(client, shelter, query):
    found = client.get("/api/hsds/services", {"search": query}).json()
    assert found["empty"]
    asked = client.post(
        "/api/ask", {"text": f"¿qué hay en {query}?", "country": "cr"}, content_type="application/json"
    )
    assert_silent(asked.text, "ask")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_export_gives_it_away(shelter, language):
    dataset = whole_directory(language=language, at=timezone.now())
    assert_silent(hsds.export_json(dataset).decode(), "JSON")
    with zipfile.ZipFile(io.BytesIO(hsds.export_csv(dataset))) as archive:
        for name in archive.namelist():
            assert_silent(archive.read(name).decode(), name)
    locations = {row["id"]: row for row in dataset.rows("location")}
    secret = locations[str(shelter.at_locations.get().location_id)]
    assert secret["ventanilla_is_confidential"]
    assert set(secret) == {"id", "location_type", "name", "ventanilla_is_confidential"}
