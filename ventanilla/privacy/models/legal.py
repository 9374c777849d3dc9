from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..doors import reach
from ..sealing import SealedModel, SealedText
from .sensitivity import Sensitivity


class LegalRequestQuerySet(models.QuerySet["LegalRequest"]):
    def to_handle_by(self, user: Any) -> "LegalRequestQuerySet":
        """Requests of the countries whose protection of data this person watches over."""
        where = reach(user, "oversight")
        return self if where.everywhere else self.filter(country__in=where.countries)

    def visible_to(self, user: Any) -> "LegalRequestQuerySet":
        """Those to handle, and what this person logged."""
        where = reach(user, "oversight")
        if where.everywhere:
            return self
        return self.filter(Q(country__in=where.countries) | Q(logged_by=user.pk))

    def to_review(self) -> "LegalRequestQuerySet":
        return self.filter(reviewed_at=None)


class LegalRequest(SealedModel):
    """Somebody asked for data of people: an authority, a court, anybody outside. Refused until reviewed."""

    class Asker(models.TextChoices):
        MIGRATION = "migration", _("migration authority")
        POLICE = "police", _("police or armed forces")
        PROSECUTOR = "prosecutor", _("prosecutor")
        COURT = "court", _("judge or court")
        OTHER_PUBLIC = "public", _("another public body")
        CONSULATE = "consulate", _("embassy or consulate")
        PRIVATE = "private", _("a company, the press, a private person")

    class Basis(models.TextChoices):
        NONE = "none", _("nothing was shown")
        VERBAL = "verbal", _("only spoken of")
        LETTER = "letter", _("a letter")
        PROSECUTOR_ORDER = "prosecutor-order", _("an order of a prosecutor")
        COURT_ORDER = "court-order", _("an order of a judge")
        OTHER = "other", _("another document")

    class Decision(models.TextChoices):
        REFUSED = "refused", _("refused")
        PARTLY = "partly", _("partly given")
        GIVEN = "given", _("given")

    code = models.CharField(_("code"), max_length=10, unique=True, editable=False)
    country = models.CharField(_("country"), max_length=2)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("when they asked"))
    logged_at = models.DateTimeField(_("logged"))
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asker = models.CharField(_("who asked"), max_length=20, choices=Asker)
    authority = SealedText(_("which authority, which office"), blank=True)
    officer = SealedText(_("name and rank of the person who asked"), blank=True)
    document = SealedText(_("reference of the document"), blank=True)
    basis = models.CharField(_("legal basis shown"), max_length=20, choices=Basis, default=Basis.NONE)
    purpose = SealedText(_("what for"), blank=True)
    asked_for = SealedText(_("what they asked for"))
    reviewed_at = models.DateTimeField(_("legal basis reviewed"), null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    review = SealedText(_("review of the legal basis"), blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.REFUSED)
    given = SealedText(_("what was given"), blank=True)
    given_class = models.CharField(
        _("sensitivity of what was given"), max_length=10, choices=Sensitivity, blank=True
    )
    network_told_at = models.DateTimeField(_("network told"), null=True)

    objects: ClassVar[LegalRequestQuerySet] = LegalRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("legal request")
        verbose_name_plural = _("legal requests")
        constraints = [
            models.CheckConstraint(
                name="legal_request_is_refused_until_reviewed",
                condition=Q(decision="refused", given_class="")
                | Q(decision__in=["partly", "given"], reviewed_at__isnull=False) & ~Q(given_class=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code
