from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class LinesBlock(blocks.StreamBlock):
    """A list of short texts: what to bring, steps, ways in which people ask."""

    line = blocks.TextBlock(rows=2, label=_("Line"))


def lines_value(lines: list[str]) -> list[dict[str, str]]:
    """The stored form of a list of texts, for loading without a form."""
    return [{"type": "line", "value": line} for line in lines]
