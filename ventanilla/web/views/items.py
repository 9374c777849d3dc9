"""One item, whole: its page, its leaflet and, for a hub, its service charter."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from ventanilla.hubs.models import Country
from ventanilla.lib.text import in_language
from ventanilla.verification.items import Item
from ventanilla.verification.models import Kind

from ..cards import card, item_path
from ..places import map_of_one
from ..public import PublicPage, public_page
from ..reading import open_country, public_item, siblings
from ..sharing import absolute, qr_code, share_links
from ..whole_item import item_context


def item_page(country: Country, ref: str, language: str, *, at: datetime) -> PublicPage:
    item = public_item(country, ref, at=at)
    # Every hub is "the same thing" as every other, which would help nobody.
    others = siblings(item, at=at) if item.kind != Kind.HUB else []
    context = item_context(item, language, country=country, at=at)
    context |= {
        "siblings": _siblings(others, language),
        "share": share_links(context["text"].title, item_path(item, language)),
        "map": map_of_one(country, item, language=language),
    }
    changes = _changes(context)
    return PublicPage("web/item.html", context, country=country, shown=[item, *others], changes_at=changes)


def _siblings(others: list[Item], language: str) -> list[dict[str, Any]]:
    """One for each other country, in the order of their names."""
    names = {country.code: country.name(language) for country in Country.objects.open()}
    firsts = {other.country: other for other in reversed(others) if other.country in names}
    rows = [{**card(other, language), "country_name": names[code]} for code, other in firsts.items()]
    return sorted(rows, key=lambda row: row["country_name"])


def _changes(context: dict[str, Any]) -> list[datetime | None]:
    text, opening = context["text"], context["opening"]
    return [text.starts_at, text.ends_at, opening and opening.changes_at]


@public_page
def leaflet(request: HttpRequest, language: str, country_code: str, ref: str) -> PublicPage:
    """One printed page, with a QR code that leads back to where the text is kept up to date."""
    country, at = open_country(country_code), timezone.now()
    item = public_item(country, ref, at=at)
    context = item_context(item, language, country=country, at=at)
    path = item_path(item, language)
    context |= {"qr": qr_code(path), "path": path, "address_of_item": absolute(path)}
    return PublicPage("web/leaflet.html", context, country=country, shown=[item])


@public_page
def charter(request: HttpRequest, language: str, country_code: str, ref: str) -> PublicPage:
    """What a hub promises to the people who come."""
    country, at = open_country(country_code), timezone.now()
    item = public_item(country, ref, at=at)
    context = item_context(item, language, country=country, at=at)
    hub = context["hub"]
    if hub is None:
        raise Http404
    said = in_language(hub.charter, language) or ""
    context |= {"charter": [part for part in said.split("\n\n") if part.strip()]}
    changes = _changes(context)
    return PublicPage("web/charter.html", context, country=country, shown=[item], changes_at=changes)
