"""Forms of the public site take only so many requests a minute from one network; nobody's address is kept."""

import math
import time

from django.conf import settings
from django.http import HttpRequest

from ventanilla.hubs.models import Country
from ventanilla.lib.limits import seconds_to_wait

from .public import PublicPage


def too_many(
    request: HttpRequest,
    *,
    typed: str,
    country: Country | None,
    purpose: str = "site",
    most: float = math.inf,
) -> PublicPage | None:
    """The page for a network that sends too much; it keeps what was typed and says how to reach a person."""
    if request.method != "POST":
        return None
    wait = seconds_to_wait(
        request, purpose=purpose, per_minute=int(min(most, settings.SITE_RATE)), now=time.time()
    )
    if not wait:
        return None
    seconds = math.ceil(wait)
    context = {"question": typed, "seconds": seconds}
    return PublicPage(
        "web/too_many.html", context, country=country, status=429, is_private=True, retry_after=seconds
    )
