from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..doors import reach
from ..sealing import SealedModel, SealedText


class BreakQuerySet(models.QuerySet["Break"]):
    def visible_to(self, user: Any) -> "BreakQuerySet":
        """Those of the countries whose protection of data this person watches over."""
        where = reach(user, "oversight")
        return self if where.everywhere else self.filter(country__in=where.countries)

    def to_review(self) -> "BreakQuerySet":
        return self.filter(reviewed_at=None)


class Break(SealedModel):
    """Somebody opened a record outside their reach: which, why, until when, and what the review said."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="breaks", verbose_name=_("by")
    )
    kind = models.CharField(max_length=20)
    ref = models.UUIDField()
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    reason = SealedText(verbose_name=_("reason"))
    at = models.DateTimeField(_("when"))
    until = models.DateTimeField(_("until"))
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_justified = models.BooleanField(null=True)
    remark = SealedText(verbose_name=_("remark"), blank=True)

    objects: ClassVar[BreakQuerySet] = BreakQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("broken glass")
        verbose_name_plural = _("broken glasses")
        indexes = [models.Index(fields=["by", "kind", "until"], name="break_open")]

    def __str__(self) -> str:
        return str(self.pk)
