"""Lengths of time, languages and look-ups on pages of the desk."""

from django import template
from django.utils.translation import ngettext

from ventanilla.enquiries.languages import language_name

register = template.Library()


@register.filter
def of(found, key):
    """What a mapping holds under a key; nothing for none."""
    return (found or {}).get(key, ())


@register.filter
def lasting(time):
    """A length of time in the unit that tells most."""
    if time is None:
        return "—"
    minutes = round(time.total_seconds() / 60)
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@register.filter
def spoken_language(code):
    """A language that somebody speaks, as staff read it."""
    return language_name(code)
