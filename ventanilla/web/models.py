from django.db import models


class Change(models.Model):
    """Facts whose public face changed: each machine's baker reads on from the last row it knows."""

    refs = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
