"""Whatever strangers send, the API answers as its own OpenAPI document says, and never with a 500."""

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ventanilla.api.views import described

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_dict(described())
schema.app = get_wsgi_application()


@pytest.fixture(autouse=True)
def _one_connection():
    """A server closes connections around each request; here that would end the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_its_word(case, site):
    case.call_and_validate(checks=CHECKS)


def test_the_document_is_what_it_was(client, site):
    """New addresses may come; these names are relied upon."""
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {path: sorted(methods) for path, methods in document["paths"].items()} == {
        "/api/ask": ["post"],
        "/api/items": ["get"],
        "/api/items/{ref}": ["get"],
        "/api/countries": ["get"],
        "/api/hubs": ["get"],
        "/api/alerts": ["get"],
        "/api/hsds/": ["get"],
        "/api/hsds/services": ["get"],
        "/api/hsds/services/{id}": ["get"],
        "/api/hsds/organizations": ["get"],
        "/api/hsds/organizations/{id}": ["get"],
        "/api/hsds/service_at_locations": ["get"],
        "/api/hsds/service_at_locations/{id}": ["get"],
        "/api/hsds/taxonomies": ["get"],
        "/api/hsds/taxonomy_terms": ["get"],
    }
    assert json.dumps(document)
