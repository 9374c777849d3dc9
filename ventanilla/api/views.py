"""The NinjaAPI with its error answers, and the page about it for people."""

import logging
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from . import endpoints, hsds
from .guard import problem

PREFIX = "/api/"

logger = logging.getLogger("ventanilla.api")

api = NinjaAPI(
    title="Ventanilla",
    version="1.0",
    description="Verified information for people on the move. Read-only, without keys and without cookies.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("", endpoints.router)
api.add_router("/hsds", hsds.router)


@api.exception_handler(HttpError)
def refuse(request: HttpRequest, refusal: HttpError) -> HttpResponse:
    words = "The body is not JSON." if refusal.status_code == 400 else str(refusal)
    return problem(refusal.status_code, words)


@api.exception_handler(Http404)
def nothing_there(request: HttpRequest, absence: Http404) -> HttpResponse:
    return problem(404, "There is nothing at this address.")


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """Which parameter is wrong and why; never the value, which may be a person's words."""
    faults = [f"{_parameter(fault['loc'])}: {fault['msg']}" for fault in refusal.errors]
    return problem(422, "; ".join(str(fault)[:200] for fault in faults[:10]))


def _parameter(location: Sequence[str | int]) -> str:
    """The name that the caller knows: after where it was found and what we call the whole."""
    inside = [str(part) for part in location if part not in ("body", "query", "path", "question", "filters")]
    return inside[0] if inside else "body"


@api.exception_handler(InterfaceError)
@api.exception_handler(OperationalError)
def away(request: HttpRequest, failure: Exception) -> HttpResponse:
    """The database does not answer."""
    error_id = secrets.token_hex(4)
    logger.error("The database is away", exc_info=failure, extra={"error_id": error_id})
    return problem(503, "We cannot answer at this moment. Try again in a few minutes.", error_id=error_id)


@api.exception_handler(Exception)
def failed(request: HttpRequest, failure: Exception) -> HttpResponse:
    error_id = secrets.token_hex(4)
    logger.error("API request failed", exc_info=failure, extra={"error_id": error_id})
    words = "Something failed on our side. Try again in a moment."
    return problem(500, words, error_id=error_id)


def not_found(request: HttpRequest, **rest: Any) -> HttpResponse:
    return problem(404, "There is nothing at this address.")


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return JsonResponse(described())


def described() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix=PREFIX))


def about(request: HttpRequest) -> HttpResponse:
    """What there is, for people: drawn from the OpenAPI document, without a script."""
    document = described()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("description") or operation.get("summary", ""),
            "parameters": [parameter["name"] for parameter in operation.get("parameters", [])],
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    response = render(request, "api/about.html", {"info": document["info"], "operations": operations})
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
