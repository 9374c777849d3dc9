"""Rows of the key store, which is a database of its own, and the certificates of what was destroyed there."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ScopeKey(models.Model):
    """The key of a hub, a country or the network; wraps the data keys of its scope. Kept in the key store."""

    scope = models.CharField(max_length=140)
    version = models.PositiveIntegerField()
    master_id = models.CharField(max_length=64)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    is_kept_apart: ClassVar[bool] = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "version"], name="scope_key_version_once")]

    def __str__(self) -> str:
        return f"{self.scope} v{self.version}"


class DataKey(models.Model):
    """The key of one holder: a person, an enquiry. Kept in the key store; destroyed, it leaves its id."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    scope_key = models.ForeignKey(ScopeKey, on_delete=models.PROTECT, related_name="data_keys")
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    is_kept_apart: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="data_key_gone_iff_destroyed",
                condition=Q(wrapped=None, destroyed_at__isnull=False)
                | Q(wrapped__isnull=False, destroyed_at=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LookupKey(models.Model):
    """A key for digests by which something is found without being readable. Kept in the key store."""

    name = models.CharField(primary_key=True, max_length=40)
    scope_key = models.ForeignKey(ScopeKey, on_delete=models.PROTECT, related_name="lookup_keys")
    wrapped = models.BinaryField()

    is_kept_apart: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.name


class DestructionCertificate(models.Model):
    """That a key was destroyed, when, by whom and why; `done_at` is empty until the key is really gone."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.UUIDField(_("key"), unique=True)
    reason = models.CharField(_("reason"), max_length=60)
    holder = models.CharField(_("what it belonged to"), max_length=60, blank=True)
    counts = models.JSONField(_("how many rows it sealed"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("destroyed at"), null=True)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("certificate of destruction")
        verbose_name_plural = _("certificates of destruction")

    def __str__(self) -> str:
        return str(self.key)
