from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from ventanilla.accounts.second_factor import demands
        from ventanilla.hubs.rights import sees_words

        from . import glass_notices, sign_in_log  # noqa: F401 (the first plugs itself in)

        demands["words of people"] = sees_words
        sign_in_log.connect()
