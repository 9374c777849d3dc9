"""What a person takes along: one page and one file of JSON that need nothing else, in their language."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import override

from .holders import ExportedRecord

FORMAT = "ventanilla-own-data 1"


def language_for(wanted: str, *, otherwise: str) -> str:
    """The language of a person where the software speaks it."""
    return wanted if wanted in settings.PUBLIC_LANGUAGES else otherwise


def as_html(records: Iterable[ExportedRecord], *, language: str, receipt: str, at: datetime) -> bytes:
    """The page; call it and what makes the records in the same language."""
    context = {"records": list(records), "language": language, "receipt": receipt, "at": at}
    with override(language):
        return render_to_string("privacy/own_data.html", context).encode()


def as_json(records: Iterable[ExportedRecord], *, language: str, receipt: str, at: datetime) -> bytes:
    """The file, readable by people and programs."""
    content = {
        "format": FORMAT,
        "language": language,
        "made_at": at.isoformat(),
        "receipt": receipt,
        "records": [record.as_json() for record in records],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def download(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """As an attachment under a name that says nothing of its person, kept by no cache."""
    return HttpResponse(
        content,
        content_type=f"{media_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )
