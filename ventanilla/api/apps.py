from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.api"
    default_auto_field = "django.db.models.BigAutoField"
