"""Reads that the console draws: what waits for whom, rows of lists, the matrix of translations."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from wagtail.models import TaskState

from ventanilla.answers.models import Gap
from ventanilla.hubs.models import Country
from ventanilla.hubs.rights import Right, reach
from ventanilla.library.models import FACT_PAGES, PAGE_OF_KIND
from ventanilla.library.workflows import NationalApproval, authors_of_change, may_approve
from ventanilla.verification.models import FOUR_EYES, Fact, Proposal, State, Wording
from ventanilla.verification.powers import Powers
from ventanilla.verification.proposals import due_on

from .doors import conflicts_for, proposals_for
from .titles import titles_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for a decision. `may_decide` is false for its authors and for who only reads."""

    title: str
    fact: Fact
    language: str
    made_by: str
    made_on: date
    due_on: date
    url: str
    may_decide: bool
    is_own: bool

    def is_overdue(self, at):
        return at > self.due_on


def waiting_changes(user):
    """Changes of pages and records within this person's reach, the most urgent first."""
    rows = [*_waiting_pages(user), *_waiting_records(user)]
    return sorted(rows, key=lambda row: (row.due_on, row.fact.ref, row.language))


def _waiting_pages(user):
    where = reach(user, Right.READ)
    states = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        task__in=[task.task_ptr for task in NationalApproval.objects.all()],
    ).select_related("revision", "workflow_state__requested_by")
    for state in states:
        page = state.revision.content_object.specific
        if where.covers(page.fact.country_id):
            yield _waiting_page(state, page, user)


def _waiting_page(state, page, user):
    return Waiting(
        title=page.draft_title or page.title,
        fact=page.fact,
        language=page.locale.language_code,
        made_by=str(state.workflow_state.requested_by or "?"),
        made_on=state.started_at.date(),
        due_on=due_on(state.started_at),
        url=reverse("console:decide_page", args=[page.pk]),
        may_decide=may_approve(page, user),
        is_own=user.pk in authors_of_change(page),
    )


def _waiting_records(user):
    powers = Powers.of(user)
    rows = list(proposals_for(user).open())
    titles = titles_of([row.fact for row in rows])
    for row in rows:
        yield Waiting(
            title=titles[row.fact.ref],
            fact=row.fact,
            language=row.part.removeprefix("text:") if row.part.startswith("text:") else "",
            made_by=str(row.author),
            made_on=row.made_at.date(),
            due_on=due_on(row.made_at),
            url=reverse("console:decide_record", args=[row.pk]),
            may_decide=powers.may_approve(row.fact) and row.author_id != user.pk,
            is_own=row.author_id == user.pk,
        )


def sent_back_to(user):
    """This person's own changes that were sent back, with the reason: pages, then records, newest first."""
    yield from _sent_back_pages(user)
    yield from _sent_back_records(user)


def _sent_back_pages(user):
    pages = TaskState.objects.filter(
        status=TaskState.STATUS_REJECTED,
        workflow_state__requested_by=user,
        workflow_state__status="needs_changes",
    ).select_related("revision")
    for state in pages.order_by("-finished_at"):
        page = state.revision.content_object
        yield {
            "title": page.title,
            "reason": state.comment,
            "url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        }


def _sent_back_records(user):
    later = Proposal.objects.filter(fact=OuterRef("fact"), part=OuterRef("part"), pk__gt=OuterRef("pk"))
    sent_back = Proposal.objects.filter(~Exists(later), author=user, state=Proposal.State.REJECTED)
    rows = list(sent_back.select_related("fact").order_by("-decided_at"))
    titles = titles_of([row.fact for row in rows])
    for row in rows:
        is_text = row.part.startswith("text:")
        url = (
            reverse("console:text", args=[row.fact.ref, row.part.removeprefix("text:")])
            if is_text
            else reverse("console:record", args=[row.fact.ref])
        )
        yield {"title": titles[row.fact.ref], "reason": row.reason, "url": url}


def facts_to_check(facts, *, at):
    """Of these facts, the ones whose confirmation has run out, longest overdue first."""
    return facts.due(at=at).order_by("hide_on", "country", "ref")


def starter_facts(facts, *, at):
    """Of these facts, the ones nobody has confirmed, emergency numbers first."""
    return emergency_first(facts.in_state(State.STARTER, at=at))


def emergency_first(facts):
    lines = [ref for country in Country.objects.order_by("code") for ref in country.emergency]
    is_line = Case(When(ref__in=lines, then=Value(0)), default=Value(1))
    return facts.alias(rank=is_line).order_by("rank", "country", "kind", "ref")


def may_confirm_some(user, facts):
    """Of these facts, the ones that this person may confirm."""
    powers = Powers.of(user)
    if powers.approve.everywhere:
        return facts
    four_eyes = Q(kind__in=FOUR_EYES)
    return facts.filter(
        four_eyes & Q(country__in=powers.approve.countries)
        | ~four_eyes & Q(country__in=powers.confirm.countries)
        | Q(kind="hub") & (Q(country__in=powers.hub.countries) | Q(ref__in=powers.hub.hubs))
    )


def with_words(facts, words):
    """Facts whose reference, name or title in any language holds these words."""
    found = Q(ref__icontains=words) | Q(named__icontains=words)
    for model in (Wording, *FACT_PAGES):
        found |= Q(pk__in=model.objects.filter(title__icontains=words).values("fact"))
    return facts.alias(named=Cast("names", TextField())).filter(found)


def with_topic(facts, topic):
    return facts.alias(topic_text=Cast("topics", TextField())).filter(topic_text__contains=f'"{topic}"')


def open_gaps(user):
    """Questions without an answer, asked most first; those of no country are for everybody with a role."""
    where = reach(user, Right.READ)
    gaps = Gap.objects.filter(state=Gap.State.OPEN).select_related("country")
    if not where.everywhere:
        gaps = gaps.filter(Q(country__in=where.countries) | Q(country=None))
    return gaps.order_by("-times", "-last_on", "pk")


def counts_for(user, *, changes, at):
    """How much waits for this person: due, starter, changes to decide (of those given), gaps, conflicts."""
    mine = may_confirm_some(user, Fact.objects.within_reach_of(user))
    changes = [row for row in changes if row.may_decide]
    return {
        "due": mine.due(at=at).count(),
        "starter": mine.in_state(State.STARTER, at=at).count(),
        "changes": len(changes),
        "overdue": sum(row.is_overdue(at) for row in changes),
        "gaps": open_gaps(user).count() if reach(user, Right.PROPOSE) else 0,
        "conflicts": conflicts_for(user, Right.PROPOSE).count(),
    }


MISSING, MACHINE, REVIEWED, OLDER = "missing", "machine", "reviewed", "older"


def translation_matrix(country):
    """Rows of facts with the state of their text in each of the country's languages, the main one first."""
    facts = list(Fact.objects.filter(country=country).order_by("kind", "ref"))
    texts = {**_wording_states(facts), **_page_states(facts)}
    titles = titles_of(facts)
    languages = country.languages
    return [
        {
            "fact": fact,
            "title": titles[fact.ref],
            "cells": [
                (language, _cell(texts.get(fact.pk, {}), language, languages[0])) for language in languages
            ],
        }
        for fact in facts
    ]


def _cell(texts, language, main):
    if language not in texts:
        return MISSING
    is_reviewed, changed_at = texts[language]
    main_changed = texts.get(main, (False, None))[1]
    if language != main and main_changed and (changed_at is None or changed_at < main_changed):
        return OLDER
    return REVIEWED if is_reviewed else MACHINE


def _wording_states(facts):
    states = {}
    for row in Wording.objects.filter(fact__in=facts).exclude(fact__kind__in=PAGE_OF_KIND):
        states.setdefault(row.fact_id, {})[row.language] = (row.maker == Wording.Maker.PERSON, row.changed_at)
    return states


def _page_states(facts):
    states = {}
    for model in FACT_PAGES:
        for page in model.objects.live().filter(fact__in=facts).select_related("locale"):
            is_reviewed = page.maker == Wording.Maker.PERSON
            states.setdefault(page.fact_id, {})[page.locale.language_code] = (
                is_reviewed,
                page.last_published_at,
            )
    return states


def older_languages(page):
    """Languages whose live text is older than what was last published of this page."""
    others = type(page).objects.filter(fact=page.fact).live().exclude(pk=page.pk).select_related("locale")
    return sorted(other.locale.language_code for other in others)
