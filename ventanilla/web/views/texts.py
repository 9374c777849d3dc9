"""Pages of text: what this is, how facts are checked, privacy, accessibility."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ventanilla.directory.geo import GEONAMES_CREDIT, NATURAL_EARTH_CREDIT
from ventanilla.verification.models import CHECK_AGAIN_AFTER, CHECK_AGAIN_AFTER_OTHERS, GRACE

from ..public import PublicPage, public_page

CONTEXT = {
    "days_hotline": CHECK_AGAIN_AFTER["hotline"],
    "days_others": CHECK_AGAIN_AFTER_OTHERS,
    "days_grace": GRACE,
    "credits": (GEONAMES_CREDIT, NATURAL_EARTH_CREDIT),
}


def text_page(name: str) -> Callable[..., HttpResponse]:
    """A view for the template web/texts/<name>.html."""

    @public_page
    def show(request: HttpRequest, language: str) -> PublicPage:
        return PublicPage(f"web/texts/{name}.html", dict(CONTEXT))

    return show


about = text_page("about")
how_we_check = text_page("how_we_check")
privacy = text_page("privacy")
accessibility = text_page("accessibility")
unavailable = text_page("unavailable")
