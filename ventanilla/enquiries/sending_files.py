"""What files an answer can take along on the channel of a case; it is said before anything is sent."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.contract import MEGABYTE, Files
from ventanilla.channels.models import Channel
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.sealing import files


class NoFilesHere(DomainError):
    message = _("This channel carries no files. Write what stands in it, or give it at the counter.")


class NotCarriedHere(DomainError):
    message = _("This channel does not carry files of this kind. Send a photo or a PDF.")


class TooLargeHere(DomainError):
    message = _("This file is too large for this channel. Send a smaller one.")


def carried_on(channel: Channel | None) -> Files | None:
    """The files that can be sent on a channel; None where there are none."""
    return channel.speaks.limits.files if channel and not channel.speaks.is_staffed else None


def megabytes_on(channel: Channel | None) -> int:
    """How large a file may be at most; 0 where none is carried."""
    carried = carried_on(channel)
    return min(settings.FILE_MAX_MB, carried.most // MEGABYTE) if carried else 0


def goes_apart(channel: Channel | None, file: files.Accepted, words: str) -> bool:
    """Whether the words go first, in a message of their own.

    Raises NoFilesHere, NotCarriedHere and TooLargeHere.
    """
    carried = carried_on(channel)
    if carried is None:
        raise NoFilesHere
    room = carried.room(file.content_type)
    if not room:
        raise NotCarriedHere
    if len(file.content) > room:
        raise TooLargeHere
    return bool(words.strip()) and len(words) > carried.words(file.content_type)
