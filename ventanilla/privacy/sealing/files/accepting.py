"""The one way in for files: what comes out of it may be kept."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from . import boxes, images, names, scanning
from .kinds import Kind, kind_of
from .refusals import Empty, NotScanned, TooLarge

MEGABYTE = 1024 * 1024


class Readable(Protocol):
    """An upload of a form, or any opened file."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept: looked at, cleaned, and scanned where a scanner answered."""

    name: str
    content_type: str
    content: bytes
    is_scanned: bool

    def __repr__(self) -> str:
        return f"<Accepted {self.content_type}>"


def accept(upload: Readable, *, name: str) -> Accepted:
    """Look at a file, clean it, have it scanned.

    Raises Empty, TooLarge, KindRefused, Damaged, Infected and, where CLAMAV_AWAY says "refuse", NotScanned.
    """
    content = _content(upload)
    kind = kind_of(content)
    is_scanned = _scanned(content)
    return Accepted(
        name=names.safe_name(name, extension=kind.extension),
        content_type=kind.content_type,
        content=_cleaned(content, kind),
        is_scanned=is_scanned,
    )


def _content(upload: Readable) -> bytes:
    limit = settings.FILE_MAX_MB * MEGABYTE
    content = upload.read(limit + 1)
    if not content:
        raise Empty
    if len(content) > limit:
        raise TooLarge(megabytes=settings.FILE_MAX_MB)
    return content


def _cleaned(content: bytes, kind: Kind) -> bytes:
    if kind.is_image:
        return images.drawn_anew(content, content_type=kind.content_type)
    return boxes.blanked(content) if kind.is_boxed else content


def _scanned(content: bytes) -> bool:
    """Whether a scanner found nothing; False when there is none, or it is away and files are held."""
    if not settings.CLAMAV:
        return False
    try:
        scanning.scan(content)
    except scanning.ScannerAway:
        if settings.CLAMAV_AWAY == "refuse":
            raise NotScanned from None
        return False
    return True
