from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.console"
    default_auto_field = "django.db.models.BigAutoField"
