from typing import Any

from django.utils.translation import get_language
from wagtail.models import Page


class BasePage(Page):
    """What every page of ours shares. Abstract: wagtail-localize cannot live with 8.0's swapped base page."""

    class Meta:
        abstract = True

    def public_path(self) -> str:
        """Where people read it; pages that are not public themselves point to the nearest that is."""
        return f"/{self.locale.language_code}/"

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        site = super().get_url_parts(request)
        return site and (site[0], site[1], self.public_path())


def current_language() -> str:
    """The active language without its region: `es` for `es-cr`."""
    return (get_language() or "es").split("-")[0]
