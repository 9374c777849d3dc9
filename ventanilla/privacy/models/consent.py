from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..append_only import AppendOnly, AppendOnlyQuerySet
from ..doors import reach
from ..sealing import SealedModel, SealedText

STAFF = settings.AUTH_USER_MODEL


class About(models.TextChoices):
    """What a person can allow; each has texts of its own and a purpose of the register."""

    CONTACT = "contact", _("to be written to")
    REFER = "refer", _("to hand the case to another service")
    SHARE = "share", _("to let another hub of the network see the case")


class Part(models.TextChoices):
    """What of a case may be shared; a consent names the parts, everything else stays here."""

    NAME = "name", _("name")
    PROFILE = "profile", _("language, age and sex")
    CONTACT = "contact", _("how to reach them")
    NEED = "need", _("what they need")
    STORY = "story", _("what they told us")
    FAMILY = "family", _("family and companions")
    HEALTH = "health", _("health")
    DOCUMENTS = "documents", _("documents and files")
    WHEREABOUTS = "whereabouts", _("where they are")


class ConsentTextQuerySet(AppendOnlyQuerySet["ConsentText"]):
    def in_force(self, *, at: datetime) -> "ConsentTextQuerySet":
        """Begun by then; the newest of each language and country is the one in use."""
        return self.filter(valid_from__lte=at).order_by("-valid_from", "pk")


class ConsentText(AppendOnly):
    """Words that a person agrees to, in one language. Never changed: the next version takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    about = models.CharField(_("about"), max_length=10, choices=About)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=8)
    version = models.CharField(_("version"), max_length=40)
    body = models.TextField(_("text"))
    valid_from = models.DateTimeField(_("in use from"))
    written_by = models.ForeignKey(
        STAFF, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )

    objects: ClassVar[ConsentTextQuerySet] = ConsentTextQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("text of consent")
        verbose_name_plural = _("texts of consent")
        constraints = [
            models.UniqueConstraint(
                fields=["about", "country", "language", "version"], name="consent_text_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.country or '*'} {self.language} {self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user: Any) -> "ConsentQuerySet":
        """Consents of the cases this person sees, and of the countries whose data they watch over."""
        cases, watch = reach(user, "cases"), reach(user, "oversight")
        if cases.everywhere or watch.everywhere:
            return self
        return self.filter(Q(country__in=cases.countries | watch.countries) | Q(hub__in=cases.hubs))

    def in_force(self, *, at: datetime) -> "ConsentQuerySet":
        """Given, not withdrawn, not run out, and confirmed where a second person has to."""
        confirmed = ~Q(given_by=Consent.By.BEST_INTEREST) | Q(confirmed_at__lte=at)
        lasting = Q(until=None) | Q(until__gte=at.date())
        return self.filter(confirmed, lasting, given_at__lte=at).filter(
            Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
        )


class Consent(SealedModel):
    """That somebody agreed to one thing: to which text, how, for what and whom, by whom, until withdrawn.

    `person` is emptied when the person is forgotten; what is left then says nothing about anybody.
    """

    class Mode(models.TextChoices):
        WRITTEN = "written", _("signed on paper")
        SPOKEN = "spoken", _("said aloud, certified by who heard it")
        MESSAGE = "message", _("in a message")

    class By(models.TextChoices):
        PERSON = "person", _("the person")
        CAREGIVER = "caregiver", _("who cares for a minor")
        BEST_INTEREST = "best-interest", _("nobody who can: in the best interest of the minor")

    class Relation(models.TextChoices):
        PARENT = "parent", _("mother or father")
        GUARDIAN = "guardian", _("legal guardian")
        RELATIVE = "relative", _("another relative")
        INSTITUTION = "institution", _("an institution that cares for the minor")
        OTHER = "other", _("somebody else who cares for the minor")

    class Through(models.TextChoices):
        STAFF = "staff", _("through the staff")
        CODE = "code", _("by the person, with the return code")

    person = models.UUIDField(null=True, db_index=True, editable=False)
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120)
    about = models.CharField(_("about"), max_length=10, choices=About)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    receiver = models.CharField(_("to whom"), max_length=200, blank=True)
    parts = models.JSONField(_("what"), default=list)
    mode = models.CharField(_("how"), max_length=10, choices=Mode)
    message = models.UUIDField(null=True, blank=True)
    given_by = models.CharField(_("given by"), max_length=15, choices=By, default=By.PERSON)
    relation = models.CharField(_("relation to the minor"), max_length=12, choices=Relation, blank=True)
    caregiver = SealedText(verbose_name=_("who cares for the minor"), blank=True)
    reason = SealedText(verbose_name=_("why this is in the best interest"), blank=True)
    recorded_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(_("given"))
    until = models.DateField(_("until"), null=True, blank=True)
    confirmed_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed by a second person"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(STAFF, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_through = models.CharField(max_length=5, choices=Through, blank=True)

    objects: ClassVar[ConsentQuerySet] = ConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                name="consent_of_a_caregiver_names_the_relation",
                condition=Q(given_by="caregiver") & ~Q(relation="")
                | ~Q(given_by="caregiver") & Q(relation=""),
            ),
            models.CheckConstraint(
                name="consent_is_confirmed_by_a_second_person",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="consent_to_share_names_to_whom_and_what",
                condition=Q(about="contact") | ~Q(receiver="") & ~Q(parts=[]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def part_labels(self) -> list[str]:
        return [str(Part(value).label) for value in self.parts if value in Part.values]

    @property
    def waits_for_second_person(self) -> bool:
        return self.given_by == self.By.BEST_INTEREST and not self.confirmed_at and not self.withdrawn_at
