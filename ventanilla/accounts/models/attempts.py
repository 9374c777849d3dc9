from django.db import models


class Attempts(models.Model):
    """How often something failed under one key, a keyed digest: no address, no account in clear."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "attempts"
        verbose_name_plural = "attempts"

    def __str__(self) -> str:
        return f"{self.key[:8]} × {self.count}"


class SpentCode(models.Model):
    """A code of an app that was used: it does not work a second time. Kept as a keyed digest, for minutes."""

    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "used code"
        verbose_name_plural = "used codes"

    def __str__(self) -> str:
        return self.key[:8]
