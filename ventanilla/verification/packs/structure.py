"""Checks the structured part of a pack: topics, phones, hours, hubs, what changed about a service."""

import re
from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ventanilla.hubs.models import Hub

from ..models import Topic

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
VERDICTS = ("false", "misleading", "unconfirmed", "true")
SERVICE_STATUSES = ("active", "inactive", "defunct", "temporarily closed")
_SLUG = re.compile(r"^[a-z][a-z0-9-]{0,79}$")
_ITEM_KEYS = frozenset(
    {"topics", "concept", "needs", "phones", "hours", "hub", "service", "confidential", "area"}
    | {"legal_basis", "output", "verdict"}
)
Found = Iterator[tuple[str, str]]


def item_problems(row: Mapping[str, Any]) -> Found:
    """Yield (key, message) for everything that is wrong in one item's structure."""
    for key in row:
        if key not in _ITEM_KEYS:
            yield key, f"unknown field {key!r}"
    yield from _lists(row)
    yield from _phones(row.get("phones", []))
    yield from _hours(row.get("hours", []))
    yield from _choices(row)
    for key in ("area", "legal_basis", "output"):
        if not _is_text_by_language(row.get(key, {})):
            yield key, f"{key} has to give a text by language"


def _lists(row: Mapping[str, Any]) -> Found:
    topics, needs = row.get("topics", []), row.get("needs", [])
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        yield "topics", "topics has to be a list"
    elif unknown := sorted(set(topics) - set(Topic.values)):
        yield "topics", f"unknown topics: {', '.join(unknown)}"
    if not isinstance(needs, list) or not all(isinstance(need, str) and _SLUG.match(need) for need in needs):
        yield "needs", "needs has to be a list of words in small letters"
    if "concept" in row and not (isinstance(row["concept"], str) and _SLUG.match(row["concept"])):
        yield "concept", "concept has to be small letters, digits and hyphens"


def _phones(phones: Any) -> Found:
    rows = phones if isinstance(phones, list) else [None]
    for phone in rows:
        if not isinstance(phone, dict) or not isinstance(phone.get("number"), str):
            yield "phones", "each phone needs a number, in quotation marks"
        elif len(phone["number"]) > 60 or not re.fullmatch(r"\+\d{4,15}", phone.get("e164") or "+0000"):
            yield "phones", f"{phone['number'][:40]!r}: the number is too long or its e164 is not +digits"
        elif not _is_text_by_language(phone.get("note") or {}):
            yield "phones", "the note of a phone has to give a text by language"


def _hours(hours: Any) -> Found:
    if hours == "always":
        return
    for spell in hours if isinstance(hours, list) else [None]:
        if not isinstance(spell, dict) or not _are_days(spell.get("days")):
            yield "hours", "hours is always, or a list with days (mo to su), opens and closes"
        elif not (_is_time(spell.get("opens")) and _is_time(spell.get("closes"))):
            yield "hours", 'opens and closes are times in quotation marks, as in "08:00"'
        elif spell["opens"] >= spell["closes"]:
            yield "hours", "it has to close after it opens"


def _are_days(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(day in WEEKDAYS for day in value)


def _is_time(value: Any) -> bool:
    # Without quotation marks YAML reads 08:30 as a number of minutes.
    if not isinstance(value, str) or not re.fullmatch(r"\d\d:\d\d", value):
        return False
    try:
        time.fromisoformat(value)
    except ValueError:
        return False
    return True


def _choices(row: Mapping[str, Any]) -> Found:
    hub, service = row.get("hub", {}), row.get("service", {})
    if not isinstance(hub, dict) or not isinstance(service, dict):
        yield "hub" if not isinstance(hub, dict) else "service", "has to be a mapping"
        return
    if hub.get("kind", Hub.Kind.COUNTER) not in Hub.Kind.values:
        yield "hub", f"the kind of a hub is one of {', '.join(Hub.Kind.values)}"
    if hub.get("state", Hub.State.OPEN) not in Hub.State.values:
        yield "hub", f"the state of a hub is one of {', '.join(Hub.State.values)}"
    if service.get("status", "active") not in SERVICE_STATUSES:
        yield "service", f"the status of a service is one of {', '.join(SERVICE_STATUSES)}"
    if not all(_is_text_by_language(said.get("notice", {})) for said in (hub, service)):
        yield "hub" if hub.get("notice") else "service", "notice has to give a text by language"
    if row.get("verdict", "false") not in VERDICTS:
        yield "verdict", f"verdict is one of {', '.join(VERDICTS)}, in quotation marks"
    if not isinstance(row.get("confidential", False), bool):
        yield "confidential", "confidential is true or false"


def _is_text_by_language(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) and text for text in value.values())


def country_problems(head: Mapping[str, Any]) -> Found:
    """Yield (key, message) for what is wrong in the head of a country's structure."""
    for key in ("languages", "emergency"):
        if not isinstance(head.get(key, []), list):
            yield key, f"{key} has to be a list"
    if not isinstance(head.get("items", {}), dict):
        yield "items", "items has to be a mapping from ids"
    if not _is_text_by_language(head.get("name", {})):
        yield "name", "name has to give a text by language"
    if not re.fullmatch("[A-Z]{3}", str(head.get("currency", "XXX"))):
        yield "currency", "currency is three capital letters of ISO 4217"
    try:
        ZoneInfo(str(head.get("timezone", "UTC")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "timezone", "this time zone is not known"
