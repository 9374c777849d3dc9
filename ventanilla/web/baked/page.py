"""A baked page: how it is made and how it lies in a file."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import brotli

# The front writes these itself, per encoding; a second copy from the renderer would contradict it.
FRONT_HEADERS = frozenset(
    ("connection", "content-encoding", "content-length", "content-type", "date", "etag", "server")
    + ("transfer-encoding",)
)


@dataclass(frozen=True, slots=True)
class BakedPage:
    """One answer, the same for every reader. `gzip` or `brotli` is empty where compressing saved nothing.

    Times are POSIX seconds. From `refresh_at` on the page should be rendered again; from `dead_at` on it
    must not be shown.
    """

    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    gzip: bytes
    brotli: bytes
    etag: str
    refresh_at: float | None
    dead_at: float | None


def bake(
    *,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    headers: Iterable[tuple[str, str]],
    body: bytes,
    refresh_at: float | None = None,
    dead_at: float | None = None,
    fast: bool = False,
) -> BakedPage:
    """Compress a rendered answer; `fast` trades a few percent of size for a tenth of the time.

    Header names come out in lower case, without those the front writes itself. Raises ValueError for a
    cookie, which every reader would share, and for a line break in a header.
    """
    kept = tuple(_checked(name, value) for name, value in headers if name.lower() not in FRONT_HEADERS)
    _checked("content-type", content_type)
    return BakedPage(
        status=status,
        content_type=content_type,
        headers=kept,
        body=body,
        gzip=_if_smaller(gzip.compress(body, 6 if fast else 9, mtime=0), body),
        brotli=_if_smaller(_brotli(body, quality=5 if fast else 11), body),
        etag=_etag(status, content_type, kept, body),
        refresh_at=refresh_at,
        dead_at=dead_at,
    )


def _checked(name: str, value: str) -> tuple[str, str]:
    lowered = name.lower()
    if lowered == "set-cookie":
        raise ValueError("A baked page is the same for every reader and cannot set a cookie.")
    if any(sign in name + value for sign in "\r\n\0"):
        raise ValueError(f"The header {name!r} holds a line break or a NUL.")
    value.encode("latin-1")  # what HTTP can carry; the UnicodeEncodeError it raises is a ValueError
    return lowered, value


def _brotli(body: bytes, *, quality: int) -> bytes:
    compressed: bytes = brotli.compress(body, quality=quality)
    return compressed


def _if_smaller(compressed: bytes, body: bytes) -> bytes:
    return compressed if len(compressed) < len(body) else b""


def _etag(status: int, content_type: str, headers: tuple[tuple[str, str], ...], body: bytes) -> str:
    # Weak, so that one tag may stand for all three encodings (RFC 9110, 8.8.3.3). It covers the headers
    # too: a tightened security header must reach readers whose copy of the body is current.
    digest = hashlib.sha256(json.dumps([status, content_type, headers]).encode())
    digest.update(body)
    return f'W/"{digest.hexdigest()[:24]}"'


@dataclass(frozen=True, slots=True)
class Label:
    """The first line of a baked file, all that listing and scheduling need."""

    path: str
    refresh_at: float | None
    dead_at: float | None

    def is_due(self, *, at: float) -> bool:
        return any(moment is not None and moment <= at for moment in (self.refresh_at, self.dead_at))


def to_file(path: str, page: BakedPage) -> bytes:
    """One line of JSON, then the three bodies one after the other, so that one rename replaces everything."""
    label = {
        "path": path,
        "status": page.status,
        "content_type": page.content_type,
        "headers": page.headers,
        "etag": page.etag,
        "refresh_at": page.refresh_at,
        "dead_at": page.dead_at,
        "lengths": [len(page.body), len(page.gzip), len(page.brotli)],
    }
    return b"".join((json.dumps(label).encode(), b"\n", page.body, page.gzip, page.brotli))


def from_file(data: bytes) -> BakedPage:
    """The inverse of `to_file`. Raises ValueError for a file cut short or written by something else."""
    line, _, bodies = data.partition(b"\n")
    label = _read_label(line)
    try:
        plain, gzipped, brotlied = label["lengths"]
        if len(bodies) != plain + gzipped + brotlied:
            raise ValueError("A baked file is not as long as its first line says.")
        return BakedPage(
            status=label["status"],
            content_type=label["content_type"],
            headers=tuple((name, value) for name, value in label["headers"]),
            body=bodies[:plain],
            gzip=bodies[plain : plain + gzipped],
            brotli=bodies[plain + gzipped :],
            etag=label["etag"],
            refresh_at=label["refresh_at"],
            dead_at=label["dead_at"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError("The first line of a baked file lacks something.") from error


def label_of(line: bytes) -> Label:
    """Read only the first line. Raises ValueError as `from_file` does."""
    label = _read_label(line)
    try:
        return Label(path=label["path"], refresh_at=label["refresh_at"], dead_at=label["dead_at"])
    except KeyError as error:
        raise ValueError("The first line of a baked file lacks something.") from error


def _read_label(line: bytes) -> dict[str, Any]:
    label = json.loads(line)  # JSONDecodeError and UnicodeDecodeError are ValueErrors
    if not isinstance(label, dict):
        raise ValueError("The first line of a baked file is not an object.")
    return label
