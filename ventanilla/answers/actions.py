"""Keeping the index in step with what is published, verified and hidden."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Fact

from .encoders import encoders
from .engine import Index, IndexMissing, IndexOutdated, Unit, units_of

SECTIONS = (
    "audience", "eligibility", "requirements", "steps", "offers", "fee", "deadline",
    "duration", "where", "hours", "body",
)  # fmt: skip


def rebuild_index() -> int:
    """Build the index of all public facts anew; returns the number of units."""
    units = [unit for item in _public_items(None) for unit in item_units(item)]
    Index.build(units, encoders=encoders()).save(settings.INDEX_ROOT)
    return len(units)


def update_index(refs: Iterable[str]) -> None:
    """Bring these facts up to date in the index: changed ones again, hidden ones gone."""
    names = sorted(set(refs))
    try:
        known = Index.load(settings.INDEX_ROOT, encoders=encoders())
    except (IndexMissing, IndexOutdated):
        rebuild_index()
        return
    units = [unit for item in _public_items(names) for unit in item_units(item)]
    known.updated(removed_items=names, units=units).save(settings.INDEX_ROOT)


def _public_items(refs: list[str] | None) -> list[Item]:
    today = timezone.now().date()
    facts = Fact.objects.public(at=today)
    return items(facts if refs is None else facts.filter(ref__in=refs), at=today)


def item_units(item: Item) -> list[Unit]:
    """The searchable texts of an item in all its languages."""
    return [
        unit
        for language, text in item.texts.items()
        for unit in units_of(
            item=item.ref,
            language=language,
            country=item.country,
            kind=item.kind,
            title=text.title,
            summary=text.summary,
            ask_like=text.ask_like,
            sections={name: getattr(text, name) for name in SECTIONS if getattr(text, name)},
        )
    ]


@contextmanager
def one_rebuild() -> Iterator[None]:
    """Change many facts and index them once at the end."""
    yield
    rebuild_index()
