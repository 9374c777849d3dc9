"""Facts that people here edited or checked and of which a newer pack says something else."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ..models import Fact, PackConflict
from ..signals import announce
from .reading import PackItem, SourceSeen


def note_conflict(fact: Fact, item: PackItem, *, digest: str, at: datetime) -> None:
    """Keep what the pack says until somebody chooses."""
    PackConflict.objects.update_or_create(
        fact=fact, defaults={"item": item_as_json(item), "digest": digest, "noted_at": at}
    )


@transaction.atomic
def keep_ours(*, conflict: PackConflict) -> None:
    """Leave the fact as it is; the same pack is not asked about again."""
    Fact.objects.filter(pk=conflict.fact_id).update(pack_digest=conflict.digest)
    conflict.delete()


@transaction.atomic
def take_the_packs(*, conflict: PackConflict, by: Any, at: datetime) -> Fact:
    """Replace what we have by what the pack says. Nobody has confirmed that yet: it is starter content."""
    from .importing import write_item

    fact = Fact.objects.select_for_update().select_related("country").get(pk=conflict.fact_id)
    fact.checked_on = fact.check_again_on = fact.hide_on = None
    fact.checked_by = None
    fact.edited_by_people, fact.changed_by = False, by
    write_item(fact.country, item_from_json(conflict.item), fact, conflict.digest)
    fact.checks.create(outcome="changed", by=by, at=at)
    conflict.delete()
    announce([fact.ref])
    return fact


def item_as_json(item: PackItem) -> dict[str, Any]:
    """A pack's item in plain JSON."""
    kept = asdict(item)
    kept["sources"] = [
        {"url": s.url, "seen_on": s.seen_on and s.seen_on.isoformat(), "precision": s.precision}
        for s in item.sources
    ]
    return plain(kept)  # type: ignore[no-any-return]


def item_from_json(kept: dict[str, Any]) -> PackItem:
    """The item that `item_as_json` wrote."""
    sources = [
        SourceSeen(s["url"], date.fromisoformat(s["seen_on"]) if s["seen_on"] else None, s["precision"])
        for s in kept["sources"]
    ]
    return PackItem(**{**kept, "sources": sources})


def plain(value: Any) -> Any:
    """The value with everything that JSON does not know written as text."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
