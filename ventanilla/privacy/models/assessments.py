from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..doors import reach

# After a year somebody looks again: providers change their terms, and places change too.
GOOD_FOR = timedelta(days=365)


class ChannelAssessmentQuerySet(models.QuerySet["ChannelAssessment"]):
    def visible_to(self, user: Any) -> "ChannelAssessmentQuerySet":
        """Signatures of the countries in which this person may read."""
        where = reach(user, "read")
        return self if where.everywhere else self.filter(country__in=where.countries)

    def in_force(self, *, at: datetime) -> "ChannelAssessmentQuerySet":
        """Neither withdrawn nor older than a year."""
        return self.filter(withdrawn_at=None, signed_at__gt=at - GOOD_FOR, signed_at__lte=at)

    def covering(self, *, kind: str, version: int, country: str, hub: str) -> "ChannelAssessmentQuerySet":
        """For this place: signed for the hub itself, or for its whole country (hub "")."""
        rows = self.filter(kind=kind, version=version, country=country)
        return rows.filter(Q(hub="") | Q(hub=hub))


class ChannelAssessment(models.Model):
    """A signature under the data-protection impact assessment of a kind of channel in one place."""

    class Capacity(models.TextChoices):
        OPERATION = "operation", _("whoever runs the channel")
        PROTECTION = "protection", _("data-protection focal point of the country")
        NETWORK = "network", _("data-protection focal point of the network")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("kind of channel"), max_length=30)
    version = models.PositiveSmallIntegerField(_("version"))
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    signed_as = models.CharField(_("signed as"), max_length=12, choices=Capacity)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"))
    conditions = models.TextField(_("conditions, and what is different in this place"), blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects: ClassVar[ChannelAssessmentQuerySet] = ChannelAssessmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("assessment of a channel")
        verbose_name_plural = _("assessments of channels")
        constraints = [
            models.CheckConstraint(
                name="assessment_withdrawn_by_somebody_at_some_time",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} {self.hub or self.country}"
