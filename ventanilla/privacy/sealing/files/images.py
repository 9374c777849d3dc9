"""Images drawn anew: what comes out holds the picture and nothing else."""

import struct
from io import BytesIO

from PIL import Image, ImageOps

from .refusals import Damaged, TooLarge

# 50 megapixels are 150 MB of memory: more is an accident or an attack.
MOST_PIXELS = 50_000_000
# Enough to read a photographed document.
LONGEST_SIDE = 4096
_SAVING: dict[str, tuple[str, dict[str, int]]] = {
    "image/jpeg": ("JPEG", {"quality": 88, "optimize": True}),
    "image/png": ("PNG", {"optimize": False}),
    "image/webp": ("WEBP", {"quality": 88}),
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error)


def drawn_anew(content: bytes, *, content_type: str) -> bytes:
    """The same picture, the right way up, without place, camera, comment, thumbnail or a file behind it.

    Raises Damaged and TooLarge.
    """
    form, options = _SAVING[content_type]
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG", "WEBP", "MPO"]) as image:
            _check_size(image)
            return _saved(_picture(image, content_type), form, options)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLarge from None
    except _BROKEN:
        raise Damaged from None


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise TooLarge


def _picture(image: Image.Image, content_type: str) -> Image.Image:
    # JPEG is read at a smaller scale at once, without the memory of the whole.
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    has_transparency = content_type != "image/jpeg" and upright.has_transparency_data
    picture = upright.convert("RGBA" if has_transparency else "RGB")
    picture.info.clear()
    return picture


def _saved(picture: Image.Image, form: str, options: dict[str, int]) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
