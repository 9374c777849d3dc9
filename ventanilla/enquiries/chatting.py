"""What a person says in the chat of the site: committed, filed and answered before their page comes back.

Who presses "Send" twice on a bad line, or loads the page anew, has said it once: the same `number` is the
same message, and what came before is dropped as with any other channel.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.channels import intake
from ventanilla.channels.contract import Arrived, Parsed
from ventanilla.channels.models import Channel, Inbound
from ventanilla.channels.turns import turn
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.sealing import files

from . import actions, automatic
from .models import Attachment, Message, return_digest

# Of one person in a day; nobody needs more, and nobody can fill the disk of a hub.
MOST_FILES, FILES_WITHIN = 30, timedelta(days=1)


class TooManyFiles(DomainError):
    message = _("You have sent many files today. Send the others tomorrow, or bring them to the hub.")


class NotTaken(DomainError):
    """A file came with a message that could not be filed; nothing of it is kept."""

    message = _("Your file could not be taken. Send it once more.")


def take(
    channel: Channel,
    code: str,
    said: str,
    *,
    number: str,
    language: str,
    now: Callable[[], datetime],
    file: files.Accepted | None = None,
) -> None:
    """Commit, file and answer one message of the person with this return code.

    Raises TooManyFiles and NotTaken; then nothing is kept.
    """
    at = now()
    message = Arrived(external_id=number, sender=return_digest(code), at=at, text=said, language=language)
    if file is None:
        intake.receive(channel=channel, parsed=Parsed(messages=(message,)), at=at)
        intake.file_waiting(at=at)
    else:
        _take_with(file, channel, message, at=at)
    automatic.answer_due(now=now, limit=3)


def _take_with(file: files.Accepted, channel: Channel, message: Arrived, *, at: datetime) -> None:
    """The message and its file together or not at all: no provider holds the file for us."""
    with turn(), transaction.atomic():
        if not intake.receive(channel=channel, parsed=Parsed(messages=(message,)), at=at):
            return  # it came before, with its file
        _refuse_many(message.sender, at=at)
        rows = Inbound.objects.select_related("channel__hub")
        row = rows.get(channel=channel, external_id=message.external_id)
        if not intake.file_one(row, at=at):
            raise NotTaken
        filed = Message.objects.select_related("enquiry").get(inbound=row)
        actions.attach(enquiry=filed.enquiry, accepted=file, message=filed, at=at)


def _refuse_many(sender: str, *, at: datetime) -> None:
    theirs = Attachment.objects.filter(
        enquiry__person__return_code=sender, message__direction=Message.Direction.IN, at__gt=at - FILES_WITHIN
    )
    if theirs.count() >= MOST_FILES:
        raise TooManyFiles
