"""Files that people send: looked at, cleaned, scanned, sealed piece by piece, and only ever downloaded."""

from .accepting import Accepted, accept
from .downloads import download
from .refusals import FileRefused, Infected, NotScanned
from .store import keep, read, remove

__all__ = [
    "Accepted",
    "FileRefused",
    "Infected",
    "NotScanned",
    "accept",
    "download",
    "keep",
    "read",
    "remove",
]
