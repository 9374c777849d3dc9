from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..doors import reach
from ..sealing import SealedModel, SealedText


class ExportRequestQuerySet(models.QuerySet["ExportRequest"]):
    def visible_to(self, user: Any) -> "ExportRequestQuerySet":
        """One's own, and those of the countries where this person may release what is most sensitive."""
        where = reach(user, "export-high")
        if where.everywhere:
            return self
        return self.filter(Q(country__in=where.countries) | Q(asked_by=user.pk))


class ExportRequest(SealedModel):
    """Somebody wants a file of the class "severe": a second person releases it, for one use."""

    kind = models.CharField(_("export"), max_length=40)
    country = models.CharField(_("country"), max_length=2, blank=True)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    reason = SealedText(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[ExportRequestQuerySet] = ExportRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("request for an export")
        verbose_name_plural = _("requests for exports")
        constraints = [
            models.CheckConstraint(
                name="export_is_released_by_a_second_person",
                condition=Q(released_by=None) | ~Q(released_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.country or '*'}"
