"""The file to take along: a whole country in one language, with its own search, in a single page of HTML."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ventanilla.hubs.models import Country, Hub, Network
from ventanilla.verification.items import Item
from ventanilla.verification.models import Kind

from ..assets import asset
from ..public import OWN_NAMES
from ..reading import country_items, emergency_lines, items_by_topic
from ..sharing import absolute
from ..whole_item import item_context

# What changes fastest, a telephone number, is checked again after this many days: so long is a file fresh.
FRESH_FOR = timedelta(days=90)
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TakeAlong:
    """A finished file, the rules under which a browser may run it, and the facts it holds."""

    html: bytes
    policy: str
    items: tuple[Item, ...]
    made_on: date


# A fact as the templates draw it: the context of its page, and `asks`, `lang`, `gone`.
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A topic of the file: the facts told here, and those told under an earlier topic."""

    key: str
    heading: Any
    entries: tuple[Entry, ...]
    elsewhere: tuple[Entry, ...]


def file_name(country: Country, language: str) -> str:
    return f"{country.code}-{language}.html"


def file_path(country: Country, language: str) -> str:
    """The address of a country's file, as in /es/cr/take/cr-es.html."""
    return f"/{language}/{country.code}/take/{file_name(country, language)}"


def take_along(country: Country, language: str, *, at: datetime) -> TakeAlong:
    """Build the file of what the public may read at this moment."""
    found = country_items(country, at=at)
    script, style = _script(), _style()
    policy = _policy(script, style)
    made_on = country.today(at)
    with override(language):
        context = {
            **_facts(country, language, found, at),
            "country": country,
            "country_name": country.name(language),
            "network": Network.current(),
            "language": language,
            "language_name": OWN_NAMES[language],
            "address": absolute(f"/{language}/{country.code}/"),
            "made_on": made_on,
            "fresh_until": made_on + FRESH_FOR,
            "policy": policy,
            "script": mark_safe(script),  # noqa: S308 -- our own files, nothing from the database
            "style": mark_safe(style),  # noqa: S308
        }
        html = render_to_string("web/offline/take.html", context)
    return TakeAlong(_tight(html).encode(), f"{policy}; frame-ancestors 'none'", tuple(found), made_on)


def _facts(country: Country, language: str, found: list[Item], at: datetime) -> dict[str, Any]:
    entries = {item.ref: _entry(item, language, country, at) for item in found}
    emergency = [item.ref for item in emergency_lines(found, country)]
    return {
        "emergency": [entries[ref] for ref in emergency],
        "hotlines": [entries[i.ref] for i in found if i.kind == Kind.HOTLINE and i.ref not in emergency],
        "hubs": [entries[item.ref] for item in found if item.kind == Kind.HUB],
        "parts": _parts(found, entries),
    }


def _parts(found: list[Item], entries: Mapping[str, Entry]) -> list[Part]:
    """Each fact is told under its first topic, and a link under the others."""
    groups: list[tuple[str, Any, list[Item]]] = [
        (topic.value, topic.label, group) for topic, group in items_by_topic(found).items()
    ]
    groups.append(("other", _("Other information"), [item for item in found if not item.topics]))
    parts, told = [], set[str]()
    for key, heading, group in groups:
        here = tuple(entries[item.ref] for item in group if item.ref not in told)
        elsewhere = tuple(entries[item.ref] for item in group if item.ref in told)
        told.update(item.ref for item in group)
        if group:
            parts.append(Part(key, heading, here, elsewhere))
    return parts


def _entry(item: Item, language: str, country: Country, at: datetime) -> Entry:
    """`gone` is the first day on which the fact must not be shown any more, None where it has no such day."""
    context = item_context(item, language, country=country, at=at)
    hub, ends_at = context["hub"], context["text"].ends_at
    ends = country.today(ends_at) + timedelta(days=1) if ends_at else None
    return {
        **context,
        # "Open now" would be wrong an hour later; "This hub has closed" stays true.
        "hub": hub if hub and hub.state != Hub.State.OPEN else None,
        "lang": context["text_language"],
        "asks": "\n".join(context["text"].ask_like),
        "gone": min((day for day in (item.hide_on, ends) if day), default=None),
    }


@cache
def _script() -> str:
    """Our search without comments and indentation; it never holds a closing tag."""
    lines = (line.strip() for line in (_FOLDER / "search.js").read_text().splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _style() -> str:
    extra = re.sub(r"/\*.*?\*/", "", (_FOLDER / "take.css").read_text(), flags=re.DOTALL)
    return asset("site.css").decode() + re.sub(r"\s*\n\s*", "", extra)


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; img-src data:; script-src '{_fingerprint(script)}'; "
        f"style-src '{_fingerprint(style)}'; base-uri 'none'; form-action 'none'"
    )


def _fingerprint(source: str) -> str:
    """How a Content-Security-Policy names an inline script or style (CSP 3, hash-source)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


def _tight(html: str) -> str:
    """Without the empty lines that templates leave; script and style have none, so their hashes hold."""
    return re.sub(r"\n\s*\n+", "\n", html)
