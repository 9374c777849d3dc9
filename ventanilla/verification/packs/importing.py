"""Writes checked packs into the database: only what changed, never over what people edited."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from ventanilla.hubs.models import Country
from ventanilla.lib.registry import Registry

from ..models import Fact, Kind, Source, Wording
from ..signals import announce
from .conflicts import note_conflict
from .reading import LISTS, TEXTS, CountryPack, PackItem

# An app that keeps more about a kind than facts and wordings plugs in here: writer(fact, item).
# A writer that keeps the texts itself sets `writer.keeps_texts = True`.
Writer = Callable[[Fact, PackItem], None]
pack_writers: Registry[Writer] = Registry()
# Called once for a country after its facts: an app's frame for it (trees, rights, workflows).
country_writers: Registry[Callable[[Country], None]] = Registry()


@dataclass(slots=True)
class Report:
    """What an import did to one country; all fields hold references of facts."""

    country: str
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ((name, len(getattr(self, name))) for name in ("added", "updated", "unchanged"))
        line = ", ".join(f"{count} {name}" for name, count in counts)
        if self.conflicts:
            line += f", {len(self.conflicts)} edited here and left alone: {', '.join(self.conflicts)}"
        if self.gone:
            line += f", {len(self.gone)} no longer in the pack: {', '.join(self.gone)}"
        return f"{self.country}: {line}"


@transaction.atomic
def import_country(pack: CountryPack, *, progress: Callable[[], None] = lambda: None) -> Report:
    """Import one country, all or nothing. Facts that people edited are reported and left as they are."""
    country = _write_country(pack)
    known = {fact.ref: fact for fact in Fact.objects.filter(country=country).select_related("country")}
    report = Report(country=pack.code)
    for writer in country_writers.values():
        writer(country)
    # Authorities first: what they answer for may point to them.
    for item in sorted(pack.items.values(), key=lambda item: item.kind != Kind.AUTHORITY):
        _import_item(country, item, known.get(item.ref), report)
        progress()
    report.gone = sorted(ref for ref, fact in known.items() if fact.pack_digest and ref not in pack.items)
    announce([*report.added, *report.updated])
    return report


def _write_country(pack: CountryPack) -> Country:
    head: dict[str, Any] = {
        "names": pack.names,
        "languages": pack.languages,
        "currency": pack.currency,
        "timezone": pack.timezone,
        "emergency": pack.emergency,
    }
    country, is_new = Country.objects.get_or_create(code=pack.code, defaults={**head, "from_pack": head})
    if not is_new and country.from_pack != head:
        for name, value in head.items():
            # What people changed here since the last import is theirs.
            if getattr(country, name) == country.from_pack.get(name):
                setattr(country, name, value)
        country.from_pack = head
        country.save()
    return country


def _import_item(country: Country, item: PackItem, fact: Fact | None, report: Report) -> None:
    digest = item.digest()
    if fact and fact.pack_digest == digest:
        report.unchanged.append(item.ref)
    elif fact and (fact.edited_by_people or fact.checked_on):
        report.conflicts.append(item.ref)
        note_conflict(fact, item, digest=digest, at=timezone.now())
    else:
        write_item(country, item, fact, digest)
        (report.updated if fact else report.added).append(item.ref)


def write_item(country: Country, item: PackItem, fact: Fact | None, digest: str) -> None:
    """Write everything that a pack says of an item, over what there was."""
    fact = fact or Fact(ref=item.ref, country=country)
    fact.kind, fact.names, fact.details = item.kind, item.names, item.details
    fact.topics, fact.concept = item.topics, item.structure.get("concept", "")
    fact.confidence = item.confidence
    fact.has_source = bool(item.sources) and item.confidence != "none"
    fact.pack_digest = digest
    fact.save()
    _write_sources(fact, item)
    writer = pack_writers.get(item.kind)
    if not getattr(writer, "keeps_texts", False):
        _write_wordings(fact, item)
    if writer:
        writer(fact, item)


def _write_sources(fact: Fact, item: PackItem) -> None:
    fact.sources.all().delete()
    Source.objects.bulk_create(
        Source(
            fact=fact,
            url=source.url,
            publisher=publisher_of(source.url),
            seen_on=source.seen_on,
            seen_precision=source.precision,
            position=position,
        )
        for position, source in enumerate(item.sources)
    )


def publisher_of(url: str) -> str:
    """The site that a source stands on, as people name it."""
    return url.split("/")[2].removeprefix("www.")[:200]


def _write_wordings(fact: Fact, item: PackItem) -> None:
    fact.wordings.all().delete()
    Wording.objects.bulk_create(
        Wording(
            fact=fact,
            language=language,
            legal_basis=(item.structure.get("legal_basis") or {}).get(language, ""),
            **texts_with_defaults(texts),
        )
        for language, texts in item.texts.items()
    )


def texts_with_defaults(texts: dict[str, object]) -> dict[str, object]:
    """Every field of a wording, the absent ones empty."""
    return {name: texts.get(name, "") for name in TEXTS} | {name: texts.get(name, []) for name in LISTS}


def import_packs(
    packs: Sequence[CountryPack], *, progress: Callable[[], None] = lambda: None
) -> Iterable[Report]:
    """Import countries one after the other; each is all or nothing by itself."""
    for pack in packs:
        yield import_country(pack, progress=progress)
