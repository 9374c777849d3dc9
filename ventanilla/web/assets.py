"""The public style sheet: one small file whose address changes with its content, so it is kept for ever."""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.db import Error

from ventanilla.hubs.models import Network

from .colours import accent_css

_FOLDER = Path(__file__).parent / "static" / "web"


def current_accent() -> str:
    """The network's colour; the shipped one while the database is away."""
    try:
        return Network.current().accent
    except Error:
        return Network().accent


def asset(name: str, *, accent: str | None = None) -> bytes:
    """The bytes of a public asset, style sheets made small and in the network's colour."""
    return _made(name, accent or current_accent())


def asset_path(name: str, *, accent: str | None = None) -> str:
    """The address of an asset, as in /a/3f9c2a71/site.css."""
    return f"/a/{digest(asset(name, accent=accent))}/{name}"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


@cache
def _made(name: str, accent: str) -> bytes:
    data = (_FOLDER / name).read_bytes()
    return _small(data.decode() + accent_css(accent)) if name.endswith(".css") else data


def _small(css: str) -> bytes:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    return re.sub(r"(?<=[\w-]): ", ":", css).replace(";}", "}").strip().encode()
