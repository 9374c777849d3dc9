"""What facts are called in the language of the console, drafts included."""

from django.utils import timezone
from django.utils.translation import get_language

from ventanilla.lib.text import in_language
from ventanilla.library.models import FACT_PAGES
from ventanilla.verification.items import items


def console_language():
    """The console's language, without region."""
    return (get_language() or "es").split("-")[0]


def titles_of(facts):
    """Titles by reference: the public text's, else a draft page's, else the official name."""
    language = console_language()
    rows = list(facts)
    found = {item.ref: item.text(language).title for item in items(rows, at=timezone.now().date())}
    missing = [fact for fact in rows if fact.ref not in found]
    for page in _pages(missing):
        found.setdefault(page.fact.ref, page.draft_title or page.title)
    return {fact.ref: found.get(fact.ref) or in_language(fact.names, language) or fact.ref for fact in rows}


def _pages(facts):
    kinds = {fact.kind for fact in facts}
    models = [model for model in FACT_PAGES if kinds & set(model.kinds)]
    return [page for model in models for page in model.objects.filter(fact__in=facts).select_related("fact")]
