from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .users import User


class StaffSessionQuerySet(models.QuerySet["StaffSession"]):
    def alive(self, *, at: datetime) -> "StaffSessionQuerySet":
        """Sessions that have not reached their longest age."""
        return self.filter(began_at__gt=at - timedelta(seconds=settings.SESSION_COOKIE_AGE))

    def over(self, *, at: datetime) -> "StaffSessionQuerySet":
        """Sessions that have."""
        return self.filter(began_at__lte=at - timedelta(seconds=settings.SESSION_COOKIE_AGE))

    def of(self, user: User) -> "StaffSessionQuerySet":
        return self.filter(user=user)


class StaffSession(models.Model):
    """A browser in which somebody is signed in. The cookie names this row; what it may do stands here.

    Deleting the row signs that browser out at its next request. No address and no user agent is kept, only
    a coarse word such as "Firefox, Android".
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_sessions")
    device = models.CharField(_("device"), max_length=60, blank=True)
    began_at = models.DateTimeField(_("signed in"), db_index=True)
    active_at = models.DateTimeField(_("last used"))
    locked_at = models.DateTimeField(null=True)
    second_factor_at = models.DateTimeField(null=True)

    objects: ClassVar[StaffSessionQuerySet] = StaffSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return str(self.pk)

    def is_over(self, *, at: datetime) -> bool:
        """Whether it has reached its longest age, however busy it is."""
        return at - self.began_at >= timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def is_locked(self, *, at: datetime) -> bool:
        """Whether it was locked, or nobody touched it for too long."""
        if self.locked_at is not None:
            return True
        minutes: int = settings.LOCK_MINUTES
        return minutes > 0 and at - self.active_at >= timedelta(minutes=minutes)
