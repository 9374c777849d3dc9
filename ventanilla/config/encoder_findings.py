"""Whether questions leave for a model on another machine, for which, and whether it answers."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from ventanilla.answers.encoders import endpoint
from ventanilla.answers.engine import EncoderAway

from .findings import Finding, missing, note


def findings_of_encoder(at: datetime) -> Iterator[Finding]:
    """Nothing to say where all is read here."""
    if not settings.ENCODER_URL:
        return
    host = urlsplit(settings.ENCODER_URL).netloc
    yield note(
        f"Every question leaves for {host}, where a model reads it.",
        "Run that machine yourself, or have an agreement with who does; without ENCODER_URL nothing leaves.",
    )
    try:
        endpoint(settings.ENCODER_URL).passages(["refugio"])
    except EncoderAway as problem:
        yield missing(
            f"{problem} Questions are understood without it.",
            "Start it, or mend ENCODER_URL, ENCODER_MODEL and ENCODER_DIMENSIONS.",
        )
