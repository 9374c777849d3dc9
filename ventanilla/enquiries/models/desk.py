from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, reach

from .cases import Enquiry, Message, in_reach

STAFF = settings.AUTH_USER_MODEL


class SavedView(models.Model):
    """A list that somebody of the staff keeps: what it is narrowed to, by a name of their own."""

    owner = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=40)
    query = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """Who has a case open now, so that two do not answer at once. Forgotten after a minute."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(STAFF, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    is_typing = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enquiry", "user"], name="presence_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_seen")]

    def __str__(self) -> str:
        return f"{self.enquiry_id} {self.user_id}"


class CannedAnswerQuerySet(models.QuerySet["CannedAnswer"]):
    def visible_to(self, user: Any) -> "CannedAnswerQuerySet":
        """Answers of the hubs and countries where this person answers people."""
        where = reach(user, Right.CASES)
        if not where:
            return self.none()
        if where.everywhere:
            return self
        of_hubs = Hub.objects.filter(ref__in=where.hubs).values("country_id")
        return self.filter(Q(in_reach(where)) | Q(hub=None, country__in=of_hubs))


class CannedAnswer(models.Model):
    """A ready answer in several languages, for one hub or a whole country.

    `texts` by language; `{hub}`, `{hours}`, `{code}` are filled in; `cites` are refs of the facts it states.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    country = models.CharField(_("country"), max_length=2)
    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    title = models.CharField(_("title"), max_length=80)
    texts = models.JSONField(_("texts"), default=dict)
    cites = models.JSONField(_("facts it states"), default=list, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[CannedAnswerQuerySet] = CannedAnswerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ready answer")
        verbose_name_plural = _("ready answers")

    def __str__(self) -> str:
        return self.title


class DeskSetting(models.Model):
    """How one hub runs its desk today."""

    class Automatic(models.TextChoices):
        ALWAYS = "always", _("always")
        CLOSED = "closed", _("while the hub is closed")
        NEVER = "never", _("never")

    hub = models.OneToOneField(Hub, on_delete=models.CASCADE, related_name="desk")
    automatic = models.CharField(
        _("automatic answers"), max_length=8, choices=Automatic, default=Automatic.ALWAYS
    )
    surge_since = models.DateTimeField(_("surge since"), null=True, blank=True)
    asks_if_helped = models.BooleanField(_("asks whether it helped"), default=False)
    translates = models.BooleanField(_("has messages translated by a machine"), default=False)

    class Meta:
        verbose_name = _("desk of a hub")
        verbose_name_plural = _("desks of hubs")

    def __str__(self) -> str:
        return str(self.hub_id)


class Absence(models.Model):
    """Somebody of the staff is away: their open cases were given back, and none is given to them."""

    user = models.OneToOneField(STAFF, on_delete=models.CASCADE, related_name="absence")
    since = models.DateTimeField()
    until = models.DateField(_("back on"), null=True, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")

    def __str__(self) -> str:
        return str(self.user_id)


class Retold(models.Model):
    """Somebody was told a version that was corrected since, and a member of the staff has dealt with it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="retold")
    ref = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "ref", "version"], name="retold_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.ref}"


class Consultation(models.Model):
    """ "Not sure": a question to editors of the country or to another hub, without anything personal."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.SET_NULL, null=True, blank=True, related_name="consultations"
    )
    country = models.CharField(_("country"), max_length=2)
    asked_hub = models.ForeignKey(
        Hub, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("hub")
    )
    question = models.CharField(_("question"), max_length=1000)
    answer = models.CharField(_("answer"), max_length=4000, blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    answered_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question among colleagues")
        verbose_name_plural = _("questions among colleagues")

    def __str__(self) -> str:
        return str(self.pk)
