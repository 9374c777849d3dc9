from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..doors import reach
from ..sealing import SealedModel, SealedText

STAFF = settings.AUTH_USER_MODEL


class PersonRequestQuerySet(models.QuerySet["PersonRequest"]):
    def visible_to(self, user: Any) -> "PersonRequestQuerySet":
        """Requests about cases of the hubs this person works in, and of the countries they watch over."""
        cases, watch = reach(user, "cases"), reach(user, "oversight")
        if cases.everywhere or watch.everywhere:
            return self
        return self.filter(Q(country__in=cases.countries | watch.countries) | Q(hub__in=cases.hubs))

    def open(self) -> "PersonRequestQuerySet":
        return self.filter(answered_at=None)

    def overdue(self, *, at: datetime) -> "PersonRequestQuerySet":
        return self.open().filter(due_at__lt=at)


class PersonRequest(SealedModel):
    """What a person asked about the data held on them, and what was done: its code is the receipt."""

    class Kind(models.TextChoices):
        READ = "read", _("to read what is held")
        EXPORT = "export", _("to take it with them")
        CORRECT = "correct", _("to correct it")
        RESTRICT = "restrict", _("to have it left alone")
        RELEASE = "release", _("to have it worked with again")
        ERASE = "erase", _("to have it erased")

    class Through(models.TextChoices):
        CODE = "code", _("with the return code")
        STAFF = "staff", _("through the staff")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    code = models.CharField(_("receipt"), max_length=20, unique=True, editable=False)
    person = models.UUIDField(null=True, db_index=True, editable=False)
    label = models.CharField(_("case"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120)
    kind = models.CharField(_("what they want"), max_length=8, choices=Kind)
    through = models.CharField(_("how it came"), max_length=5, choices=Through)
    wish = SealedText(verbose_name=_("in their words"), blank=True)
    received_at = models.DateTimeField(_("received"))
    due_at = models.DateTimeField(_("to be answered by"))
    taken_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome, blank=True)
    refused_for = models.CharField(_("refused because"), max_length=12, blank=True)
    answer = SealedText(verbose_name=_("what was answered"), blank=True)
    certificates = models.JSONField(default=list)

    objects: ClassVar[PersonRequestQuerySet] = PersonRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of people")
        constraints = [
            models.CheckConstraint(
                name="person_request_is_answered_with_an_outcome",
                condition=Q(answered_at=None, outcome="") | Q(answered_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="person_request_is_refused_with_a_reason",
                condition=~Q(outcome="refused") | ~Q(refused_for=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code
