"""Why a file is not kept or not handed out, in words for whoever sent or opens it."""

from django.utils.translation import gettext_lazy as _

from ventanilla.lib.errors import DomainError


class FileRefused(DomainError):
    """The base of all refusals of a file."""


class Empty(FileRefused):
    message = _("This file is empty.")


class TooLarge(FileRefused):
    """`details["megabytes"]` is the limit."""

    message = _("This file is too large.")


class KindRefused(FileRefused):
    message = _("Files of this kind are not accepted. Send a photo, a PDF, a voice note, a video or a text.")


class Damaged(FileRefused):
    message = _("This file is damaged and cannot be opened.")


class Infected(FileRefused):
    message = _("This file could harm a computer, so it was not kept.")


class NotScanned(FileRefused):
    message = _("This file cannot be checked for viruses now. Try again in some minutes.")
