"""Items, hubs and alerts as the API shows them; what is confidential is taken out once more here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ventanilla.hubs.models import Country, Hub
from ventanilla.lib.text import in_language
from ventanilla.verification import items as verified
from ventanilla.verification.items import Item, ItemText

from .reading import page_url, starts_at
from .schemas import (
    AlertLine,
    Contact,
    CountryLine,
    HubLine,
    ItemDetail,
    ItemLine,
    OpenSpell,
    Phone,
    Source,
    Text,
)


def item_line(item: Item, language: str) -> ItemLine:
    return ItemLine(**_line(item, language))


def _line(item: Item, language: str) -> dict[str, Any]:
    text = item.text(language)
    return {
        "ref": item.ref,
        "kind": item.kind,
        "country": item.country,
        "topics": list(item.topics),
        "concept": item.concept,
        "language": item.language(language),
        "title": text.title,
        "summary": text.summary,
        "state": str(item.state),
        "checked_on": item.checked_on,
        "changed_at": item.changed_at,
        "url": page_url(item, language),
    }


def item_detail(item: Item, language: str, *, only: bool, at: datetime) -> ItemDetail:
    """Everything public about an item; `only` leaves out the texts in other languages."""
    shown = {item.language(language): item.text(language)} if only else item.texts
    return ItemDetail(
        **_line(item, language),
        check_again_on=item.check_again_on,
        has_old_source=item.has_old_source(at=at.date()),
        authority=dict(item.authority),
        names=dict(item.names),
        sources=[Source(**{name: getattr(s, name) for name in Source.model_fields}) for s in item.sources],
        contact=contact(item.contact),
        texts={code: _text(text, item.contact, code) for code, text in shown.items()},
    )


def _text(text: ItemText, reach: verified.Contact, language: str) -> Text:
    told = Text.model_validate(text)
    # What an editor wrote under "where" may name the street of a place that has to stay unknown.
    return (
        told.model_copy(update={"where": in_language(reach.area, language) or ""})
        if reach.is_confidential
        else told
    )


def contact(reach: verified.Contact) -> Contact:
    names = ("email", "website", "operator", "is_confidential", "is_always_open", "is_active")
    places = ("city", "address", "latitude", "longitude")
    # Said again here, whatever the app says that knows the place.
    hidden = {"city": "", "address": "", "latitude": None, "longitude": None} if reach.is_confidential else {}
    return Contact(
        phones=[Phone(number=p.number, kind=p.kind, e164=p.e164, note=dict(p.note)) for p in reach.phones],
        needs=list(reach.needs),
        notice=dict(reach.notice),
        area=dict(reach.area),
        hours=_spells(reach.hours),
        **{name: getattr(reach, name) for name in names},
        **{name: getattr(reach, name) for name in places} | hidden,
    )


def _spells(hours: Iterable[Mapping[str, Any]]) -> list[OpenSpell]:
    return [
        OpenSpell(days=list(h["days"]), opens=f"{h['opens']:%H:%M}", closes=f"{h['closes']:%H:%M}")
        for h in hours
    ]


def hub_line(hub: Hub, item: Item, language: str, *, at: datetime) -> HubLine:
    reach = contact(item.contact)
    return HubLine(
        ref=hub.ref,
        country=hub.country_id,
        name=hub.name(language),
        language=item.language(language),
        host=hub.host,
        kind=hub.kind,
        state=Hub.State(hub.state),
        notice=in_language(hub.notice, language) or "",
        city=hub.city,
        address=hub.address,
        latitude=hub.latitude,
        longitude=hub.longitude,
        phones=reach.phones,
        channels=hub.channels,
        languages=hub.languages,
        hours=reach.hours,
        is_attending=hub.is_attending(at),
        next_change=hub.next_change(at),
        fact_state=str(item.state),
        checked_on=item.checked_on,
        url=page_url(item, language),
    )


def alert_line(item: Item, language: str) -> AlertLine:
    text = item.text(language)
    return AlertLine(
        ref=item.ref,
        country=item.country,
        language=item.language(language),
        title=text.title,
        summary=text.summary,
        severity=text.severity,
        place=text.place,
        starts_at=starts_at(item),
        ends_at=text.ends_at,
        state=str(item.state),
        checked_on=item.checked_on,
        url=page_url(item, language),
    )


def country_line(country: Country, public_refs: frozenset[str]) -> CountryLine:
    return CountryLine(
        code=country.code,
        names=country.names,
        languages=country.languages,
        currency=country.currency,
        timezone=country.timezone,
        emergency=[ref for ref in country.emergency if ref in public_refs],
    )
