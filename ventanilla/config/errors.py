"""Pages for what goes wrong. A failing request gets an id that is on its page and in the log, and no data."""

import logging
import secrets
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import override

from ventanilla.web.public import HEADERS
from ventanilla.web.views.errors import not_found as helpful_not_found

logger = logging.getLogger(__name__)

_PLAIN_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Ventanilla</title>'
    "<h1>{heading}</h1><p>{error_id}</p>"
    '<p><a href="/{language}/">Ventanilla</a></p></html>'
)
_HEADINGS = {
    404: {
        "es": "Esta página no existe.",
        "en": "This page does not exist.",
        "fr": "Cette page n’existe pas.",
        "ht": "Paj sa a pa egziste.",
    },
    500: {
        "es": "Algo falló de nuestro lado. Intente de nuevo en un momento.",
        "en": "Something failed on our side. Try again in a moment.",
        "fr": "Quelque chose a échoué de notre côté. Réessayez dans un moment.",
        "ht": "Yon bagay pa mache sou bò pa nou. Eseye ankò talè.",
    },
    503: {
        "es": "En este momento no podemos responder. Intente de nuevo en unos minutos.",
        "en": "We cannot answer at this moment. Try again in a few minutes.",
        "fr": "Nous ne pouvons pas répondre en ce moment. Réessayez dans quelques minutes.",
        "ht": "Nou pa ka reponn kounye a. Eseye ankò nan kèk minit.",
    },
}
# What a database raises that is away or overrun; other errors of the database are mistakes of ours.
DATABASE_AWAY = (OperationalError, InterfaceError)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a failed request, without touching the database; the log has the same error id.

    503 while the database is away: Django calls this where it caught the failure.
    """
    request.error_id = secrets.token_hex(4)  # type: ignore[attr-defined]
    status = 503 if isinstance(sys.exception(), DATABASE_AWAY) else 500
    return _page(request, status=status, error_id=request.error_id)  # type: ignore[attr-defined]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Help for an address that leads nowhere; a plain page while the database is away."""
    if not _is_for_machines(request):
        with suppress(Error):
            return helpful_not_found(request, exception)
    return _page(request, status=404, error_id="")


def _is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _page(request: HttpRequest, *, status: int, error_id: str) -> HttpResponse:
    if _is_for_machines(request):
        body: dict[str, Any] = {"detail": _HEADINGS[status]["en"], "error_id": error_id or None}
        return JsonResponse(body, status=status, headers=HEADERS)
    language = _language(request)
    context = {"language": language, "error_id": error_id, "status": status}
    response = HttpResponse(_draw(f"web/{status}.html", context), status=status, headers=HEADERS)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; form-action 'self'"
    response["Cache-Control"] = "no-store"
    return response


def _draw(template: str, context: dict[str, Any]) -> str:
    try:
        with override(context["language"]):
            return render_to_string(template, context)
    except Exception:  # the page for errors is the edge: it must not fail itself
        logger.exception("Error page not drawn", extra={"status": context["status"]})
        heading = _HEADINGS[context["status"]][context["language"]]
        return _PLAIN_PAGE.format(**context, heading=heading)


def _language(request: HttpRequest) -> str:
    first = request.path.split("/", 2)[1]
    return first if first in settings.PUBLIC_LANGUAGES else settings.LANGUAGE_CODE
