"""Addresses of what is read without a connection."""

from datetime import datetime

from django.conf import settings

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Fact

from ..assets import asset_path
from ..reading import country_items
from .building import file_path


def offline_paths(country: Country) -> list[str]:
    """What the baker makes for a country: the page, its list of pages and, in its own languages, the file."""
    paths = [
        f"/{language}/{country.code}/offline/{part}"
        for language in settings.PUBLIC_LANGUAGES
        for part in ("", "list.json")
    ]
    return [*paths, *(file_path(country, language) for language in country.languages)]


def shared_paths() -> list[str]:
    """What the baker makes once for all countries: the page shown where nothing is kept."""
    return [f"/{language}/offline-notice/" for language in settings.PUBLIC_LANGUAGES]


def kept_paths(country: Country, language: str, *, candidates: list[str], at: datetime) -> list[str]:
    """What a phone keeps of a country in one language, what is needed first comes first.

    `candidates` are the country's addresses in all languages; those of facts that are not public stay out.
    """
    public = {item.ref for item in country_items(country, at=at)}
    others = set(Fact.objects.filter(country=country).values_list("ref", flat=True)) - public
    pages = [
        path
        for path in candidates
        if path.startswith(f"/{language}/") and path.endswith("/") and path.split("/")[-2] not in others
    ]
    file = [file_path(country, language)] if language in country.languages else []
    first = [f"/{language}/{country.code}/", asset_path("site.css"), *file, f"/{language}/"]
    return list(dict.fromkeys([*first, *pages, f"/{language}/{country.code}/offline/"]))
