from importlib import import_module

from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("packs", "contacts"):
            import_module(f"{self.name}.{module}")
