"""Filters of the public pages: days, telephone numbers, links."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from ventanilla.hubs.models import Country
from ventanilla.lib.text import best_language, in_language
from ventanilla.verification.items import Phone

from .. import calendar_words
from ..assets import asset_path

register = template.Library()


@register.filter
def day(value: date) -> str:
    return calendar_words.day_words(value)


@register.filter
def month(value: date) -> str:
    return calendar_words.month_words(value)


@register.filter
def moment(value: datetime, country: Country) -> str:
    return calendar_words.moment_words(value, ZoneInfo(country.timezone))


@register.filter
def dial(phone: Phone) -> str:
    """The number as a telephone dials it: with the country's code where it is known."""
    return phone.e164 or re.sub(r"[^0-9*#+]", "", phone.number)


@register.filter
def whatsapp(phone: Phone) -> str:
    """The address that opens a chat, for numbers whose country code is known; else ""."""
    is_known = phone.kind == "whatsapp" and phone.e164
    return f"https://wa.me/{phone.e164.lstrip('+')}" if is_known else ""


@register.filter
def said_in(texts: Mapping[str, str], language: str) -> str:
    return in_language(texts, language) or ""


@register.filter
def language_of(texts: Mapping[str, str], language: str) -> str:
    """The language in which `said_in` says it."""
    return best_language(texts, language) or language


@register.filter
def linked(text: str, numbers: Mapping[str, str] | None = None) -> SafeString:
    """Text with its web addresses as links, and those telephone numbers that are known to be some.

    Telephones find long numbers by themselves, but not 1311; and 1998 may be a year.
    """
    if not numbers:
        return _with_addresses(text)
    known = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True))
    # Not inside a longer number, a word or an address.
    parts = re.split(rf"(?<![\w/.=#+-])({known})(?![\w/=-]|[.,]\d)", text)
    pieces = [
        format_html('<a href="tel:{}">{}</a>', numbers[part], part) if turn % 2 else _with_addresses(part)
        for turn, part in enumerate(parts)
    ]
    return SafeString("".join(pieces))


def _with_addresses(text: str) -> SafeString:
    # urlize escapes what it is given; it only does not say so by its type.
    return mark_safe(urlize(text, nofollow=True, trim_url_limit=40, autoescape=True))  # noqa: S308


@register.filter
def first_sentence(text: str, words: int) -> str:
    """The first sentence, cut at so many words."""
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    return Truncator(sentence).words(words, truncate="…")


@register.simple_tag
def stylesheet() -> str:
    """The address of the style sheet, for pages that are drawn when little else works."""
    return asset_path("site.css")
