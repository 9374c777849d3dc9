from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..append_only import AppendOnly, AppendOnlyQuerySet
from ..doors import reach
from ..sealing import SealedModel, SealedText


class AccessEntryQuerySet(AppendOnlyQuerySet["AccessEntry"]):
    def visible_to(self, user: Any) -> "AccessEntryQuerySet":
        """Entries of the countries whose protection of data this person watches over."""
        where = reach(user, "oversight")
        return self if where.everywhere else self.filter(country__in=where.countries)


class AccessEntry(AppendOnly, SealedModel):
    """That somebody of the staff read or changed a sensitive record: who, what, when; no word of a person.

    Entries of a country form a chain: `mac` covers the entry and `before`, the MAC of the one before.
    The reason is sealed under a key of the country and the year (`AccessChain.reasons_key`).
    """

    country = models.CharField(_("country"), max_length=2, blank=True)
    number = models.PositiveBigIntegerField(_("number in its chain"))
    at = models.DateTimeField(_("when"), db_index=True)
    # No constraint and no cascade: the entry outlives the account, by its number.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    action = models.CharField(_("action"), max_length=20)
    kind = models.CharField(_("kind of record"), max_length=40)
    ref = models.CharField(_("record"), max_length=64)
    hub = models.CharField(_("hub"), max_length=120, blank=True)
    reason = SealedText[str | None](_("reason"), null=True)
    reason_digest = models.CharField(max_length=64, blank=True)
    before = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    objects: ClassVar[AccessEntryQuerySet] = AccessEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("entry of the access log")
        verbose_name_plural = _("access log")
        constraints = [
            models.UniqueConstraint(fields=["country", "number"], name="access_entry_has_one_place"),
            models.CheckConstraint(name="access_entry_counts_from_one", condition=Q(number__gte=1)),
        ]
        indexes = [
            models.Index(fields=["ref", "kind"], name="access_entry_by_record"),
            models.Index(fields=["by", "at"], name="access_entry_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.number}"


class AccessChain(models.Model):
    """The end of a country's chain: how many entries, the MAC of the last. Locked while one is added."""

    country = models.CharField(primary_key=True, max_length=2, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True, help_text="MAC of country, count and mac")
    # Of no key until the first entry of a year makes one.
    reasons_key = models.UUIDField(default=uuid4)
    reasons_year = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("end of an access log")
        verbose_name_plural = _("ends of access logs")

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.count}"
