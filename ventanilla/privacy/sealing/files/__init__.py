"""Files that people send: looked at, cleaned, scanned, sealed piece by piece, and only ever downloaded."""

from .accepting import Accepted, accept
from .downloads import download
from .refusals import Damaged, Empty, FileRefused, Infected, KindRefused, NotScanned, TooLarge
from .store import keep, read, remove

__all__ = [
    "Accepted",
    "Damaged",
    "Empty",
    "FileRefused",
    "Infected",
    "KindRefused",
    "NotScanned",
    "TooLarge",
    "accept",
    "download",
    "keep",
    "read",
    "remove",
]
