"""Words of an assessment in the reader's language."""

from django import template
from django.utils.translation import gettext as _

from ventanilla.lib.text import in_language

register = template.Library()


@register.filter
def in_words(texts, language):
    """A text by language, in this one or the nearest."""
    return in_language(texts, language) or ""


@register.filter
def seen_content(code):
    """How much of what is said somebody sees."""
    words = {"all": _("all of it"), "passing": _("in passing"), "none": _("nothing")}
    return words.get(code, code)
