"""Compressing pages that are not baked, such as answers: they must fit one round trip too.

Safe from guessing by length: these pages hold no secret, no token and nothing of a session.
"""

import gzip
from functools import partial

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

_SMALLEST = 200
_CODERS = {
    "br": partial(brotli.compress, quality=6),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}


def compressed(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """The response as small as the reader's browser can take it; untouched where it names no encoding."""
    accepted = request.headers.get("Accept-Encoding", "")
    if not accepted or len(response.content) < _SMALLEST:
        return response
    patch_vary_headers(response, ["Accept-Encoding"])
    coding = next((name for name in _CODERS if name in _wanted(accepted)), None)
    if coding:
        response.content = _CODERS[coding](response.content)
        response["Content-Encoding"] = coding
    return response


def _wanted(header: str) -> set[str]:
    """Encodings of an Accept-Encoding header that are not refused with q=0."""
    parts = (part.replace(" ", "").lower().partition(";q=") for part in header[:200].split(","))
    return {name for name, _, weight in parts if weight.strip("0.") or not weight}
