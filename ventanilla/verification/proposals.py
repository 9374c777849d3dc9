"""Changes of records of four-eyes kinds: one proposes, another approves.

An app that keeps a record of its own for a kind plugs `record_writers[kind]` in: writer(fact, values).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Country, Network
from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry

from .actions import OwnChange, change_fact, confirm_fact
from .models import FOUR_EYES, Fact, Proposal, Source, Wording
from .signals import announce

RECORD = "record"

record_writers: Registry[Callable[[Fact, Mapping[str, Any]], None]] = Registry()


class AlreadyDecided(DomainError):
    message = _("Somebody has already decided on this change.")


class NothingChanged(DomainError):
    message = _("Nothing was changed.")


def text_part(language: str) -> str:
    """The name of the part of a fact that is its text in one language."""
    return f"text:{language}"


@transaction.atomic
def change_record(
    *, fact: Fact, part: str, values: Mapping[str, Any], by: Any, at: datetime
) -> Proposal | None:
    """Change a part of a record: at once, or as a proposal that is returned where the kind needs four eyes.

    A new proposal takes the place of one that the same part already had, with its author kept in the
    register. Raises NothingChanged.
    """
    if not values:
        raise NothingChanged
    if fact.kind in FOUR_EYES:
        return _propose(fact, part, values, by, at)
    _apply(fact, part, values, at)
    change_fact(fact=fact, by=by, at=at)
    return None


@transaction.atomic
def start_record(
    *,
    ref: str,
    kind: str,
    country: Country,
    title: str,
    summary: str,
    topics: Sequence[str],
    source: Mapping[str, Any],
    by: Any,
    at: datetime,
) -> Fact:
    """Make a fact with its first source and its text in the country's main language; returns the fact.

    `source` has url, publisher, title and seen_on (a day). Nobody has confirmed it: it is starter content.
    The text of a kind that needs four eyes is a proposal, and a fact without a text is never shown.
    """
    language = country.languages[0]
    fact = Fact.objects.create(
        ref=ref, country=country, kind=kind, topics=list(topics), names={language: title},
        confidence="medium", has_source=True,
    )  # fmt: skip
    Source.objects.create(fact=fact, **source)
    text = {"title": title, "summary": summary, "maker": str(Wording.Maker.PERSON)}
    fact = change_fact(fact=fact, by=by, at=at, note=gettext("New"), source=source["url"])
    if kind in FOUR_EYES:
        _propose(fact, text_part(language), text, by, at)
    else:
        _apply(fact, text_part(language), text, at)
    return fact


def _propose(fact: Fact, part: str, values: Mapping[str, Any], by: Any, at: datetime) -> Proposal:
    waiting = Proposal.objects.open().filter(fact=fact, part=part)
    waiting.update(state=Proposal.State.WITHDRAWN, decided_by=by, decided_at=at)
    return Proposal.objects.create(fact=fact, part=part, values=dict(values), author=by, made_at=at)


def last_proposed(fact: Fact, part: str) -> Mapping[str, Any]:
    """What was last proposed for a part of a fact, empty where nothing was or it was approved."""
    last = Proposal.objects.filter(fact=fact, part=part).order_by("-pk").first()
    return last.values if last and last.state != Proposal.State.APPROVED else {}


@transaction.atomic
def approve_proposal(*, proposal: Proposal, by: Any, at: datetime, source: str) -> Fact:
    """Apply a proposal and confirm the fact in one. Raises OwnChange, AlreadyDecided, NoSourceLookedAt."""
    proposal = _decide(proposal, Proposal.State.APPROVED, by, at)
    _apply(proposal.fact, proposal.part, proposal.values, at)
    change_fact(fact=proposal.fact, by=proposal.author, at=at)
    return confirm_fact(fact=proposal.fact, by=by, at=at, source=source)


@transaction.atomic
def reject_proposal(*, proposal: Proposal, by: Any, at: datetime, reason: str) -> None:
    """Send a proposal back to its author, or withdraw one's own. Raises AlreadyDecided."""
    own = proposal.author_id == by.pk
    _decide(proposal, Proposal.State.WITHDRAWN if own else Proposal.State.REJECTED, by, at, reason)


def _decide(proposal: Proposal, state: str, by: Any, at: datetime, reason: str = "") -> Proposal:
    proposal = Proposal.objects.select_for_update().select_related("fact").get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN:
        raise AlreadyDecided
    if state == Proposal.State.APPROVED and proposal.author_id == by.pk:
        raise OwnChange
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.reason = state, by, at, reason
    proposal.save()
    return proposal


def _apply(fact: Fact, part: str, values: Mapping[str, Any], at: datetime) -> None:
    if part.startswith("text:"):
        language = part.removeprefix("text:")
        Wording.objects.update_or_create(fact=fact, language=language, defaults={**values, "changed_at": at})
    else:
        record_writers[fact.kind](fact, values)


@transaction.atomic
def mark_reviewed(*, wording: Wording) -> None:
    """Record that a speaker of the language read a machine's text and stands by it; its sense is the same."""
    wording.maker = Wording.Maker.PERSON
    wording.save(update_fields=["maker"])
    announce([wording.fact.ref])


def due_on(made_at: datetime) -> date:
    """The day by which somebody should have decided on a change proposed at this moment."""
    return made_at.date() + timedelta(days=Network.current().approval_days)
