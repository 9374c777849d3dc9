from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ventanilla.channels import loops
        from ventanilla.verification.signals import facts_changed

        from .baking import note_change
        from .indexing import follow_index

        # Automatic answers of messages are given where messages are filed, from that machine's own index.
        loops.works["index"] = follow_index
        facts_changed.connect(note_change, dispatch_uid="web.note_change")
