from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.verification"
    default_auto_field = "django.db.models.BigAutoField"
