"""When there is no page: help, in the language of the address."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override

from ventanilla.hubs.models import Country

from ..compression import compressed
from ..public import PublicPage, render_page
from ..reading import country_items, items_by_topic


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that does not exist, or not any more: the ask box and the topics of the country instead."""
    language, country = _language(request.path), _country(request.path)
    with override(language):
        found = country_items(country, at=timezone.now()) if country else []
        context = {
            "topics": list(items_by_topic(found)),
            "countries": [(c.code, c.name(language)) for c in Country.objects.open().order_by("code")],
        }
        page = PublicPage("web/not_found.html", context, country=country, status=404, is_private=True)
        return compressed(render_page(page, language=language, path=f"/{language}/"), request)


def _language(path: str) -> str:
    first = path.strip("/").split("/")[0]
    return first if first in settings.PUBLIC_LANGUAGES else settings.LANGUAGE_CODE


def _country(path: str) -> Country | None:
    parts = path.strip("/").split("/")
    is_code = len(parts) > 1 and len(parts[1]) == 2 and parts[1].isascii() and parts[1].isalpha()
    return Country.objects.open().filter(code=parts[1]).first() if is_code else None
