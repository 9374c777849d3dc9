"""Names of files as they may be shown and saved: no path, no trick, the ending of what the file really is."""

import unicodedata

LONGEST = 80
# What a file system or a shell could misunderstand.
_FORBIDDEN = frozenset('<>:"|?*%`$;&')


def safe_name(name: str, *, extension: str) -> str:
    """The last part of the name without control and direction signs; "file.jpg" when nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in unicodedata.normalize("NFC", last) if _is_shown(sign))
    stem = shown.rsplit(".", 1)[0].strip(" .")[:LONGEST].strip(" .")
    return f"{stem or 'file'}.{extension}"


def _is_shown(sign: str) -> bool:
    # Cc, Cf: control signs, and those that turn the direction of reading ("gpj.exe" seen as "exe.jpg").
    return not unicodedata.category(sign).startswith("C") and sign not in _FORBIDDEN
