"""Passing a page on: links that open the reader's own apps, and a QR code. Nobody counts anything."""

from dataclasses import dataclass
from urllib.parse import quote

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Share:
    whatsapp: str
    sms: str


def absolute(path: str) -> str:
    """The address of a page as other people's phones can open it."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def share_links(title: str, path: str) -> Share:
    text = quote(f"{title} {absolute(path)}", safe="")
    return Share(whatsapp=f"https://wa.me/?text={text}", sms=f"sms:?&body={text}")


def qr_code(path: str) -> SafeString:
    """The page's address as an SVG to be printed."""
    code = segno.make(absolute(path), error="m", micro=False)
    svg = code.svg_inline(scale=4, border=2, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 - drawn by segno from an address of our own
