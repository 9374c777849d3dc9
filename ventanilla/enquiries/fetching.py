"""Files that people send over a channel: expected when their message is filed, fetched apart from it.

A provider hands a file out by a reference that is kept sealed until it is fetched or given up. What comes is
looked at, cleaned, scanned and sealed as any other file; why one is not taken stands in the conversation.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from ventanilla.channels.contract import Media, Problem, SendRefused
from ventanilla.channels.outbox import growing_pause
from ventanilla.privacy.sealing import KeyDestroyed, files

from .models import Attachment, Enquiry, FileProblem, Message

logger = logging.getLogger(__name__)

# Of one message; who sends more is asked for the others.
MOST_FILES = 20
# A provider that does not hand a file out for so long will not do it any more.
PATIENCE = timedelta(days=3)
# After so long whoever was fetching is gone; seconds for which one file may travel.
LEASE, LONGEST = timedelta(minutes=10), 180.0
MEGABYTE = 1024 * 1024

_REFUSED: dict[type[files.FileRefused], FileProblem] = {
    files.Empty: FileProblem.DAMAGED,
    files.Damaged: FileProblem.DAMAGED,
    files.TooLarge: FileProblem.TOO_LARGE,
    files.KindRefused: FileProblem.KIND,
    files.Infected: FileProblem.INFECTED,
    files.NotScanned: FileProblem.NOT_SCANNED,
}
_BY_PROVIDER = {
    Problem.GONE: FileProblem.EXPIRED,
    Problem.TOO_LARGE: FileProblem.TOO_LARGE,
    Problem.UNSUPPORTED: FileProblem.NOT_FETCHED,
    Problem.REFUSED: FileProblem.NOT_FETCHED,
}


class _NotTaken(Exception):
    """Why a file is not here: for good, or for now."""

    def __init__(self, problem: FileProblem, *, is_final: bool, retry_after: float | None = None) -> None:
        super().__init__(problem.value)
        self.problem, self.is_final, self.retry_after = problem, is_final, retry_after


def expect_files(message: Message, media: Sequence[Media], *, at: datetime) -> None:
    """Note what came with a message; the files themselves follow."""
    for number, one in enumerate(media[: MOST_FILES + 1]):
        is_taken = number < MOST_FILES
        row = Attachment(
            enquiry=message.enquiry, message=message, sealed_under=message.sealed_under, at=at,
            fetch_at=at if is_taken else None, problem="" if is_taken else FileProblem.TOO_MANY,
        )  # fmt: skip
        row.name = one.name
        row.reference = [one.reference, one.kind, one.name, one.size] if is_taken else None
        row.save(force_insert=True)


def fetch_due(*, now: Callable[[], datetime], limit: int = 5) -> int:
    """Fetch what is due, one after the other; returns how many were tried."""
    for number in range(limit):
        row = _claim(at=now())
        if row is None:
            return number
        fetch(row, now=now)
    return limit


def _claim(*, at: datetime) -> Attachment | None:
    """The next file to fetch, put off for everybody else; who dies now leaves it to them."""
    if not Attachment.objects.to_fetch(at=at).exists():
        return None  # looking takes no lock, on SQLite the only one there is
    with transaction.atomic():
        rows = Attachment.objects.to_fetch(at=at).order_by("fetch_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        row = rows.first()
        if row is None:
            return None
        mine = Attachment.objects.filter(pk=row.pk, fetch_at=row.fetch_at)
        if not mine.update(fetch_at=at + LEASE, attempts=F("attempts") + 1):
            return None
    whole = ("enquiry__hub", "message__inbound__channel__hub")
    return Attachment.objects.select_related(*whole).get(pk=row.pk)


def fetch(row: Attachment, *, now: Callable[[], datetime]) -> None:
    """Fetch one file and keep it, or write down why not."""
    try:
        accepted = files.accept(_arriving(row), name=row.name)
        _keep(row, accepted, at=now())
    except KeyDestroyed:
        Attachment.objects.filter(pk=row.pk).update(fetch_at=None, reference=None)
    except (InterfaceError, OperationalError):
        # The database is the trouble, not the file: it is tried again when the lease is over.
        raise
    except files.FileRefused as refusal:
        problem = _REFUSED.get(type(refusal), FileProblem.NOT_FETCHED)
        _settle(row, _NotTaken(problem, is_final=problem != FileProblem.NOT_SCANNED), at=now())
    except SendRefused as refusal:
        _settle(row, _by_provider(refusal), at=now())
    except Exception:
        logger.exception("File not fetched", extra={"record": str(row.pk)})
        _settle(row, _NotTaken(FileProblem.UNREACHABLE, is_final=False), at=now())


def _arriving(row: Attachment) -> BytesIO:
    """As much of the file as may be kept, and one byte more where it is longer. Raises SendRefused."""
    inbound = row.message.inbound if row.message else None
    if inbound is None:
        raise SendRefused(Problem.GONE, is_final=True)
    limit, media, content = settings.FILE_MAX_MB * MEGABYTE, Media(*row.reference), bytearray()
    ends, pieces = time.monotonic() + LONGEST, inbound.channel.speaks.fetch(media, inbound.channel)
    if media.size is not None and media.size > limit:
        raise SendRefused(Problem.TOO_LARGE, is_final=True)
    for piece in pieces:
        content += piece[: limit + 1 - len(content)]
        if len(content) > limit:
            break
        if time.monotonic() > ends:
            raise SendRefused(Problem.PROVIDER_DOWN)
    _close(pieces)
    return BytesIO(content)


def _close(pieces: Iterator[bytes]) -> None:
    """Let the connection go, also where the file was longer than what we read of it."""
    if close := getattr(pieces, "close", None):
        close()


@transaction.atomic
def _keep(row: Attachment, accepted: files.Accepted, *, at: datetime) -> None:
    mine: dict[str, Any] = {"pk": row.pk, "file": None, "fetch_at__isnull": False}
    # Locked first: what is deleted meanwhile must not leave a file behind.
    enquiry = Enquiry.objects.select_for_update().filter(pk=row.enquiry_id, words_erased_at=None)
    if not (enquiry.exists() and Attachment.objects.filter(**mine).exists()):
        return
    kept = files.keep(accepted, sealed_under=row.sealed_under, at=at)
    row.file, row.content_type, row.size = kept.pk, kept.content_type, kept.size
    row.name, row.reference, row.fetch_at, row.problem = accepted.name, None, None, ""
    row.save(update_fields=["file", "content_type", "size", "name", "reference", "fetch_at", "problem"])
    _touch(row)


def _by_provider(refusal: SendRefused) -> _NotTaken:
    problem = _BY_PROVIDER.get(refusal.problem, FileProblem.UNREACHABLE)
    return _NotTaken(problem, is_final=refusal.is_final, retry_after=refusal.retry_after)


@transaction.atomic
def _settle(row: Attachment, reason: _NotTaken, *, at: datetime) -> None:
    """Later again, or for good, in words for the conversation."""
    mine = Attachment.objects.filter(pk=row.pk, file=None)
    if reason.is_final or at - row.at >= PATIENCE:
        mine.update(fetch_at=None, reference=None, problem=reason.problem)
        _touch(row)
        return
    wish = reason.retry_after
    mine.update(fetch_at=at + (growing_pause(row.attempts) if wish is None else timedelta(seconds=wish)))


def _touch(row: Attachment) -> None:
    """Let open desks see that something changed."""
    Enquiry.objects.filter(pk=row.enquiry_id).update(touched_at=Now())
