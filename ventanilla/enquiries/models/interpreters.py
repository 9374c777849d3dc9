from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with, reach

from .cases import Enquiry

STAFF = settings.AUTH_USER_MODEL


class StaffLanguage(models.Model):
    """A language that somebody of the staff says they speak; nobody has to say any."""

    user = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=8)

    class Meta:
        verbose_name = _("language of a member of the staff")
        verbose_name_plural = _("languages of the staff")
        constraints = [models.UniqueConstraint(fields=["user", "language"], name="staff_language_once")]

    def __str__(self) -> str:
        return self.language


class InterpreterServiceQuerySet(models.QuerySet["InterpreterService"]):
    def for_hub(self, hub: Hub) -> "InterpreterServiceQuerySet":
        """Services that a hub may call."""
        return self.filter(hub=hub, closed_at=None)

    def kept_by(self, user: Any) -> "InterpreterServiceQuerySet":
        """Services of the hubs that this person leads."""
        return self.filter(hub__in=hubs_with(user, Right.HUB))


class InterpreterService(models.Model):
    """An interpreting service outside of the house that a hub may call; it is told and noted by hand."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="interpreter_services")
    name = models.CharField(_("name"), max_length=120)
    telephone = models.CharField(_("how to reach it"), max_length=200)
    languages = models.JSONField(_("languages"), default=list)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InterpreterServiceQuerySet] = InterpreterServiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("interpreting service")
        verbose_name_plural = _("interpreting services")

    def __str__(self) -> str:
        return self.name


class InterpreterRequestQuerySet(models.QuerySet["InterpreterRequest"]):
    def asked_of(self, user: Any) -> "InterpreterRequestQuerySet":
        """What somebody of the staff was asked for and can still answer or has to do."""
        if not reach(user, Right.CASES):
            return self.none()
        return self.running().filter(interpreter=user.pk)

    def looked_after_by(self, user: Any) -> "InterpreterRequestQuerySet":
        """Requests in cases that this person looks after."""
        return self.filter(enquiry__in=Enquiry.objects.looked_after_by(user))

    def running(self) -> "InterpreterRequestQuerySet":
        """Asked or accepted, in a case that is open and whose person wants to be worked with."""
        rows = self.filter(state__in=InterpreterRequest.RUNNING, enquiry__words_erased_at=None)
        return rows.exclude(enquiry__state__in=Enquiry.GROUPS["closed"]).filter(
            Q(enquiry__person=None) | Q(enquiry__person__restricted_at=None)
        )

    def read_by(self, user: Any) -> "InterpreterRequestQuerySet":
        """The only door of an interpreter to a case: accepted, and neither done nor cancelled."""
        return self.asked_of(user).filter(state=InterpreterRequest.State.ACCEPTED)


class InterpreterRequest(models.Model):
    """Somebody is asked to interpret in one case: which language, when, how, and no word of the person."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    class Mode(models.TextChoices):
        CALL = "call", _("By telephone")
        CHAT = "chat", _("In writing")
        COUNTER = "counter", _("At the counter")

    RUNNING: ClassVar[tuple[str, ...]] = (State.ASKED, State.ACCEPTED)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="interpreter_requests")
    language = models.CharField(_("language"), max_length=8)
    mode = models.CharField(_("how"), max_length=8, choices=Mode)
    needed_at = models.DateTimeField(_("when"))
    is_now = models.BooleanField(default=False)
    interpreter = models.ForeignKey(
        STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="interpreter_requests"
    )
    service = models.ForeignKey(
        InterpreterService, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[InterpreterRequestQuerySet] = InterpreterRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("request for an interpreter")
        verbose_name_plural = _("requests for an interpreter")
        indexes = [
            models.Index(
                fields=["interpreter"], name="interpreter_asked", condition=Q(state__in=["asked", "accepted"])
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="interpreter_is_one_of_two", condition=Q(interpreter=None) | Q(service=None)
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    def local_time(self) -> datetime:
        """When, by the clock of the hub that asks."""
        return self.needed_at.astimezone(ZoneInfo(self.enquiry.hub.country.timezone))
