from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.enquiries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import (  # noqa: F401 (plug in below)
            appointment_notices,
            expiring,
            filing,
            helped,
            holder,
            promises,
            referral_files,
            referral_holder,
        )
