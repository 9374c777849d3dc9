"""Atom and RSS of alerts and of facts that were checked or changed. Staff are never named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from ventanilla.hubs.models import Country, Network
from ventanilla.lib.text import clean
from ventanilla.verification.items import Item, items
from ventanilla.verification.models import Check

from .reading import active_alerts, facts_of, page_url, starts_at

MOST = 50
FORMATS: dict[str, type[Atom1Feed | Rss201rev2Feed]] = {"atom": Atom1Feed, "rss": Rss201rev2Feed}
_SHOWN = (Check.Outcome.CONFIRMED, Check.Outcome.CHANGED, Check.Outcome.SHOWN)
# When nothing has happened yet; a feed has to say when it was last changed.
_NEVER = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a feed. `key` makes its identifier, which never changes."""

    item: Item
    key: str
    title: str
    published: datetime
    updated: datetime


@require_safe
def alerts(request: HttpRequest, language: str, country_code: str, form: str) -> HttpResponse:
    """Alerts that hold now."""
    country, at = _open(language, country_code), timezone.now()
    with override(language):
        entries = [
            Entry(item, f"alert/{item.ref}", item.text(language).title, starts_at(item), item.changed_at)
            for item in active_alerts(country, at=at)[:MOST]
        ]
        title = _("Alerts: %(country)s") % {"country": country.name(language)}
        return _feed(request, title, entries, language=language, country=country, form=form)


@require_safe
def changes(request: HttpRequest, language: str, country_code: str, form: str) -> HttpResponse:
    """What was verified or changed lately, each fact once with the last that happened to it."""
    country, at = _open(language, country_code), timezone.now()
    with override(language):
        entries = [_change(check, item, language) for check, item in _last_checks(country, at)]
        title = _("Checked and changed: %(country)s") % {"country": country.name(language)}
        return _feed(request, title, entries, language=language, country=country, form=form)


def _open(language: str, code: str) -> Country:
    country = Country.objects.open().filter(code=code).first()
    if country is None or language not in settings.PUBLIC_LANGUAGES:
        raise Http404
    return country


def _last_checks(country: Country, at: datetime) -> list[tuple[Check, Item]]:
    facts = facts_of(country, at=at)
    checks = Check.objects.filter(fact__in=facts, outcome__in=_SHOWN).order_by("-at", "-pk")
    last: dict[int, Check] = {}
    for check in checks[: MOST * 10]:
        last.setdefault(check.fact_id, check)
    kept = list(last.values())[:MOST]
    shown = items(facts.filter(pk__in=[check.fact_id for check in kept]), at=at.date())
    refs = dict(facts.filter(pk__in=last).values_list("pk", "ref"))
    by_ref = {item.ref: item for item in shown}
    return [(check, by_ref[refs[check.fact_id]]) for check in kept if refs[check.fact_id] in by_ref]


def _change(check: Check, item: Item, language: str) -> Entry:
    titles = {
        Check.Outcome.CONFIRMED: _("Checked: %(title)s"),
        Check.Outcome.CHANGED: _("Changed: %(title)s"),
        Check.Outcome.SHOWN: _("Shown again: %(title)s"),
    }
    title = titles[Check.Outcome(check.outcome)] % {"title": item.text(language).title}
    moment = check.at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return Entry(item, f"change/{item.ref}/{moment}", title, check.at, check.at)


def _feed(
    request: HttpRequest, title: str, entries: Iterable[Entry], *, language: str, country: Country, form: str
) -> HttpResponse:
    kind, home = FORMATS[form], f"{settings.PUBLIC_URL}/{language}/{country.code}/"
    address = f"{settings.PUBLIC_URL}{request.path}"
    feed = kind(
        title=_safe(f"{title} · {Network.current().name}"),
        link=home,
        description=_safe(title),
        language=language,
        feed_url=address,
        feed_guid=address,
    )
    for entry in entries:
        _add(feed, entry, language)
    response = HttpResponse(content_type=f"{kind.content_type.split(';')[0]}; charset=utf-8")
    # Without an entry the generator would say "now", and readers would fetch it as changed each time.
    feed.latest_post_date = lambda: _latest(feed)  # type: ignore[method-assign]
    feed.write(response, "utf-8")
    return response


def _latest(feed: SyndicationFeed) -> datetime:
    return max((item["updateddate"] for item in feed.items), default=_NEVER)


def _add(feed: SyndicationFeed, entry: Entry, language: str) -> None:
    host = urlsplit(settings.PUBLIC_URL).hostname
    feed.add_item(
        title=_safe(entry.title),
        link=page_url(entry.item, language),
        description=_safe(entry.item.text(language).summary),
        unique_id=f"tag:{host},2026:{entry.key}",
        unique_id_is_permalink=False,
        pubdate=entry.published,
        updateddate=entry.updated,
        categories=[entry.item.kind],
    )


def _safe(text: str) -> str:
    """XML has no way to write control characters, not even escaped."""
    return clean(text, limit=5_000)
