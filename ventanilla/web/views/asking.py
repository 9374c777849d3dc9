"""Asking in one's own words. The question is sent in the body: no address, log or history keeps it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ventanilla.answers.asking import MAX_QUESTION, Answer, Passage, ask
from ventanilla.answers.gaps import note_gap
from ventanilla.hubs.models import Country
from ventanilla.lib.text import clean
from ventanilla.verification.items import Item
from ventanilla.verification.models import Kind

from ..cards import card, cards, hub_cards
from ..crowd import too_many
from ..public import OWN_NAMES, PublicPage, public_page
from ..reading import country_items, emergency_lines, open_country
from ..whole_item import item_context
from ..writing import can_write

MOST_OTHERS = 4


@public_page
def answer(request: HttpRequest, language: str, country_code: str | None = None) -> PublicPage:
    """Answer a question, or say honestly that nobody has a checked answer and who can be asked."""
    country, at = open_country(country_code) if country_code else None, timezone.now()
    question, is_readable = _question(request)
    if not question:
        status = 200 if is_readable else 413
        return PublicPage("web/ask.html", {"is_too_long": not is_readable}, country=country, status=status)
    if refusal := too_many(request, typed=question, country=country):
        return refusal
    found = ask(question, language=language, country=country_code, at=at)
    if found.verdict == "none":
        note_gap(question, language=found.language, country=found.country, at=at)
    context = {
        "question": question,
        "outcome": found.verdict,
        **_found(found, language, at=at),
        **_people(_country_of(found) or country, language, at=at),
        "other_language": _other_language(found, language, country_code),
    }
    return PublicPage("web/answer.html", context, country=country, is_private=True)


def _question(request: HttpRequest) -> tuple[str, bool]:
    """What was typed, without what no screen shows; and whether the request could be read at all."""
    try:
        return clean(request.POST.get("q", ""), limit=MAX_QUESTION), True
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return "", False


def _found(found: Answer, language: str, *, at: datetime) -> dict[str, Any]:
    best = found.passages[0] if found.verdict == "direct" else None
    rest = found.passages[1 if best else 0 :][:MOST_OTHERS]
    return {
        **(_whole(best, language, at=at) if best else {}),
        "others": [_choice(passage, language) for passage in rest],
    }


def _whole(passage: Passage, language: str, *, at: datetime) -> dict[str, Any]:
    """The best item as on its page, in the language of the question, with the passage that matched."""
    item = passage.item
    country = open_country(item.country)
    context = item_context(item, passage.language, country=country, at=at)
    context["is_substitute"] = passage.language != language
    is_summary = passage.text in context["text"].summary
    return {
        **context,
        "quote": "" if is_summary else passage.text,
        "best_path": card(item, _page_language(passage.language, language))["path"],
        "best_country_name": country.name(language),
    }


def _choice(passage: Passage, language: str) -> dict[str, Any]:
    text = passage.item.text(passage.language)
    path = card(passage.item, _page_language(passage.language, language))["path"]
    return {"path": path, "text": text, "quote": passage.text, "lang": passage.language, "item": passage.item}


def _page_language(text_language: str, language: str) -> str:
    """The reader's page in the language of the text, where the site speaks it."""
    return text_language if text_language in OWN_NAMES else language


def _country_of(found: Answer) -> Country | None:
    """The country that the question is about, where it is open."""
    return Country.objects.open().filter(code=found.country or "").first()


def _people(country: Country | None, language: str, *, at: datetime) -> dict[str, Any]:
    """Who can be reached when a page is not enough."""
    if country is None:
        return {}
    found: list[Item] = country_items(country, at=at, kind__in=[Kind.HOTLINE, Kind.HUB])
    return {
        "people_country": country,
        "people_country_name": country.name(language),
        "can_write": can_write(country),
        "emergency": cards(emergency_lines(found, country)[:1], language),
        "hubs": hub_cards(found, country, language, at=at)[:3],
        "lines": cards([item for item in found if "information" in item.contact.needs][:2], language),
    }


def _other_language(found: Answer, language: str, country_code: str | None) -> dict[str, str]:
    """The way to the site in the language that the person wrote in, when it is another one."""
    if found.language == language or found.language not in OWN_NAMES:
        return {}
    rest = f"{country_code}/" if country_code else ""
    with override(found.language):
        sentence = _("Continue in {language}").format(language=OWN_NAMES[found.language])
    return {"code": found.language, "sentence": sentence, "path": f"/{found.language}/{rest}"}
