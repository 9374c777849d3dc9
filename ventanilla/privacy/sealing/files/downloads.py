"""Handing a file to a member of staff: to be saved, never to be shown by the browser on our own origin."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from ventanilla.privacy.models.files import SealedFile

from .store import read

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def download(file: SealedFile, *, at: datetime) -> HttpResponse:
    """The file as an attachment. Raises what `read` raises, before a byte is sent."""
    response = HttpResponse(read(file, at=at), content_type=file.content_type, headers=HEADERS)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    return response
