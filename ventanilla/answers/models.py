from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ventanilla.hubs.models import Country


class Gap(models.Model):
    """A question that had no verified answer, scrubbed of names and numbers, with how often it came."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("gap", "Open")
        STARTED = "started", _("A page was started")
        DISMISSED = "dismissed", _("Dismissed")

    text = models.CharField(_("question"), max_length=300)
    language = models.CharField(_("language"), max_length=8)
    country = models.ForeignKey(Country, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64)
    times = models.PositiveIntegerField(_("times asked"), default=1)
    first_on = models.DateField(_("first asked on"))
    last_on = models.DateField(_("last asked on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)

    class Meta:
        verbose_name = _("gap")
        constraints: ClassVar = [models.UniqueConstraint(fields=["digest"], name="gap_once_per_question")]

    def __str__(self) -> str:
        return self.text
