"""Addresses under /api/ and /feeds/, each behind the guard."""

from django.urls import URLPattern, URLResolver, path, re_path

from . import feeds, views
from .guard import guarded

_FEED = "feeds/(?P<language>[a-z]{2})/(?P<country_code>[a-z]{2})"


def _behind_guard() -> list[URLPattern]:
    """The patterns of the NinjaAPI, its root apart: there is a page for people."""
    patterns = [p for p in views.api.urls[0] if isinstance(p, URLPattern) and p.name != "api-root"]
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback)
    return patterns


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", guarded(views.about), name="api-about"),
    path("api/openapi.json", guarded(views.document), name="api-openapi"),
    path("api/", (_behind_guard(), "ninja", "api")),
    re_path(rf"^{_FEED}/alerts\.(?P<form>atom|rss)$", guarded(feeds.alerts), name="feed-alerts"),
    re_path(rf"^{_FEED}/changes\.(?P<form>atom|rss)$", guarded(feeds.changes), name="feed-changes"),
    re_path(r"^api/(?P<rest>.*)$", guarded(views.not_found)),
]
