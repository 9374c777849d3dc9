"""Sealed files: what they are in the clear is their kind and size, nothing else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..sealing import SealedModel, SealedText


class SealedFile(SealedModel):
    """A file that a person sent or staff added, sealed under the key of what it belongs to."""

    name = SealedText()
    content_type = models.CharField(_("kind"), max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    kept_at = models.DateTimeField(_("kept at"))
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sealed file")
        verbose_name_plural = _("sealed files")
        constraints = [
            models.CheckConstraint(name="sealed_file_is_not_empty", condition=models.Q(size__gt=0))
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SealedPiece(models.Model):
    """A part of a sealed file."""

    file = models.ForeignKey(SealedFile, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="sealed_piece_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
