from django.db import models
from django.utils.translation import gettext_lazy as _

from .users import User


class RoleOfMinistry(models.Model):
    """A role that somebody holds because their ministry says so: it goes when the ministry no longer does.

    Roles given here in the console have no such row, and signing in through a ministry leaves them alone.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles_of_ministry")
    role = models.CharField(_("role"), max_length=20)
    country = models.CharField(_("country"), max_length=2, blank=True)
    hub = models.CharField(_("hub"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("role given by a ministry")
        verbose_name_plural = _("roles given by a ministry")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "country", "hub"], name="role_of_ministry_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} · {self.hub or self.country or '*'}"
