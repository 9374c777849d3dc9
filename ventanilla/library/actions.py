"""Starting, deciding on and recording changes of library pages."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from ventanilla.accounts.models import User
from ventanilla.cms.blocks import lines_value
from ventanilla.lib.errors import DomainError
from ventanilla.verification.actions import NoSourceLookedAt, OwnChange, change_fact, confirm_fact
from ventanilla.verification.models import FOUR_EYES, Fact, Source, Wording

from .models import AlertPage
from .trees import topic_page
from .workflows import authors_of_change, may_approve


class NothingWaits(DomainError):
    message = _("Nothing is waiting for a decision on this page any more.")


class NotYours(DomainError):
    message = _("Only the national authority of this country decides on this change.")


class TranslationExists(DomainError):
    message = _("There is already a page in this language.")


@transaction.atomic
def start_page(*, model, country, language, topic, title, summary, source, by, at, topics=(), ask_like=()):
    """Make a draft page together with the fact that vouches for it; returns the page.

    `source` holds url, publisher, title and seen_on; url may be empty until the page is published.
    """
    fact = Fact.objects.create(
        ref=free_reference(country.code, title),
        country=country,
        kind=model.kinds[0],
        topics=list(dict.fromkeys([topic, *topics])),
        confidence="medium",
        edited_by_people=True,
        changed_by=by,
    )
    page = model(
        title=title,
        slug=fact.ref,
        fact=fact,
        summary=summary,
        ask_like=lines_value([line for line in ask_like if line]),
        topics=fact.topics,
        owner=by,
        live=False,
        **{f"source_{name}": value for name, value in source.items()},
        **(AlertPage.first_days(at) if model is AlertPage else {}),
    )
    parent = topic_page(country, language, topic)
    page.locale = parent.locale
    page = parent.add_child(instance=page)
    page.save_revision(user=by, log_action=True)
    return page


def free_reference(code, title):
    """A reference that no fact has: the country's code and the words of the title."""
    base = f"{code}-{slugify(title)[:80].strip('-') or 'page'}"
    taken = set(Fact.objects.filter(ref__startswith=base).values_list("ref", flat=True))
    number = 1
    while (ref := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return ref


@transaction.atomic
def start_translation(*, page, language, by):
    """Make a draft of a page in another language, to be written over. Raises TranslationExists."""
    locale = Locale.objects.get(language_code=language)
    if page.has_translation(locale):
        raise TranslationExists
    # Makes the branch of the tree where that language has none for this country yet.
    topic_page(page.fact.country, language, page.get_parent().specific.topic)
    translated = page.copy_for_translation(locale)
    translated.maker = Wording.Maker.PERSON
    translated.owner = by
    translated.save_revision(user=by, changed=False)
    return translated


@transaction.atomic
def approve_change(*, page, by, at, source, note=""):
    """Publish the change that waits on a page and confirm its fact, with the source looked at, in one.

    Raises NothingWaits, NotYours, OwnChange, NoSourceLookedAt.
    """
    state = _waiting(page)
    _may_decide(page, by)
    if not source:
        raise NoSourceLookedAt
    authors = authors_of_change(page) or {by.pk}
    state.approve(user=by, comment=note)
    record_publication(page=page, authors=authors, at=at)
    confirm_fact(fact=page.fact, by=by, at=at, source=source, note=note[:300])


@transaction.atomic
def send_back(*, page, by, reason):
    """Refuse the change that waits on a page. Its author reads the reason. Raises NothingWaits, NotYours."""
    state = _waiting(page)
    _may_decide(page, by)
    state.reject(user=by, comment=reason)


@transaction.atomic
def take_back(*, page, by):
    """An author takes their own change back to work on it. Raises NothingWaits, NotYours."""
    state = _waiting(page)
    if by.pk not in authors_of_change(page):
        raise NotYours
    state.workflow_state.cancel(user=by)


def _waiting(page):
    state = page.current_workflow_task_state
    if state is None:
        raise NothingWaits
    return state


def _may_decide(page, by):
    if may_approve(page, by):
        return
    is_author = page.fact.kind in FOUR_EYES and by.pk in authors_of_change(page)
    raise OwnChange if is_author else NotYours


@transaction.atomic
def record_publication(*, page, authors, at):
    """Bring the fact in line with the page just published and enter the change in the register."""
    page = type(page).objects.get(pk=page.pk)
    fact = Fact.objects.select_for_update().get(pk=page.fact_id)
    if page.topics:
        fact.topics = page.topics
    if page.source_url:
        _write_source(fact, page)
        fact.has_source = True
        fact.confidence = "high" if fact.confidence == "none" else fact.confidence
    fact.save()
    first, *others = User.objects.filter(pk__in=authors).order_by("pk")
    change_fact(fact=fact, by=first, at=at, also_by=others)


def _write_source(fact, page):
    Source.objects.update_or_create(
        fact=fact,
        url=page.source_url,
        defaults={
            "publisher": page.source_publisher,
            "title": page.source_title,
            "seen_on": page.source_seen_on,
            "seen_precision": Source.Precision.DAY,
        },
    )
