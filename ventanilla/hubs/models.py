from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.text import in_language

LANGUAGES = settings.PUBLIC_LANGUAGES


class Network(models.Model):
    """The one row of settings that a whole network of hubs shares."""

    name = models.CharField(_("name"), max_length=100, default="Ventanilla")
    shows_starter = models.BooleanField(
        _("show starter content"),
        default=False,
        help_text=_("Starter content has a source, but nobody of the country has confirmed it yet."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#0b5d63",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Use six hexadecimal digits, as in #0b5d63."))],
    )
    approval_days = models.PositiveSmallIntegerField(
        _("days to decide on a proposed change"),
        default=5,
        validators=[MinValueValidator(1)],
        help_text=_("After so many days the change is shown as overdue to those who decide."),
    )

    class Meta:
        constraints = [models.CheckConstraint(name="network_is_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Network":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class CountryQuerySet(models.QuerySet["Country"]):
    def open(self) -> "CountryQuerySet":
        """Countries that the public can read."""
        return self.filter(is_open=True)

    def within_reach_of(self, user: Any) -> "CountryQuerySet":
        """Countries in which this member of the staff has any role."""
        if Membership.objects.filter(user=user, country=None, hub=None).exists():
            return self
        return self.filter(
            Q(memberships__user=user) | Q(hubs__memberships__user=user),
        ).distinct()


class Country(models.Model):
    code = models.CharField(
        _("code"),
        primary_key=True,
        max_length=2,
        help_text=_("ISO 3166, two small letters"),
        validators=[RegexValidator(r"^[a-z]{2}$")],
    )
    names = models.JSONField(_("names by language"), default=dict)
    languages = models.JSONField(_("languages, the first is the main one"), default=list)
    currency = models.CharField(_("currency"), max_length=3, help_text="ISO 4217")
    timezone = models.CharField(_("time zone"), max_length=40, default="UTC")
    emergency = models.JSONField(_("emergency lines, first choice first"), default=list, blank=True)
    is_open = models.BooleanField(_("open to the public"), default=False)
    from_pack = models.JSONField(default=dict, editable=False)

    objects: ClassVar[CountryQuerySet] = CountryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return self.name("en")

    def name(self, language: str) -> str:
        return in_language(self.names, language) or self.code.upper()

    def today(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.timezone)).date()


class Hub(models.Model):
    """A counter where staff inform people. `ref` is the fact that vouches for it."""

    class Kind(models.TextChoices):
        COUNTER = "counter", _("Counter")
        TRANSACTIONAL = "transactional", _("Counter that also books appointments")
        MOBILE = "mobile", _("Mobile")
        REMOTE_ONLY = "remote-only", _("Remote only")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed")

    ref = models.SlugField(_("reference"), max_length=120, unique=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="hubs")
    names = models.JSONField(_("name in local terms, by language"), default=dict)
    host = models.CharField(_("host"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COUNTER)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.OPEN)
    notice = models.JSONField(_("public notice, by language"), default=dict, blank=True)
    city = models.CharField(_("town"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    p_code = models.CharField(_("P-code"), max_length=20, blank=True, help_text=_("OCHA place code"))
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    phones = models.JSONField(_("phones"), default=list, blank=True)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    charter = models.JSONField(_("service charter, by language"), default=dict, blank=True)

    class Meta:
        verbose_name = _("hub")
        verbose_name_plural = _("hubs")
        constraints = [
            models.CheckConstraint(
                name="hub_place_has_both_coordinates",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return in_language(self.names, "es") or self.ref

    def name(self, language: str) -> str:
        return in_language(self.names, language) or self.ref

    def day_hours(self, day: date) -> list[tuple[time, time]]:
        """Opening spells of one day, holidays considered; reads prefetched `hours` and `holidays`."""
        if any(closing.on == day for closing in self.holidays.all()):
            return []
        return sorted((h.opens, h.closes) for h in self.hours.all() if h.weekday == day.weekday())

    def next_change(self, at: datetime) -> datetime | None:
        """The next moment at which it opens or closes, within a week."""
        zone = ZoneInfo(self.country.timezone)
        local = at.astimezone(zone)
        for offset in range(8):
            day = local.date() + timedelta(days=offset)
            for moment in sorted(m for spell in self.day_hours(day) for m in spell):
                if (change := datetime.combine(day, moment, zone)) > local:
                    return change
        return None

    def is_attending(self, at: datetime) -> bool:
        """Whether somebody is at the counter at this moment, as far as published hours tell."""
        if self.state != self.State.OPEN:
            return False
        local = at.astimezone(ZoneInfo(self.country.timezone))
        return any(opens <= local.time() < closes for opens, closes in self.day_hours(local.date()))


class OpeningHours(models.Model):
    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("0 is Monday"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hub_closes_after_it_opens", condition=Q(closes__gt=models.F("opens"))
            ),
            models.CheckConstraint(name="hub_weekday_exists", condition=Q(weekday__lte=6)),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Holiday(models.Model):
    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField(_("date"))
    reason = models.JSONField(_("reason, by language"), default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hub", "on"], name="hub_holiday_once_a_day")]

    def __str__(self) -> str:
        return str(self.on)


class Role(models.TextChoices):
    REGIONAL = "regional", _("Regional office")
    NATIONAL = "national", _("National authority")
    COORDINATOR = "coordinator", _("Hub coordinator")
    ADVISER = "adviser", _("Adviser")
    EDITOR = "editor", _("Editor")
    TRAINER = "trainer", _("Trainer")
    OBSERVER = "observer", _("Observer")
    PROTECTION = "protection", _("Protection officer")
    DATA_PROTECTION = "data-protection", _("Data-protection focal point")


class Membership(models.Model):
    """A role that somebody holds in the whole network, in one country or in one hub."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    country = models.ForeignKey(
        Country, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships")

    class Meta:
        verbose_name = _("role of a member")
        verbose_name_plural = _("roles of members")
        constraints = [
            models.CheckConstraint(
                name="membership_in_a_country_or_a_hub_not_both", condition=Q(country=None) | Q(hub=None)
            ),
            models.CheckConstraint(
                name="membership_scope_fits_the_role",
                condition=Q(role="regional", country=None, hub=None)
                | Q(role="national", country__isnull=False)
                | Q(role__in=["coordinator", "adviser"], hub__isnull=False)
                | Q(role__in=["editor", "protection"]) & ~Q(country=None, hub=None)
                | Q(role="data-protection", hub=None)
                | Q(role__in=["trainer", "observer"]),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "country", "hub"], name="membership_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.hub or self.country or '*'}"
