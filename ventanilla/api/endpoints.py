"""Asking, items, countries, hubs and alerts. HSDS has a module of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Schema

from ventanilla.answers.asking import ask
from ventanilla.answers.gaps import note_gap
from ventanilla.hubs.models import Country
from ventanilla.verification.items import items
from ventanilla.verification.models import Kind, Topic

from .guard import NOT_KEPT
from .languages import language_of
from .paging import PER_PAGE, cut, paged
from .reading import active_alerts, facts_of, open_country, public_hubs, public_item
from .schemas import (
    Alerts,
    Answer,
    Countries,
    CountryCode,
    Hubs,
    ItemDetail,
    ItemPage,
    LanguageCode,
    PageNumber,
    Problem,
    Question,
    Ref,
)
from .shapes import alert_line, country_line, hub_line, item_detail, item_line

router = Router()

MAX_TEXT = 10_000
REFUSALS: dict[int, Any] = {422: Problem, 429: Problem}
WITH_404 = {404: Problem, **REFUSALS}


@router.post("/ask", response={200: Answer, 400: Problem, 413: Problem, **REFUSALS}, tags=["answers"])
def ask_question(request: HttpRequest, response: HttpResponse, question: Question) -> dict[str, Any]:
    """Ask in any words and get verified passages, or an honest "none". The question is in the body only."""
    response["Cache-Control"] = NOT_KEPT
    at, text = timezone.now(), question.text[:MAX_TEXT]
    answer = ask(text, language=question.lang, country=question.country, at=at)
    if answer.verdict == "none":
        note_gap(text, language=answer.language, country=answer.country, at=at)
    return {"id": question.id, **answer.as_json()}


class ItemFilter(Schema):
    country: CountryCode | None = None
    kind: Kind | None = None
    topic: Topic | None = None
    concept: Ref | None = None
    lang: LanguageCode | None = None
    page: PageNumber = 1


@router.get("/items", response={200: ItemPage, **WITH_404}, tags=["items"])
def list_items(request: HttpRequest, filters: Query[ItemFilter]) -> dict[str, Any]:
    """Everything public, by reference. Filters add up."""
    at, language = timezone.now(), language_of(request, filters.lang)
    facts = facts_of(open_country(filters.country), at=at)
    chosen = {name: value for name in ("kind", "concept") if (value := getattr(filters, name))}
    rows = list(facts.filter(**chosen).select_related("authority"))
    # SQLite cannot look into lists of JSON.
    rows = [row for row in rows if not filters.topic or filters.topic in row.topics]
    shown = items(rows[cut(len(rows), filters.page, PER_PAGE)], at=at.date())
    lines = [item_line(item, language) for item in shown]
    return paged(lines, total=len(rows), page=filters.page, per_page=PER_PAGE)


@router.get("/items/{ref}", response={200: ItemDetail, **WITH_404}, tags=["items"])
def get_item(request: HttpRequest, ref: Path[Ref], lang: LanguageCode | None = None) -> ItemDetail:
    """One item with its sources, its authority and its texts; with `lang` only the text in that language."""
    at = timezone.now()
    return item_detail(public_item(ref, at=at), language_of(request, lang), only=bool(lang), at=at)


@router.get("/countries", response={200: Countries, **REFUSALS}, tags=["countries"])
def list_countries(request: HttpRequest) -> Countries:
    """Countries whose content the public can read."""
    refs = frozenset(
        facts_of(None, at=timezone.now()).filter(kind=Kind.HOTLINE).values_list("ref", flat=True)
    )
    return Countries(contents=[country_line(row, refs) for row in Country.objects.open().order_by("code")])


class PlaceFilter(Schema):
    country: CountryCode | None = None
    lang: LanguageCode | None = None


@router.get("/hubs", response={200: Hubs, **WITH_404}, tags=["hubs"])
def list_hubs(request: HttpRequest, response: HttpResponse, filters: Query[PlaceFilter]) -> Hubs:
    """Information hubs with their hours, and whether somebody is at the counter now."""
    at, language = timezone.now(), language_of(request, filters.lang)
    response["Cache-Control"] = "public, max-age=60"
    found = public_hubs(open_country(filters.country), at=at)
    return Hubs(at=at, contents=[hub_line(hub, item, language, at=at) for hub, item in found])


@router.get("/alerts", response={200: Alerts, **WITH_404}, tags=["alerts"])
def list_alerts(request: HttpRequest, response: HttpResponse, filters: Query[PlaceFilter]) -> Alerts:
    """Alerts that hold at this moment, the newest first."""
    at, language = timezone.now(), language_of(request, filters.lang)
    response["Cache-Control"] = "public, max-age=60"
    found = active_alerts(open_country(filters.country), at=at)
    return Alerts(at=at, contents=[alert_line(item, language) for item in found])
