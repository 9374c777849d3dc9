"""Library pages from country packs. Revisions and translation sources come when somebody first edits."""

from typing import Any

from wagtail.signal_handlers import disable_reference_index_auto_update

from ventanilla.cms.blocks import lines_value
from ventanilla.hubs.models import Country
from ventanilla.verification.models import Fact, Topic, Wording
from ventanilla.verification.packs.importing import country_writers, pack_writers, texts_with_defaults
from ventanilla.verification.packs.reading import LISTS, PackItem

from .models import PAGE_OF_KIND, FactPage, RumourPage
from .trees import topic_page


@country_writers.add("library")
def write_country_pages(country: Country) -> None:
    """Make the country's tree in each of its languages where it is missing."""
    for language in country.languages:
        for topic in Topic:
            topic_page(country, language, topic)


def write_pages(fact: Fact, item: PackItem) -> None:
    """Make or update the fact's page in each language of the pack."""
    model = PAGE_OF_KIND[item.kind]
    existing = {
        page.locale.language_code: page for page in model.objects.filter(fact=fact).select_related("locale")
    }
    key = next(iter(existing.values())).translation_key if existing else None
    for language, texts in item.texts.items():
        page = existing.get(language) or model(slug=item.ref, fact=fact)
        _fill(page, texts_with_defaults(texts), item, language)
        # Pages of facts refer to nothing that Wagtail counts uses of; a task for each would only wait.
        with disable_reference_index_auto_update():
            if page.pk:
                page.save()
                _restart_drafts(page)
            else:
                page = _add(page, fact, language, key)
        key = page.translation_key


write_pages.keeps_texts = True  # type: ignore[attr-defined]
pack_writers.add(*PAGE_OF_KIND)(write_pages)


def _add(page: FactPage, fact: Fact, language: str, key: Any) -> FactPage:
    """Put a new page below its topic, as a translation of those that share the key."""
    parent = topic_page(fact.country, language, Topic(fact.topics[0]))
    page.locale = parent.locale
    if key:
        page.translation_key = key
    added: FactPage = parent.add_child(instance=page)
    return added


def _fill(page: FactPage, texts: dict[str, Any], item: PackItem, language: str) -> None:
    names = {field.name for field in page._meta.get_fields()}
    for name, value in texts.items():
        if name in names:
            setattr(page, name, lines_value(value) if name in LISTS else value)
    for name in ("output", "legal_basis"):
        if name in names:
            setattr(page, name, (item.structure.get(name) or {}).get(language, ""))
    if "verdict" in names:
        page.verdict = item.structure.get("verdict") or RumourPage.Verdict.FALSE
    page.maker = Wording.Maker.MACHINE


def _restart_drafts(page: FactPage) -> None:
    """Editors open the latest version: it must not be one from before the pack."""
    if page.latest_revision_id:
        page.save_revision(clean=False)
