"""The models that this installation reads with: its own, or one behind ENCODER_URL in the place of E5."""

from functools import lru_cache

from django.conf import settings

from .engine import Encoder, Endpoint, default_encoders


def encoders() -> tuple[Encoder, ...]:
    """Best first."""
    if not settings.ENCODER_URL:
        return default_encoders()
    light = tuple(encoder for encoder in default_encoders() if encoder.light)
    return (endpoint(settings.ENCODER_URL), *light)


@lru_cache(maxsize=1)
def endpoint(url: str) -> Endpoint:
    """The model behind an address: one for the process, since it remembers for a while that it is away."""
    return Endpoint(
        url,
        settings.ENCODER_MODEL,
        dimensions=settings.ENCODER_DIMENSIONS,
        key=settings.ENCODER_KEY,
        question_prefix=settings.ENCODER_QUESTION_PREFIX,
        passage_prefix=settings.ENCODER_PASSAGE_PREFIX,
    )
