from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .cases import Enquiry


class Coding(models.Model):
    """One topic of the codebook that an enquiry is about; an enquiry may have several."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="codings")
    topic = models.SlugField(_("topic"), max_length=60)
    edition = models.PositiveSmallIntegerField(_("edition of the codebook"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("topic of an enquiry")
        verbose_name_plural = _("topics of enquiries")
        constraints = [models.UniqueConstraint(fields=["enquiry", "topic"], name="coding_once")]
        indexes = [models.Index(fields=["topic", "at"], name="coding_by_topic")]

    def __str__(self) -> str:
        return self.topic
