"""What the pages before the console need to know of the settings, and the parts of a plain text."""

from django import template
from django.conf import settings

from .. import mail
from ..lock import ways_to_open

register = template.Library()


@register.simple_tag
def ministry_name():
    """The name of the ministry through which staff may sign in; empty where none is set."""
    return settings.OIDC_NAME if settings.OIDC_ISSUER else ""


@register.simple_tag
def mail_works():
    """Whether mails reach anybody."""
    return mail.is_configured()


@register.simple_tag
def mail_folder():
    """Where a demonstration puts its mails; empty elsewhere."""
    return str(getattr(settings, "EMAIL_FILE_PATH", "")) if settings.DEMO else ""


@register.filter
def parts(text):
    """Paragraphs and lists of a plain text: (is it a list?, paragraph or points)."""
    for block in text.strip().split("\n\n"):
        if block.startswith("- "):
            yield True, [" ".join(point.split()) for point in f"\n{block}".split("\n- ")[1:]]
        else:
            yield False, " ".join(block.split())


@register.simple_tag
def lock_ways(user):
    """With what somebody opens the lock."""
    return ways_to_open(user)


@register.simple_tag
def lock_minutes():
    """After how many minutes the lock comes down; 0 for never."""
    return settings.LOCK_MINUTES
