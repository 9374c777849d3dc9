from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..append_only import AppendOnly, AppendOnlyQuerySet
from ..doors import reach
from ..sealing import SealedModel, SealedText
from .sensitivity import Sensitivity


class IncidentQuerySet(models.QuerySet["Incident"]):
    def to_handle_by(self, user: Any) -> "IncidentQuerySet":
        """Incidents of the countries whose protection of data this person watches over."""
        where = reach(user, "oversight")
        return self if where.everywhere else self.filter(country__in=where.countries)

    def visible_to(self, user: Any) -> "IncidentQuerySet":
        """Those to handle, and what this person reported: who reports may see that it is in hands."""
        where = reach(user, "oversight")
        if where.everywhere:
            return self
        return self.filter(Q(country__in=where.countries) | Q(reported_by=user.pk))

    def open(self) -> "IncidentQuerySet":
        return self.filter(closed_at=None)

    def overdue(self, *, at: datetime) -> "IncidentQuerySet":
        """Where somebody who must be told has not been, past the limit."""
        return self.open().filter(
            Q(authority_due_at__lt=at, authority_notified_at=None, authority_waived_at=None)
            | Q(people_due_at__lt=at, people_notified_at=None, people_waived_at=None)
        )


class Incident(SealedModel):
    """Data of people lost, seen, changed or used by who should not; handled in five steps.

    `step` is the last step taken. Texts are sealed under a key of their own.
    """

    class Step(models.TextChoices):
        NOTIFICATION = "notification", _("1 notification")
        CLASSIFICATION = "classification", _("2 classification")
        TREATMENT = "treatment", _("3 treatment")
        CLOSURE = "closure", _("4 closure")
        LEARNING = "learning", _("5 learning")

    class Threat(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        MISTAKE = "mistake", _("a mistake of our own")
        INSIDER = "insider", _("somebody of the staff, on purpose")
        LOSS = "loss", _("a device or paper lost or stolen")
        ATTACK = "attack", _("an attack from outside")
        AUTHORITY = "authority", _("an authority that looked or took")
        PARTNER = "partner", _("a partner or supplier")
        FAILURE = "failure", _("technical failure")
        MISUSE = "misuse", _("data used for another purpose")

    class Data(models.TextChoices):
        IDENTIFIERS = "identifiers", _("names, numbers, addresses of people")
        MESSAGES = "messages", _("what people wrote or said")
        NOTES = "notes", _("notes on cases")
        PROTECTED = "protected", _("need-to-know notes")
        FILES = "files", _("documents and pictures")
        LOCATION = "location", _("where people are or go")
        STAFF = "staff", _("accounts of the staff")
        FIGURES = "figures", _("figures without names")

    code = models.CharField(_("code"), max_length=10, unique=True, editable=False)
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    step = models.CharField(_("step"), max_length=20, choices=Step, default=Step.NOTIFICATION)
    what_happened = SealedText(_("what happened"))
    known_at = models.DateTimeField(_("when it became known"))
    reported_at = models.DateTimeField(_("reported"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    data = models.JSONField(_("what data"), default=list, blank=True)
    people_count = models.PositiveIntegerField(_("how many people, as far as known"), null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Sensitivity, blank=True)
    threat = models.CharField(
        _("source of the threat"), max_length=20, choices=Threat, default=Threat.UNKNOWN
    )
    cause = SealedText(_("cause, and what made it possible"), blank=True)
    harm = SealedText(_("harm to people, done or possible"), blank=True)
    measures = SealedText(_("what was done about it"), blank=True)
    lessons = SealedText(_("lessons"), blank=True)
    changed_since = SealedText(_("what was changed because of it"), blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    authority_due_at = models.DateTimeField(_("authority to be told by"))
    authority_notified_at = models.DateTimeField(_("authority told"), null=True)
    authority_waived_at = models.DateTimeField(_("authority need not be told, decided"), null=True)
    people_due_at = models.DateTimeField(_("people to be told by"))
    people_notified_at = models.DateTimeField(_("people told"), null=True)
    people_notified = models.PositiveIntegerField(_("how many people were told"), null=True)
    people_waived_at = models.DateTimeField(_("people need not be told, decided"), null=True)
    classified_at = models.DateTimeField(null=True)
    treated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    learned_at = models.DateTimeField(null=True)

    objects: ClassVar[IncidentQuerySet] = IncidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.CheckConstraint(
                name="incident_closed_at_iff_closed",
                condition=Q(step__in=["closure", "learning"], closed_at__isnull=False)
                | Q(step__in=["notification", "classification", "treatment"], closed_at=None),
            ),
            models.CheckConstraint(
                name="incident_has_a_severity_once_classified",
                condition=Q(step="notification") | ~Q(severity=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def data_labels(self) -> list[str]:
        return [str(self.Data(value).label) for value in self.data if value in self.Data.values]

    @property
    def authority_is_open(self) -> bool:
        return not (self.authority_notified_at or self.authority_waived_at)

    @property
    def people_are_open(self) -> bool:
        return not (self.people_notified_at or self.people_waived_at)

    def is_overdue(self, at: datetime) -> bool:
        if self.closed_at:
            return False
        return (self.authority_is_open and self.authority_due_at < at) or (
            self.people_are_open and self.people_due_at < at
        )


class IncidentEntry(AppendOnly, SealedModel):
    """A line of an incident's timeline; sealed under the incident's key."""

    class Event(models.TextChoices):
        REPORTED = "reported", _("reported")
        CLASSIFIED = "classified", _("classified")
        NOTED = "noted", _("noted")
        AUTHORITY_TOLD = "authority-told", _("authority told")
        AUTHORITY_WAIVED = "authority-waived", _("decided that the authority need not be told")
        PEOPLE_TOLD = "people-told", _("people told")
        PEOPLE_WAIVED = "people-waived", _("decided that people need not be told")
        TREATED = "treated", _("treated")
        CLOSED = "closed", _("closed")
        LEARNED = "learned", _("lessons put into practice")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    event = models.CharField(_("event"), max_length=20, choices=Event)
    text = SealedText(_("text"), blank=True)

    objects: ClassVar[AppendOnlyQuerySet["IncidentEntry"]] = AppendOnlyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("entry of an incident")
        verbose_name_plural = _("entries of incidents")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.event}"
