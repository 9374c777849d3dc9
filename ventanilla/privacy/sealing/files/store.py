"""Sealed files in the database, in pieces, so that they come and go with the rows they belong to."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from ventanilla.privacy.models.files import SealedFile, SealedPiece

from .. import cipher, keys
from . import scanning
from .accepting import Accepted
from .refusals import Infected, NotScanned

PIECE = 64 * 1024
PIECES_AT_ONCE = 16


@transaction.atomic
def keep(accepted: Accepted, *, sealed_under: UUID, at: datetime) -> SealedFile:
    """Seal a file under the key of what it belongs to. Raises KeyDestroyed."""
    file = SealedFile(
        sealed_under=sealed_under,
        content_type=accepted.content_type,
        size=len(accepted.content),
        kept_at=at,
        scanned_at=at if accepted.is_scanned else None,
    )
    file.name = accepted.name
    file.save()
    SealedPiece.objects.bulk_create(_sealed(file, accepted.content), batch_size=PIECES_AT_ONCE)
    return file


def read(file: SealedFile, *, at: datetime) -> bytes:
    """The whole file, after every piece was found genuine.

    One that no scanner has seen is scanned first where there is a scanner. Raises KeyDestroyed, NotGenuine,
    Infected (and the file is gone) and NotScanned.
    """
    content = b"".join(pieces(file))
    if settings.CLAMAV and file.scanned_at is None:
        _scan_held(file, content, at)
    return content


def pieces(file: SealedFile) -> Iterator[bytes]:
    """The file piece by piece. Raises KeyDestroyed, and NotGenuine at the first piece that is not right."""
    aes, last = keys.key(file.sealed_under), _count(file.size) - 1
    rows = SealedPiece.objects.filter(file=file).order_by("number").values_list("sealed", flat=True)
    number = -1
    for number, sealed in enumerate(rows.iterator(chunk_size=PIECES_AT_ONCE)):
        yield cipher.unseal(aes, bytes(sealed), at=_place(file, number, is_last=number == last))
    if number != last:
        raise cipher.NotGenuine


def remove(*, files: list[UUID]) -> int:
    """Delete files that nothing points to any more; returns how many."""
    SealedPiece.objects.filter(file__in=files).delete()
    count, _by_model = SealedFile.objects.filter(pk__in=files).delete()
    return count


def _scan_held(file: SealedFile, content: bytes, at: datetime) -> None:
    try:
        scanning.scan(content)
    except scanning.ScannerAway:
        raise NotScanned from None
    except Infected:
        remove(files=[file.pk])
        raise
    SealedFile.objects.filter(pk=file.pk).update(scanned_at=at)


def _sealed(file: SealedFile, content: bytes) -> Iterator[SealedPiece]:
    aes, count = keys.key(file.sealed_under), _count(len(content))
    for number in range(count):
        yield _piece(file, aes, number, content[number * PIECE : (number + 1) * PIECE], number == count - 1)


def _piece(file: SealedFile, aes: AESGCM, number: int, plain: bytes, is_last: bool) -> SealedPiece:
    sealed = cipher.seal(aes, plain, at=_place(file, number, is_last=is_last))
    return SealedPiece(file=file, number=number, sealed=sealed)


def _count(size: int) -> int:
    return -(-size // PIECE)


def _place(file: SealedFile, number: int, *, is_last: bool) -> bytes:
    """Number and end are bound to each piece, so that none can be moved, left out or cut off."""
    end = "last" if is_last else "more"
    return cipher.place(["file", file.pk.hex, file.sealed_under.hex, str(number), end])
