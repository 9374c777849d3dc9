from django.urls import include, path, register_converter

from . import health
from .views import asking, chat, countries, doors, items, machines, own_data, referral, texts


class Language:
    regex = "[a-z]{2}"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


class Secret:
    """The secret of a one-time link: 32 random bytes."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(Language, "ll")
register_converter(Secret, "secret")

urlpatterns = [
    path("", doors.welcome, name="welcome"),
    path("leave/", doors.leave, name="leave"),
    path("", include("ventanilla.web.offline.urls")),
    path("a/<slug:address>/<str:name>", machines.serve_asset, name="asset"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap_index, name="sitemap"),
    path("sitemap-network.xml", machines.sitemap_of_network, name="sitemap-network"),
    path("sitemap-<ll:country_code>.xml", machines.sitemap_of_country, name="sitemap-country"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("<ll:language>/", doors.home, name="home"),
    path("<ll:language>/ask/", asking.answer, name="ask"),
    path("<ll:language>/my-data/", own_data.own_data, name="own-data"),
    path("<ll:language>/referral/<secret:token>/", referral.referral, name="referral"),
    path("<ll:language>/about/", texts.about, name="about"),
    path("<ll:language>/how-we-check/", texts.how_we_check, name="how-we-check"),
    path("<ll:language>/privacy/", texts.privacy, name="privacy"),
    path("<ll:language>/accessibility/", texts.accessibility, name="accessibility"),
    path("<ll:language>/unavailable/", texts.unavailable, name="unavailable"),
    path("<ll:language>/<ll:country_code>/", countries.country_home, name="country"),
    path("<ll:language>/<ll:country_code>/ask/", asking.answer, name="country-ask"),
    path("<ll:language>/<ll:country_code>/chat/", chat.chat, name="chat"),
    path("<ll:language>/<ll:country_code>/chat/follow/", chat.follow, name="chat-follow"),
    path("<ll:language>/<ll:country_code>/hotlines/", countries.hotlines, name="hotlines"),
    path("<ll:language>/<ll:country_code>/hubs/", countries.hubs, name="hubs"),
    path("<ll:language>/<ll:country_code>/write/", countries.write, name="write"),
    path("<ll:language>/<ll:country_code>/<slug:part>/", countries.country_part, name="part"),
    path("<ll:language>/<ll:country_code>/<slug:ref>/leaflet/", items.leaflet, name="leaflet"),
    path("<ll:language>/<ll:country_code>/<slug:ref>/charter/", items.charter, name="charter"),
]
