"""The code of conduct and the undertaking to keep confidence: its text, and who accepted which version.

The shipped text is `undertaking.yaml`; the setting UNDERTAKING holds another one of the same shape. A new
`version` asks everybody again.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ventanilla.lib.text import in_language

from .models import Undertaken, User

SHIPPED = Path(__file__).with_name("undertaking.yaml")


@dataclass(frozen=True, slots=True)
class Undertaking:
    """`texts` are paragraphs by language; a line that begins with "- " is a point of a list."""

    version: str
    titles: dict[str, str]
    texts: dict[str, str]

    def title(self, language: str) -> str:
        return in_language(self.titles, language) or ""

    def text(self, language: str) -> str:
        return in_language(self.texts, language) or ""


def current() -> Undertaking:
    """The text in force. Raises ImproperlyConfigured when it is not as it should be."""
    return _read(settings.UNDERTAKING)


@cache
def _read(own: str) -> Undertaking:
    try:
        said = yaml.safe_load(own or SHIPPED.read_text())
        return Undertaking(str(said["version"]), dict(said["title"]), dict(said["text"]))
    except (KeyError, TypeError, ValueError, yaml.YAMLError):
        raise ImproperlyConfigured("UNDERTAKING must hold version, title and text by language.") from None


def has_undertaken(user: User) -> bool:
    """Whether somebody accepted the version in force."""
    return Undertaken.objects.filter(user=user, version=current().version).exists()


def undertake(*, user: User, version: str, language: str, at: datetime) -> bool:
    """Note that somebody accepted a version; false where it is not, or no longer, the one in force."""
    if version != current().version:
        return False
    Undertaken.objects.get_or_create(user=user, version=version, defaults={"language": language, "at": at})
    return True
