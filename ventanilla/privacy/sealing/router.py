"""Which database a model lives in: keys apart from all that they open."""

from typing import Any

from django.apps import apps
from django.db import models

KEY_STORE = "keys"
# The app whose models are kept there.
KEY_APP = "privacy"


def is_kept_apart(model: type[models.Model]) -> bool:
    """Whether the rows of this model belong into the key store."""
    return bool(getattr(model, "is_kept_apart", False))


class Router:
    """Keys go to the key store and nothing else does."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return KEY_STORE if is_kept_apart(model) else None

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return KEY_STORE if is_kept_apart(model) else None

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return is_kept_apart(type(one)) == is_kept_apart(type(other))

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        if model_name is None:
            return db != KEY_STORE
        return (db == KEY_STORE) == _names_a_key(app_label, model_name)


def _names_a_key(app_label: str, model_name: str) -> bool:
    # Migrations bring models of their time, which know nothing of our mark.
    try:
        return is_kept_apart(apps.get_model(app_label, model_name))
    except LookupError:
        return False
