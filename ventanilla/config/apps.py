from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.config"
