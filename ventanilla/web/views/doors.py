"""Where people come in, and the quick way out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from ventanilla.directory.geo import region_map
from ventanilla.hubs.models import Country

from ..offline.views import script_context
from ..public import HEADERS, PublicPage, public_page

# A page that everybody opens all the time, and that says nothing about its reader.
ELSEWHERE = "https://www.google.com/search?q=weather"


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Send a reader to the home page of the browser's language; the address remembers it from there."""
    headers = {**HEADERS, "Vary": "Accept-Language"}
    return HttpResponseRedirect(f"/{_wanted_language(request)}/", headers=headers)


def _wanted_language(request: HttpRequest) -> str:
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    codes = (code.split("-")[0] for code, _weight in wanted)
    return next((code for code in codes if code in settings.PUBLIC_LANGUAGES), settings.LANGUAGE_CODE)


@csrf_exempt
def leave(request: HttpRequest) -> HttpResponse:
    """The quick way out: to a page that says nothing about where the reader came from."""
    return HttpResponseRedirect(ELSEWHERE, headers={**HEADERS, "Cache-Control": "no-store"})


@public_page
def home(request: HttpRequest, language: str) -> PublicPage:
    countries = sorted(Country.objects.open(), key=lambda country: country.name(language))
    names = {country.code: country.name(language) for country in countries}
    drawn = region_map(
        list(names),
        href=lambda code: f"/{language}/{code}/",
        label=names.__getitem__,
        title=_("Map of the region"),
    )
    # region_map escapes every text it draws.
    context = {"countries": names, "map": mark_safe(drawn)}  # noqa: S308
    return PublicPage("web/home.html", {**context, **script_context()}, uses_script=True)
