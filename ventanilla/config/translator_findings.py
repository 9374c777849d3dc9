"""Whether words of people leave for a machine that translates, and for which."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from ventanilla.enquiries import translating

from .findings import Finding, note


def findings_of_translator(at: datetime) -> Iterator[Finding]:
    """Off, or where words leave for: to be known, also when all is well."""
    if not settings.TRANSLATE_URL:
        yield note(
            "Machine translation is off: no word leaves for it.",
            "Set TRANSLATE_URL if staff need it: see docs/how-to/operator.md",
        )
        return
    yield note(
        f"Words of people leave for {translating.host()} when staff have them translated.",
        "Run that machine yourself, or have an agreement with who does; hubs switch it on one by one.",
    )
