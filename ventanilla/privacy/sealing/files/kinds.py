"""What a file is, by its content; its name and what the sender called it count for nothing."""

from dataclasses import dataclass

import filetype

from .refusals import KindRefused


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is accepted; `is_boxed` are films and sounds in boxes (ISO 14496-12)."""

    content_type: str
    extension: str
    is_image: bool = False
    is_boxed: bool = False


TEXT = Kind("text/plain", "txt")
# What telephones and chat services send. Nothing that holds other files or programs: no archives, no offices.
KINDS = {
    "image/jpeg": Kind("image/jpeg", "jpg", is_image=True),
    "image/png": Kind("image/png", "png", is_image=True),
    "image/apng": Kind("image/png", "png", is_image=True),
    "image/webp": Kind("image/webp", "webp", is_image=True),
    "application/pdf": Kind("application/pdf", "pdf"),
    "audio/mpeg": Kind("audio/mpeg", "mp3"),
    "audio/ogg": Kind("audio/ogg", "ogg"),
    "audio/amr": Kind("audio/amr", "amr"),
    "audio/aac": Kind("audio/aac", "aac"),
    "audio/mp4": Kind("audio/mp4", "m4a", is_boxed=True),
    "video/mp4": Kind("video/mp4", "mp4", is_boxed=True),
    "video/x-m4v": Kind("video/mp4", "mp4", is_boxed=True),
    "video/quicktime": Kind("video/quicktime", "mov", is_boxed=True),
    "video/3gpp": Kind("video/3gpp", "3gp", is_boxed=True),
}
# Control signs that a text may have: tab, line feed, form feed, carriage return.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"


def kind_of(content: bytes) -> Kind:
    """The kind of a file. Raises KindRefused for all that is not on the list."""
    known = filetype.guess(content)
    if known is not None:
        kind = KINDS.get(known.mime)
        if kind is None or (known.mime == "application/pdf" and not content.startswith(b"%PDF-")):
            raise KindRefused
        return kind
    if _is_text(content):
        return TEXT
    raise KindRefused


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.translate(None, bytes(set(range(256)) - set(_CONTROLS)))
