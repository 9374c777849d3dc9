from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with

from .cases import Enquiry

STAFF = settings.AUTH_USER_MODEL


class AppointmentBook(models.Model):
    """How a hub gives appointments, within its opening hours. A hub without this row gives none."""

    hub = models.OneToOneField(
        Hub, on_delete=models.CASCADE, primary_key=True, related_name="appointment_book"
    )
    minutes = models.PositiveSmallIntegerField(
        _("length of an appointment in minutes"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    desks = models.PositiveSmallIntegerField(
        _("desks that attend at the same time"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )

    class Meta:
        verbose_name = _("appointment book")
        verbose_name_plural = _("appointment books")
        constraints = [
            models.CheckConstraint(
                name="appointment_lasts_minutes", condition=Q(minutes__gte=5, minutes__lte=480)
            ),
            models.CheckConstraint(name="appointment_has_a_desk", condition=Q(desks__gte=1, desks__lte=50)),
        ]

    def __str__(self) -> str:
        return f"{self.hub_id} {self.minutes}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: Any) -> "AppointmentQuerySet":
        """Appointments of the hubs where this person attends to people; no glass leads here."""
        hubs = hubs_with(user, Right.CASES)
        left_alone = Q(enquiry__person__restricted_at__isnull=False)
        return self.filter(hub__in=hubs).exclude(left_alone)

    def taking_a_desk(self) -> "AppointmentQuerySet":
        """Those for whom a desk is or was kept: all but cancelled ones."""
        return self.exclude(state=Appointment.State.CANCELLED)

    def booked(self) -> "AppointmentQuerySet":
        return self.filter(state=Appointment.State.BOOKED)


class Appointment(models.Model):
    """A time at a desk of a hub, for a case or for somebody who only has its code. It says nothing of why."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CAME = "came", _("Came")
        NO_SHOW = "no-show", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True)
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="appointments")
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.SET_NULL, null=True, blank=True, related_name="appointments"
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    desk = models.PositiveSmallIntegerField(_("desk"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.BOOKED)
    wants_reminder = models.BooleanField(_("remind the day before"), default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # How often it was changed: calendars replace an entry by one with a higher number.
    sequence = models.PositiveSmallIntegerField(default=0)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[AppointmentQuerySet] = AppointmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [models.Index(fields=["hub", "starts_at"], name="appointments_of_a_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "starts_at", "desk"],
                name="appointment_has_its_desk_alone",
                condition=~Q(state="cancelled"),
            ),
            models.CheckConstraint(name="appointment_ends", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_booked(self) -> bool:
        return self.state == self.State.BOOKED

    def local_start(self) -> datetime:
        """When it begins, as the hub's clock says."""
        return self.starts_at.astimezone(ZoneInfo(self.hub.country.timezone))
