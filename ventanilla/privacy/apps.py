from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate


class Config(AppConfig):
    name = "ventanilla.privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They plug themselves into the sockets of retention and holders.
        from . import consent, expiring, holder, holds, requests  # noqa: F401

        post_migrate.connect(_protect_append_only_tables, sender=self, dispatch_uid="append-only")


def _protect_append_only_tables(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    from . import append_only

    append_only.protect(using=using)
