"""Tells the other rooms when a page starts or stops being public."""

from ventanilla.verification.signals import announce

from .models import FACT_PAGES


def follow_page(instance, **kwargs):
    """A page was published, unpublished or deleted: whoever shows its fact may care."""
    if isinstance(instance, FACT_PAGES):
        announce([instance.fact.ref])
