"""Names of channels and languages of a case, as staff read them."""

from django import template
from django.conf import settings

from ventanilla.channels.contract import kinds

register = template.Library()


@register.filter
def channel_name(code):
    """The name of a kind of channel; its code where no kind of this name is installed."""
    kind = kinds.get(code)
    return kind.name if kind else code


@register.filter
def name_of_language(code):
    """The language in its own words; empty when nothing is known."""
    return dict(settings.LANGUAGES).get(code, code)
