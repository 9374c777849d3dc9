"""One item with all that its page shows, for the page itself, for an answer and for a leaflet."""

from datetime import datetime
from typing import Any

from ventanilla.hubs.models import Country, Hub
from ventanilla.library.models import RumourPage
from ventanilla.verification.items import Item, ItemText
from ventanilla.verification.models import Kind, Topic

from .item_parts import (
    Row,
    area_of,
    hub_rows,
    newest_source,
    notice_of,
    record_rows,
    rows_of,
    sections_of,
    validity_rows,
)
from .opening import Opening, opening_of
from .public import OWN_NAMES
from .reading import dialable, hubs_of, labour_record


def item_context(item: Item, language: str, *, country: Country, at: datetime) -> dict[str, Any]:
    """What the templates need to draw an item whole, in the language asked for or its substitute."""
    shown_in = item.language(language)
    text = item.text(language)
    hub = _hub(item, country)
    return {
        "item": item,
        "text": text,
        "text_language": shown_in,
        "is_substitute": shown_in != language,
        "substitute_name": OWN_NAMES.get(shown_in, shown_in),
        "rows": _rows(item, text, language, hub),
        "sections": sections_of(text, item.kind),
        "verdict": RumourPage.Verdict(text.verdict) if text.verdict else None,
        "is_alert": item.kind == Kind.ALERT,
        "is_over": bool(text.ends_at and text.ends_at <= at),
        "hub": hub,
        "opening": _opening(hub, at=at),
        "numbers": dialable(country),
        "notice": notice_of(item, language),
        "area": area_of(item, language),
        "has_old_source": item.has_old_source(at=country.today(at)),
        "newest": newest_source(item.sources),
        "topic": Topic(item.topics[0]) if item.topics else None,
        "authority": item.authority.get(language) or next(iter(item.authority.values()), ""),
    }


def _rows(item: Item, text: ItemText, language: str, hub: Hub | None) -> list[Row]:
    return [
        *rows_of(item, text),
        *validity_rows(text),
        *record_rows(labour_record(item), language),
        *(hub_rows(hub) if hub else []),
    ]


def _hub(item: Item, country: Country) -> Hub | None:
    return hubs_of(country, [item.ref]).first() if item.kind == Kind.HUB else None


def _opening(hub: Hub | None, *, at: datetime) -> Opening | None:
    return opening_of(hub, at=at) if hub else None
