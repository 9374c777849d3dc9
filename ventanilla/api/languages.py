"""Which language a caller wants: what the address says, else what the browser says."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header


def language_of(request: HttpRequest, asked: str | None) -> str:
    """`?lang=` before Accept-Language; Spanish where neither names a language of the public site."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    for code in (asked or "", *(name for name, _quality in accepted)):
        if (short := code.lower().split("-")[0]) in settings.PUBLIC_LANGUAGES:
            return short
    return str(settings.LANGUAGE_CODE)
