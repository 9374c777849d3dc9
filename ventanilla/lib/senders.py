"""Who sends a request, as far as counting needs it. Nothing here may be stored or logged in clear."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def sender(request: HttpRequest) -> str:
    """The address to count: behind a trusted proxy the one it names last; of IPv6 the network of a home."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXY:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR", said)).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
