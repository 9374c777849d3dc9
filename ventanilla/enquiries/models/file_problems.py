from django.db import models
from django.utils.translation import gettext_lazy as _


class FileProblem(models.TextChoices):
    """Why a file that a person sent is not here, in words for the adviser."""

    TOO_LARGE = "too-large", _("This file is too large, so it was not taken. Ask for a smaller one.")
    KIND = (
        "kind",
        _("Files of this kind are not accepted. Ask for a photo, a PDF, a voice note, a video or a text."),
    )
    DAMAGED = "damaged", _("This file is empty or damaged. Ask for it once more.")
    INFECTED = "infected", _("This file could harm a computer, so it was not kept.")
    EXPIRED = "expired", _("The provider does not hand this file out any more. Ask for it once more.")
    UNREACHABLE = "unreachable", _("This file could not be fetched for three days. Ask for it once more.")
    NOT_SCANNED = (
        "not-scanned",
        _("This file could not be checked for viruses for three days, so it was not kept."),
    )
    NOT_FETCHED = "not-fetched", _("This file cannot be fetched from the provider. Ask for it another way.")
    TOO_MANY = "too-many", _("More files came at once than are taken. Ask for the others in a new message.")
