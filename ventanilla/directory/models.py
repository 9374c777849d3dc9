"""HSDS 3 nouns. Public texts are the fact's wordings; what is here is structure."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Country
from ventanilla.verification.models import Fact


class Noun(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Organization(Noun):
    """Who runs a service: an authority (with a fact of its own) or any other organisation."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="organizations")
    fact = models.OneToOneField(
        Fact, on_delete=models.CASCADE, null=True, blank=True, related_name="organization"
    )
    name = models.CharField(_("name"), max_length=400)
    alternate_name = models.CharField(_("abbreviation"), max_length=100, blank=True)
    description = models.TextField(
        _("description"), blank=True, help_text=_("Where it has no fact of its own that tells more.")
    )
    website = models.URLField(_("website"), max_length=1000, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    origin = models.CharField(_("partner it came from"), max_length=200, blank=True, editable=False)
    import_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("organisation")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "name"], condition=Q(fact=None), name="organization_name_once_a_country"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Service(Noun):
    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")
        DEFUNCT = "defunct", _("Closed for good")
        TEMPORARILY_CLOSED = "temporarily closed", _("Closed for now")

    fact = models.OneToOneField(Fact, on_delete=models.CASCADE, related_name="service")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="services")
    type = models.CharField(_("type"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    website = models.URLField(_("website"), max_length=1000, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    needs = models.JSONField(_("needs it answers"), default=list, blank=True)
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    interpretation_services = models.CharField(_("interpreters"), max_length=300, blank=True)
    minimum_age = models.FloatField(_("minimum age"), null=True, blank=True)
    maximum_age = models.FloatField(_("maximum age"), null=True, blank=True)
    cost_options = models.JSONField(_("prices"), default=list, blank=True)
    capacity = models.CharField(_("capacity"), max_length=200, blank=True)
    alert = models.JSONField(_("notice, by language"), default=dict, blank=True)
    origin = models.CharField(_("partner it came from"), max_length=200, blank=True, editable=False)
    assured_on = models.DateField(
        _("checked by the partner on"),
        null=True,
        blank=True,
        help_text=_("What a partner says of its own data. It verifies nothing here."),
    )
    assurer_email = models.EmailField(_("e-mail of who checked it there"), blank=True)
    import_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("service")

    def __str__(self) -> str:
        return str(self.fact)


class Location(Noun):
    class Type(models.TextChoices):
        PHYSICAL = "physical", _("Place")
        VIRTUAL = "virtual", _("By phone or internet")
        POSTAL = "postal", _("By post")

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="locations"
    )
    location_type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.PHYSICAL)
    name = models.CharField(_("name"), max_length=300, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    city = models.CharField(_("town"), max_length=200, blank=True)
    state_province = models.CharField(_("province or department"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    p_code = models.CharField(_("P-code"), max_length=20, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    accessibility = models.CharField(_("accessibility"), max_length=300, blank=True)
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Only the area is ever shown: never the address or the point on the map."),
    )
    area = models.JSONField(_("area shown instead, by language"), default=dict, blank=True)

    class Meta:
        verbose_name = _("place")
        constraints = [
            models.CheckConstraint(
                name="location_has_both_coordinates",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ServiceAtLocation(Noun):
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="at_locations")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="services_here")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "location"], name="service_once_at_location")
        ]

    def __str__(self) -> str:
        return str(self.pk)


def _one_owner(*owners: str) -> Q:
    """Exactly one of the owners is set."""
    condition = Q()
    for owner in owners:
        others = {f"{other}__isnull": True for other in owners if other != owner}
        condition |= Q(**{f"{owner}__isnull": False}, **others)
    return condition


class Schedule(Noun):
    """A weekly opening spell, in iCalendar words."""

    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, blank=True, related_name="schedules"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="schedules"
    )
    byday = models.CharField(_("days"), max_length=30, help_text="MO,TU,WE,TH,FR,SA,SU")
    opens_at = models.TimeField(_("opens"), null=True, blank=True)
    closes_at = models.TimeField(_("closes"), null=True, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    notes = models.CharField(_("notes"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="schedule_has_one_owner", condition=_one_owner("service", "organization")
            )
        ]

    def __str__(self) -> str:
        return self.byday


class Phone(Noun):
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, blank=True, related_name="phones"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="phones"
    )
    number = models.CharField(_("number as dialled in the country"), max_length=60)
    e164 = models.CharField(_("number with country code"), max_length=20, blank=True)
    type = models.CharField(_("type"), max_length=20, default="voice")
    description = models.JSONField(_("note, by language"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="phone_has_one_owner", condition=_one_owner("service", "organization")
            )
        ]

    def __str__(self) -> str:
        return self.number
