from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..doors import reach
from ..sealing import SealedModel, SealedText


class OverseenQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Rows of the countries whose protection of data this person watches over; "" is the network's."""
        where = reach(user, "oversight")
        return self if where.everywhere else self.filter(country__in=where.countries)


class ExceptionQuerySet(OverseenQuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(ended_at=None, expires_on__gte=on)

    def run_out(self, *, on: date) -> Self:
        """Expired, and nobody has yet said that it is over."""
        return self.filter(ended_at=None, expires_on__lt=on)


class ProtectionException(SealedModel):
    """A departure from one of the thirteen principles: authorised by somebody, for a time."""

    country = models.CharField(_("country"), max_length=2, blank=True)
    principle = models.PositiveSmallIntegerField(_("principle"))
    what = SealedText(_("what is done differently"))
    why = SealedText(_("why, and how harm is kept small"))
    authorised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    authorised_at = models.DateTimeField(_("authorised"))
    expires_on = models.DateField(_("expires on"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[ExceptionQuerySet] = ExceptionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints = [
            models.CheckConstraint(
                name="exception_is_from_one_of_thirteen_principles",
                condition=models.Q(principle__gte=1, principle__lte=13),
            )
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.principle}"


class Complaint(SealedModel):
    """Somebody complained of how data of people are handled; who it was stands in the sealed text alone."""

    class From(models.TextChoices):
        PERSON = "person", _("a person who asked the hub")
        STAFF = "staff", _("somebody of the staff")
        OTHER = "other", _("somebody else")

    code = models.CharField(_("code"), max_length=10, unique=True, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    received_at = models.DateTimeField(_("received"))
    received_from = models.CharField(_("from"), max_length=10, choices=From)
    about = SealedText(_("what it is about"))
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    outcome = SealedText(_("what was found and done, and what was answered"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects: ClassVar[OverseenQuerySet] = OverseenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")

    def __str__(self) -> str:
        return self.code
