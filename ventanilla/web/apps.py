from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ventanilla.verification.signals import facts_changed

        from .baking import note_change

        facts_changed.connect(note_change, dispatch_uid="web.note_change")
