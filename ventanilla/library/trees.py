"""The trees of pages: a home per language, below it countries, topics and facts."""

import uuid

from django.utils.translation import override
from wagtail.models import Locale, Page, Site

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Topic

from .models import CountryPage, HomePage, TopicPage

# Translations of one page share a key; ours are derived so that trees can be made in any order.
_KEYS = uuid.UUID("5d8c1f0e-6a4e-4d51-9a63-6f0a2f0c7c55")


def home_page(language: str) -> HomePage:
    """The root page of a language, made where it is missing."""
    locale, _ = Locale.objects.get_or_create(language_code=language)
    home = HomePage.objects.filter(locale=locale).first()
    if home:
        return home
    root = Page.objects.get(depth=1)
    home = root.add_child(
        instance=HomePage(
            title=f"Ventanilla ({language})",
            slug=f"home-{language}",
            locale=locale,
            translation_key=_key("home"),
        )
    )
    if not Site.objects.exists():
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    return home


def country_page(country: Country, language: str) -> CountryPage:
    page = CountryPage.objects.filter(country=country, locale__language_code=language).first()
    if page:
        return page
    home = home_page(language)
    return home.add_child(
        instance=CountryPage(
            title=country.name(language),
            slug=country.code,
            country=country,
            locale=home.locale,
            translation_key=_key(country.code),
        )
    )


def topic_page(country: Country, language: str, topic: Topic) -> TopicPage:
    parent = country_page(country, language)
    page = TopicPage.objects.child_of(parent).filter(topic=topic).first()
    if page:
        return page
    with override(language):
        title = str(topic.label)
    return parent.add_child(
        instance=TopicPage(
            title=title,
            slug=topic.value,
            topic=topic,
            locale=parent.locale,
            translation_key=_key(f"{country.code}/{topic.value}"),
        )
    )


def _key(name: str) -> uuid.UUID:
    return uuid.uuid5(_KEYS, name)
