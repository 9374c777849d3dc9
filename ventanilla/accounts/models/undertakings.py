from django.db import models
from django.utils.translation import gettext_lazy as _

from .users import User


class Undertaken(models.Model):
    """That somebody accepted a version of the code of conduct and undertook to keep confidence."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="undertaken")
    version = models.CharField(_("version"), max_length=40)
    language = models.CharField(_("read in"), max_length=5)
    at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("accepted undertaking")
        verbose_name_plural = _("accepted undertakings")
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="undertaken_once")]

    def __str__(self) -> str:
        return self.version
