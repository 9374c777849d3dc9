from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..doors import reach
from ..sealing import SealedModel, SealedText

STAFF = settings.AUTH_USER_MODEL


class PeriodQuerySet(models.QuerySet["Period"]):
    def visible_to(self, user: Any) -> "PeriodQuerySet":
        """Periods of the countries whose data this person watches over, and of the hubs they lead."""
        watch, lead = reach(user, "oversight"), reach(user, "manage-cases")
        if watch.everywhere:
            return self
        return self.filter(Q(country__in=watch.countries | lead.countries) | Q(hub__in=lead.hubs))

    def in_force(self) -> "PeriodQuerySet":
        return self.filter(ended_at=None)


class Period(models.Model):
    """Another period than the schedule's for one class in one country or hub. Longer ones have a reason."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    record_class = models.CharField(_("class"), max_length=20)
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    days = models.PositiveIntegerField(_("days"))
    reason = models.TextField(_("reason"), blank=True)
    set_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[PeriodQuerySet] = PeriodQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            models.UniqueConstraint(
                fields=["record_class", "country", "hub"],
                name="period_once_in_a_place",
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(name="period_lasts_a_day", condition=Q(days__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.record_class} {self.hub or self.country} {self.days}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: Any) -> "HoldQuerySet":
        """Holds on cases of the hubs this person works in, and of the countries they watch over."""
        cases, watch = reach(user, "cases"), reach(user, "oversight")
        if cases.everywhere or watch.everywhere:
            return self
        return self.filter(Q(country__in=cases.countries | watch.countries) | Q(hub__in=cases.hubs))

    def in_force(self, *, on: date) -> "HoldQuerySet":
        return self.filter(ended_at=None, until__gte=on)

    def to_review(self, *, on: date) -> "HoldQuerySet":
        """Where somebody said they would look again by now."""
        return self.in_force(on=on).filter(review_on__lte=on)


class Hold(SealedModel):
    """Something must not be erased for a time: why, who decided, until when, when to look again.

    On an enquiry it holds the words and the person too, for one without the other proves nothing.
    """

    class Basis(models.TextChoices):
        COURT = "court", _("a court or prosecutor has ordered it")
        CLAIM = "claim", _("the person makes a claim and needs it as proof")
        COMPLAINT = "complaint", _("a complaint or an incident is being looked into")
        PROTECTION = "protection", _("somebody's safety depends on it")

    person = models.UUIDField(null=True, db_index=True, editable=False)
    ref = models.UUIDField(db_index=True, editable=False)
    label = models.CharField(_("record"), max_length=40)
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    basis = models.CharField(_("why"), max_length=12, choices=Basis)
    reason = SealedText(verbose_name=_("reason"))
    by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("since"))
    until = models.DateField(_("until"))
    review_on = models.DateField(_("look again on"))
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[HoldQuerySet] = HoldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.CheckConstraint(
                name="hold_is_looked_at_before_it_ends", condition=Q(review_on__lte=F("until"))
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RetentionRun(models.Model):
    """The erasing of one day: who claimed it until when, what it did. Two never run at once."""

    day = models.DateField(primary_key=True)
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    erased = models.JSONField(default=dict)
    postponed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("erasing of a day")
        verbose_name_plural = _("erasings by day")

    def __str__(self) -> str:
        return str(self.day)

    @property
    def total(self) -> int:
        return sum(self.erased.values())
