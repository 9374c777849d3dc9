"""Bring every database up to date: the data and the key store."""

from django.core.management import call_command

from ventanilla.privacy.sealing.router import KEY_STORE


def migrate(*, verbosity: int) -> None:
    """Apply what is missing; the key store takes only its own few tables."""
    call_command("migrate", interactive=False, verbosity=verbosity)
    call_command("migrate", "privacy", database=KEY_STORE, interactive=False, verbosity=0)
