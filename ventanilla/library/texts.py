"""The texts of library pages, for items: what is live, in every language."""

from collections.abc import Sequence
from typing import Any

from ventanilla.verification.items import ItemText, text_sources
from ventanilla.verification.models import Fact, Wording

from .models import PAGE_OF_KIND, FactPage

_TEXTS = (
    "title", "summary", "audience", "fee", "deadline", "duration", "where", "hours", "body",
    "output", "legal_basis", "verdict", "severity", "place",
)  # fmt: skip
_MOMENTS = ("valid_from", "valid_until", "starts_at", "ends_at")
_LISTS = ("requirements", "steps", "ask_like")


@text_sources.add(*PAGE_OF_KIND)
def texts_of_pages(facts: Sequence[Fact]) -> dict[str, dict[str, ItemText]]:
    texts: dict[str, dict[str, ItemText]] = {}
    for model in dict.fromkeys(PAGE_OF_KIND[fact.kind] for fact in facts):
        pages = model.objects.live().filter(fact__in=facts).select_related("fact", "locale")
        for page in pages.order_by("fact", "locale__pk"):
            texts.setdefault(page.fact.ref, {})[page.locale.language_code] = _text(page)
    return texts


def _text(page: FactPage) -> ItemText:
    return ItemText(
        **{name: getattr(page, name, "") for name in _TEXTS},
        **{name: _lines(getattr(page, name, ())) for name in _LISTS},
        **{name: getattr(page, name, None) for name in _MOMENTS},
        is_reviewed=page.maker == Wording.Maker.PERSON,
    )


def _lines(stream: Any) -> tuple[str, ...]:
    return tuple(str(block.value) for block in stream)
