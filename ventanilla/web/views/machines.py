"""What browsers and search engines ask for by themselves: style sheet, robots.txt, sitemaps."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ventanilla.hubs.models import Country

from ..assets import asset, digest
from ..cards import item_path
from ..compression import compressed
from ..public import HEADERS
from ..reading import country_items, items_by_topic, open_country
from ..sharing import absolute
from ..writing import can_write

ASSETS = {"site.css": "text/css; charset=utf-8", "chat.js": "text/javascript; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"
TEXTS = ("about", "how-we-check", "privacy", "accessibility")


@require_safe
def serve_asset(request: HttpRequest, address: str, name: str) -> HttpResponse:
    """A public asset under its content's address; it never changes there."""
    if name not in ASSETS:
        raise Http404
    data = asset(name)
    response = HttpResponse(data, content_type=ASSETS[name], headers=HEADERS)
    # An old page may name an old sheet: it gets today's, but may not keep it under the old name.
    response["Cache-Control"] = FOR_EVER if digest(data) == address else "public, max-age=60"
    return compressed(response, request)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    closed = ("/console/", "/leave/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {absolute('/sitemap.xml')}",
    ]
    return _plain("\n".join(lines) + "\n", "text/plain; charset=utf-8", request)


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """One sitemap for what is common and one for each open country."""
    codes = Country.objects.open().order_by("code").values_list("code", flat=True)
    paths = ["/sitemap-network.xml", *(f"/sitemap-{code}.xml" for code in codes)]
    rows = "".join(f"<sitemap><loc>{absolute(path)}</loc></sitemap>" for path in paths)
    return _xml(f'<sitemapindex xmlns="{_NAMESPACE}">{rows}</sitemapindex>', request)


@require_safe
def sitemap_of_network(request: HttpRequest) -> HttpResponse:
    rest = ["", *(f"{name}/" for name in TEXTS)]
    return _urls([(f"/{code}/{part}", "") for code in settings.PUBLIC_LANGUAGES for part in rest], request)


@require_safe
def sitemap_of_country(request: HttpRequest, country_code: str) -> HttpResponse:
    """Every public page of a country; items only in languages in which they are written."""
    country = open_country(country_code)
    found = country_items(country, at=timezone.now())
    people = ["hubs/", "hotlines/", *(["write/"] if can_write(country) else [])]
    parts = ["", *people, *(f"{topic.value}/" for topic in items_by_topic(found))]
    lists = [(f"/{code}/{country.code}/{part}", "") for code in country.languages for part in parts]
    pages = [
        (item_path(item, code), f"{item.changed_at:%Y-%m-%d}")
        for item in found
        for code in item.languages
        if code in settings.PUBLIC_LANGUAGES
    ]
    return _urls([*lists, *pages], request)


_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _urls(rows: list[tuple[str, str]], request: HttpRequest) -> HttpResponse:
    urls = "".join(_url(path, day) for path, day in rows)
    return _xml(f'<urlset xmlns="{_NAMESPACE}">{urls}</urlset>', request)


def _url(path: str, day: str) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{absolute(path)}</loc>{changed}</url>"


def _xml(body: str, request: HttpRequest) -> HttpResponse:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return _plain(head + body, "application/xml; charset=utf-8", request)


def _plain(body: str, content_type: str, request: HttpRequest) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type, headers=HEADERS)
    response["Cache-Control"] = "public, max-age=3600"
    return compressed(response, request)
