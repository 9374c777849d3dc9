from django.db import models
from django.utils.translation import gettext_lazy as _

from ventanilla.verification.models import Fact


class LabourRecord(models.Model):
    """What all records of labour migration share; their public texts are the fact's wordings."""

    fact = models.OneToOneField(Fact, on_delete=models.CASCADE, related_name="%(class)s")
    operator = models.CharField(_("who runs it"), max_length=400, blank=True)
    website = models.URLField(_("website"), max_length=1000, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.fact)


class Agreement(LabourRecord):
    parties = models.JSONField(_("parties"), default=list, blank=True)
    signed = models.CharField(_("signed"), max_length=200, blank=True)
    in_force = models.CharField(_("in force"), max_length=200, blank=True)


class Programme(LabourRecord):
    partner = models.CharField(_("partner"), max_length=400, blank=True)


class JobBoard(LabourRecord):
    pass


class AgencyRegister(LabourRecord):
    pass


class FraudWarning(LabourRecord):
    issuer = models.CharField(_("who warns"), max_length=400, blank=True)
    red_flags = models.JSONField(_("signs"), default=list, blank=True)


class Entrepreneurship(LabourRecord):
    pass
