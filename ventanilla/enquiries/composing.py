"""What an adviser finds beside an answer: passages that quote themselves, and ready answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import override

from ventanilla.answers.asking import MAX_QUESTION, Passage, ask
from ventanilla.hubs.models import Hub
from ventanilla.lib.text import clean, in_language
from ventanilla.verification.items import items
from ventanilla.verification.models import Fact

from .automatic import cite, passage_in_words
from .models import CannedAnswer, Enquiry, Message
from .queries import readable

SUGGESTIONS = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage that could answer: what would be inserted, and what is noted as quoted."""

    ref: str
    title: str
    text: str
    path: str
    cite: Mapping[str, Any]


def language_of(enquiry: Enquiry) -> str:
    """The language in which this person is answered."""
    return enquiry.language if enquiry.language in settings.PUBLIC_LANGUAGES else "es"


def last_question(enquiry: Enquiry) -> str:
    """What the person said last, as far as it can still be read."""
    rows = Message.objects.filter(enquiry=enquiry, direction=Message.Direction.IN)
    message = rows.order_by("-at", "-pk").first()
    return (readable(message, "body") or "") if message else ""


def suggestions(enquiry: Enquiry, question: str, *, at: datetime) -> list[Suggestion]:
    """Checked passages near to a question, in the person's language, best first."""
    words = clean(question, limit=MAX_QUESTION)
    if not words:
        return []
    found = ask(words, country=enquiry.country, at=at, limit=SUGGESTIONS)
    return [_suggestion(passage, enquiry) for passage in found.passages[:SUGGESTIONS]]


def suggestion_of(enquiry: Enquiry, ref: str, *, at: datetime) -> Suggestion | None:
    """One passage by the reference of its fact; None when it may not be quoted now."""
    facts = Fact.objects.filter(ref=ref, country__is_open=True).quotable(at=at.date())
    for item in items(facts, at=at.date()):
        language = item.language(language_of(enquiry))
        text = item.text(language)
        passage = Passage(item=item, language=language, text=text.summary or text.title, score=1.0)
        return _suggestion(passage, enquiry)
    return None


def _suggestion(passage: Passage, enquiry: Enquiry) -> Suggestion:
    with override(language_of(enquiry)):
        text = passage_in_words(passage)
    title = passage.item.text(passage.language).title
    return Suggestion(passage.item.ref, title, text, passage.path, cite(passage))


def cites_of(enquiry: Enquiry, refs: Iterable[str], *, at: datetime) -> list[Mapping[str, Any]]:
    """What is noted for the passages that were inserted; what may not be quoted any more is left out."""
    found = (suggestion_of(enquiry, ref, at=at) for ref in dict.fromkeys(refs))
    return [one.cite for one in found if one]


def filled(answer: CannedAnswer, enquiry: Enquiry) -> str:
    """A ready answer in the person's language, its variables filled in; unknown ones stay as they are."""
    language = language_of(enquiry)
    text = in_language(answer.texts, language) or ""
    values = {
        "hub": enquiry.hub.name(language),
        "hours": hours_of(enquiry.hub, language),
        "code": enquiry.code,
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def hours_of(hub: Hub, language: str) -> str:
    """When a hub is open, in words."""
    with override(language):
        days: dict[int, list[str]] = {}
        for spell in hub.hours.order_by("weekday", "opens"):
            hours = f"{formats.time_format(spell.opens, 'H:i')}–{formats.time_format(spell.closes, 'H:i')}"
            days.setdefault(spell.weekday, []).append(hours)
        return "; ".join(f"{WEEKDAYS[day]} {', '.join(spells)}" for day, spells in days.items()) or _(
            "on request"
        )


def canned_for(enquiry: Enquiry, user: Any) -> list[CannedAnswer]:
    """Ready answers of the enquiry's hub and country, by title."""
    rows = CannedAnswer.objects.visible_to(user).filter(country=enquiry.country)
    return list(rows.filter(hub__in=[enquiry.hub_id]) | rows.filter(hub=None))
