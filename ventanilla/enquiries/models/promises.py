from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ventanilla.privacy.sealing import SealedModel, SealedText

from .cases import Enquiry

STAFF = settings.AUTH_USER_MODEL


class CallbackQuerySet(models.QuerySet["Callback"]):
    def visible_to(self, user: Any) -> "CallbackQuerySet":
        """Promises in cases that this member of the staff may see."""
        return self.filter(enquiry__in=Enquiry.objects.visible_to(user))

    def looked_after_by(self, user: Any) -> "CallbackQuerySet":
        """Promises in cases of their own hubs: what they have to keep, no glass."""
        return self.filter(enquiry__in=Enquiry.objects.looked_after_by(user))

    def waiting(self) -> "CallbackQuerySet":
        """Promised and neither kept nor given up, whatever became of the enquiry."""
        return self.filter(state=Callback.State.WAITING)


class Callback(SealedModel):
    """A promise to call somebody back. Number, name and warning are sealed under the person's own key."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Promised")
        REACHED = "reached", _("Called, reached")
        NOT_REACHED = "not-reached", _("Given up: not reached")
        CANCELLED = "cancelled", _("Not needed any more")

    class MayAnswer(models.TextChoices):
        ONLY_THEM = "only-them", _("Only the person: with anybody else, hang up and say nothing")
        ANYBODY = "anybody", _("Anybody: ask for the person, do not say who calls")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="callbacks")
    number = SealedText(verbose_name=_("number"))
    ask_for = SealedText(verbose_name=_("whom to ask for"), blank=True)
    safety = SealedText(verbose_name=_("what to be careful about"), blank=True)
    may_answer = models.CharField(
        _("who may answer"), max_length=12, choices=MayAnswer, default=MayAnswer.ONLY_THEM
    )
    may_leave_message = models.BooleanField(_("a message may be left"), default=False)
    due_from = models.DateTimeField(_("from"))
    due_until = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[CallbackQuerySet] = CallbackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("promised call")
        verbose_name_plural = _("promised calls")
        indexes = [
            models.Index(fields=["due_until"], name="callback_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(
                name="callback_settled_at_iff_settled",
                condition=Q(state="waiting", settled_at=None) | (~Q(state="waiting") & ~Q(settled_at=None)),
            ),
            models.CheckConstraint(name="callback_window_ends", condition=Q(due_until__gt=F("due_from"))),
            models.UniqueConstraint(
                fields=["enquiry"], name="callback_waits_once", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    def is_overdue(self, at: datetime) -> bool:
        return self.is_waiting and self.due_until < at

    def is_due(self, at: datetime) -> bool:
        """Whether this is the time that was promised."""
        return self.is_waiting and self.due_from <= at <= self.due_until

    def first_day(self) -> date:
        """The day of the call, as the hub counts days."""
        return self.due_from.astimezone(ZoneInfo(self.enquiry.hub.country.timezone)).date()


class CallAttempt(models.Model):
    """One try to keep a promise, and what came of it; it holds no word of anybody."""

    class Result(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no-answer", _("No answer")
        WRONG_NUMBER = "wrong-number", _("Wrong number")
        LATER = "later", _("Asked to be called later")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    callback = models.ForeignKey(Callback, on_delete=models.CASCADE, related_name="attempts")
    result = models.CharField(_("result"), max_length=12, choices=Result)
    at = models.DateTimeField()
    by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("try to call")
        verbose_name_plural = _("tries to call")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.result}"
