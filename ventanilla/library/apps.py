from importlib import import_module

from django.apps import AppConfig


class Config(AppConfig):
    name = "ventanilla.library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The rights of a country come after its pages: importing fills the registries in this order.
        for module in ("packs", "texts", "rights"):
            import_module(f"{self.name}.{module}")
        self._follow_others()

    def _follow_others(self) -> None:
        from django.db.models.signals import post_delete, post_save
        from wagtail.signals import page_published, page_unpublished

        from ventanilla.hubs.models import Membership

        from .announcing import follow_page
        from .models import CountryPage
        from .rights import follow_country_page, follow_membership

        post_save.connect(follow_country_page, sender=CountryPage, dispatch_uid="library.country_page")
        post_save.connect(follow_membership, sender=Membership, dispatch_uid="library.role_given")
        post_delete.connect(follow_membership, sender=Membership, dispatch_uid="library.role_taken")
        page_published.connect(follow_page, dispatch_uid="library.published")
        page_unpublished.connect(follow_page, dispatch_uid="library.unpublished")
