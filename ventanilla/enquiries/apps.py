from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.enquiries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import expiring, filing, holder  # noqa: F401 (plug into privacy and channels)
