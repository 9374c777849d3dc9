from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, hubs_with
from ventanilla.verification.models import Topic

STAFF = settings.AUTH_USER_MODEL


class GroupSessionQuerySet(models.QuerySet["GroupSession"]):
    def visible_to(self, user: Any) -> "GroupSessionQuerySet":
        """Sessions of the hubs where this person attends to people."""
        return self.filter(hub__in=hubs_with(user, Right.CASES))

    def between(self, since: date, until: date) -> "GroupSessionQuerySet":
        """Held from one day to another, both included."""
        return self.filter(held_on__gte=since, held_on__lte=until)


class GroupSession(models.Model):
    """A talk, workshop or fair: what about, in which languages, how many came. Nobody's name."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    hub = models.ForeignKey(
        Hub, on_delete=models.PROTECT, related_name="group_sessions", verbose_name=_("hub")
    )
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    languages = models.JSONField(_("languages"), default=list)
    materials = models.JSONField(_("materials handed out"), default=list, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[GroupSessionQuerySet] = GroupSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("group session")
        verbose_name_plural = _("group sessions")
        indexes = [models.Index(fields=["hub", "held_on"], name="group_sessions_of_a_hub")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"


class HeadCount(models.Model):
    """How many of one sex and age band came; an empty code stands for "not noted"."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="heads")
    sex = models.CharField(_("sex"), max_length=12, blank=True)
    age_band = models.CharField(_("age band"), max_length=12, blank=True)
    count = models.PositiveIntegerField(_("how many"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "sex", "age_band"], name="heads_counted_once"),
            models.CheckConstraint(name="heads_are_somebody", condition=Q(count__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.sex or '?'} {self.age_band or '?'} {self.count}"
