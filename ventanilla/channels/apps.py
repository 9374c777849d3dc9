from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kinds  # noqa: F401 (each kind plugs itself in)
