from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Country, Network
from ventanilla.hubs.rights import Right, reach

# How long a confirmation holds, in days, by kind. Hotlines change without notice; laws slowly.
CHECK_AGAIN_AFTER = {"hotline": 90, "alert": 30, "job_board": 90, "fraud_warning": 180, "law": 365}
CHECK_AGAIN_AFTER_OTHERS = 180
# How long a fact whose check is due stays visible as "being checked", in days.
GRACE = 30
# A starter fact whose source was seen longer ago than this gets a stronger warning, in days.
OLD_SOURCE = 3 * 365


class Kind(models.TextChoices):
    AUTHORITY = "authority", _("Authority")
    HOTLINE = "hotline", _("Hotline")
    PROCEDURE = "procedure", _("Procedure")
    SERVICE = "service", _("Service")
    HUB = "hub", _("Information hub")
    AGREEMENT = "agreement", _("Labour agreement")
    PROGRAMME = "programme", _("Programme")
    JOB_BOARD = "job_board", _("Job board")
    AGENCY_REGISTER = "agency_register", _("Register of agencies")
    FRAUD_WARNING = "fraud_warning", _("Fraud warning")
    ENTREPRENEURSHIP = "entrepreneurship", _("Entrepreneurship")
    RISK = "risk", _("Risk")
    RUMOUR = "rumour", _("Rumour")
    RIGHT = "right", _("Right")
    ALERT = "alert", _("Alert")


# An author never confirms their own change of one of these (legal or procedural facts).
FOUR_EYES = frozenset({Kind.PROCEDURE, Kind.RIGHT, Kind.AGREEMENT, Kind.AGENCY_REGISTER, Kind.PROGRAMME})


class Topic(models.TextChoices):
    """Topics as people look for them; the order is the order on the page."""

    PROCEDURES = "procedures", _("Procedures")
    SERVICES = "services", _("Services and help")
    RISKS = "risks", _("Risks and false rumours")
    OPTIONS = "options", _("Regular options")
    WORK = "work", _("Work abroad")
    LIVING = "living", _("Living here")
    RETURN = "return", _("Return and starting again")


class State(models.TextChoices):
    STARTER = "starter", _("Starter")
    VERIFIED = "verified", _("Verified")
    DUE = "due", _("Being checked")
    HIDDEN = "hidden", _("Hidden")


class FactQuerySet(models.QuerySet["Fact"]):
    def public(self, *, at: date) -> "FactQuerySet":
        """Facts that may be shown to people on this day (promise P1)."""
        starter = Q(checked_on=None) if Network.current().shows_starter else Q(pk__in=[])
        return self.filter(
            starter | Q(checked_on__isnull=False, hide_on__gt=at), hidden_on=None, has_source=True
        )

    def quotable(self, *, at: date) -> "FactQuerySet":
        """Facts that an answer may quote: public and not due for checking."""
        return self.public(at=at).filter(Q(checked_on=None) | Q(check_again_on__gt=at))

    def due(self, *, at: date) -> "FactQuerySet":
        """Facts whose confirmation has run out, those hidden for it included."""
        return self.filter(hidden_on=None, checked_on__isnull=False, check_again_on__lte=at)

    def in_state(self, state: str, *, at: date) -> "FactQuerySet":
        """Facts that `Fact.state` puts in this state on this day."""
        shown = self.filter(hidden_on=None, has_source=True)
        if state == State.STARTER:
            return shown.filter(checked_on=None)
        if state == State.VERIFIED:
            return shown.filter(check_again_on__gt=at)
        if state == State.DUE:
            return shown.filter(check_again_on__lte=at, hide_on__gt=at)
        return self.filter(Q(hidden_on__isnull=False) | Q(has_source=False) | Q(hide_on__lte=at))

    def changing_between(self, *, after: date, until: date) -> "FactQuerySet":
        """Facts whose state the calendar alone changes in (after, until]."""
        return self.filter(
            Q(check_again_on__gt=after, check_again_on__lte=until) | Q(hide_on__gt=after, hide_on__lte=until)
        )

    def within_reach_of(self, user: Any, right: Right = Right.READ) -> "FactQuerySet":
        """The only door for staff: facts of the countries in which they hold this right."""
        where = reach(user, right)
        if where.everywhere:
            return self
        return self.filter(Q(country__in=where.countries) | Q(ref__in=where.hubs))


class Fact(models.Model):
    """One public fact in all its languages: who says so, who answers for it, until when it holds."""

    ref = models.SlugField(
        _("reference"), max_length=120, unique=True, help_text=_("Never changes: it is in addresses.")
    )
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    topics = models.JSONField(_("topics"), default=list)
    concept = models.SlugField(_("same thing in other countries"), max_length=80, blank=True, default="")
    names = models.JSONField(_("official names by language"), default=dict, blank=True)
    details = models.JSONField(_("further details"), default=dict, blank=True)
    authority = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="answers_for",
        limit_choices_to={"kind": Kind.AUTHORITY},
        verbose_name=_("authority that answers for it"),
    )
    confidence = models.CharField(
        _("confidence"),
        max_length=10,
        choices=[("high", _("high")), ("medium", _("medium")), ("low", _("low")), ("none", _("no source"))],
    )
    has_source = models.BooleanField(default=False)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    check_again_on = models.DateField(_("check again on"), null=True, blank=True)
    hide_on = models.DateField(_("hidden from"), null=True, blank=True)
    hidden_on = models.DateField(_("hidden by hand on"), null=True, blank=True)
    hidden_reason = models.CharField(_("why it is hidden"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pack_digest = models.CharField(max_length=64, blank=True, editable=False)
    edited_by_people = models.BooleanField(default=False, editable=False)

    objects: ClassVar[FactQuerySet] = FactQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [
            models.CheckConstraint(
                name="fact_checked_means_a_next_check",
                condition=Q(checked_on=None, check_again_on=None, hide_on=None)
                | Q(checked_on__isnull=False, check_again_on__isnull=False, hide_on__isnull=False),
            ),
            models.CheckConstraint(
                name="fact_next_check_comes_later",
                condition=Q(checked_on=None)
                | Q(check_again_on__gt=models.F("checked_on"), hide_on__gte=models.F("check_again_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def validity(self) -> timedelta:
        """How long a confirmation of this kind holds."""
        return timedelta(days=CHECK_AGAIN_AFTER.get(self.kind, CHECK_AGAIN_AFTER_OTHERS))

    def state(self, *, at: date) -> State:
        if self.hidden_on or not self.has_source:
            return State.HIDDEN
        if self.checked_on is None:
            return State.STARTER
        if self.hide_on and at >= self.hide_on:
            return State.HIDDEN
        if self.check_again_on and at >= self.check_again_on:
            return State.DUE
        return State.VERIFIED


class Source(models.Model):
    class Precision(models.TextChoices):
        DAY = "day", _("exact day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="sources")
    url = models.URLField(_("address"), max_length=1000)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    seen_on = models.DateField(
        _("seen on"), null=True, blank=True, help_text=_("The last possible day where only a year is known")
    )
    seen_precision = models.CharField(
        _("how exact the date is"), max_length=5, choices=Precision, default=Precision.DAY
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("source")
        constraints = [models.UniqueConstraint(fields=["fact", "url"], name="source_once_per_fact")]

    def __str__(self) -> str:
        return self.url


class Wording(models.Model):
    """What people read about a fact in one language. Library pages keep their own instead."""

    class Maker(models.TextChoices):
        MACHINE = "machine", _("Written by a machine, not reviewed by a speaker")
        PERSON = "person", _("Written or reviewed by a speaker")

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=255)
    summary = models.TextField(_("summary"))
    audience = models.TextField(_("who it is for"), blank=True)
    eligibility = models.TextField(_("who can use it"), blank=True)
    requirements = models.JSONField(_("what to bring"), default=list, blank=True)
    steps = models.JSONField(_("steps"), default=list, blank=True)
    offers = models.JSONField(_("what it offers"), default=list, blank=True)
    fee = models.TextField(_("cost"), blank=True)
    deadline = models.TextField(_("deadline"), blank=True)
    duration = models.TextField(_("time it takes"), blank=True)
    where = models.TextField(_("where"), blank=True)
    hours = models.TextField(_("opening hours"), blank=True)
    body = models.TextField(_("text"), blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    ask_like = models.JSONField(_("people ask like this"), default=list, blank=True)
    maker = models.CharField(_("maker"), max_length=10, choices=Maker, default=Maker.MACHINE)
    changed_at = models.DateTimeField(_("changed by people"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("wording")
        constraints = [models.UniqueConstraint(fields=["fact", "language"], name="wording_once_per_language")]

    def __str__(self) -> str:
        return f"{self.fact_id} [{self.language}]"


class Check(models.Model):
    """The register of every confirmation, change and hiding of a fact; rows are only ever added."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("Still correct")
        CHANGED = "changed", _("Changed")
        HIDDEN = "hidden", _("Hidden")
        SHOWN = "shown", _("Shown again")

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="checks")
    outcome = models.CharField(max_length=10, choices=Outcome)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    source = models.URLField(_("source looked at"), max_length=1000, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("check")

    def __str__(self) -> str:
        return f"{self.fact_id} {self.outcome}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> "ProposalQuerySet":
        """Proposals that nobody has decided on."""
        return self.filter(state=Proposal.State.OPEN)


class Proposal(models.Model):
    """A change of a record of a four-eyes kind that somebody else must approve before people see it.

    `values` holds only what differs, in the form that its `part` is stored in: the fields of a wording
    for `text:es`, those of the app's own record for `record`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Sent back")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="proposals")
    part = models.CharField(_("part"), max_length=20)
    values = models.JSONField(_("new values"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("proposed"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects: ClassVar[ProposalQuerySet] = ProposalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("proposal")
        constraints = [
            models.UniqueConstraint(
                fields=["fact", "part"], condition=Q(state="open"), name="proposal_one_open_a_part"
            ),
            models.CheckConstraint(
                name="proposal_decided_by_somebody_else",
                condition=~Q(state="approved") | ~Q(decided_by=models.F("author")),
            ),
            models.CheckConstraint(
                name="proposal_decided_iff_not_open",
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.part}"


class PackConflict(models.Model):
    """What a pack says about a fact that people here edited or checked; it waits for somebody to choose.

    `item` is the pack's item as `packs.conflicts` writes it.
    """

    fact = models.OneToOneField(Fact, on_delete=models.CASCADE, related_name="conflict")
    item = models.JSONField()
    digest = models.CharField(max_length=64)
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        verbose_name = _("conflict of a pack")

    def __str__(self) -> str:
        return str(self.fact_id)
