""" "Not sure": ask editors of the country or another hub, without a word of who asks."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError

from .models import Consultation, Enquiry

# What looks like a number of a telephone or document, or an address: it has no place in a question of ours.
_PERSONAL = re.compile(r"\d[\d\s.\-]{5,}\d|[\w.+-]+@[\w-]+\.\w+")


class TellsOfSomebody(DomainError):
    message = _(
        "Leave out telephone numbers, document numbers and e-mail addresses: ask about the matter only."
    )


class AnsweredAlready(DomainError):
    message = _("This question has been answered already.")


def ask_colleagues(
    *, enquiry: Enquiry, question: str, hub: Hub | None, by: User, at: datetime
) -> Consultation:
    """Ask a hub, or the editors of the enquiry's country when `hub` is None. Raises TellsOfSomebody."""
    if _PERSONAL.search(question):
        raise TellsOfSomebody
    return Consultation.objects.create(
        enquiry=enquiry, country=hub.country_id if hub else enquiry.country, asked_hub=hub, question=question,
        by=by, at=at,
    )  # fmt: skip


def answer(*, consultation: Consultation, text: str, by: User, at: datetime) -> None:
    """Answer a colleague. Raises TellsOfSomebody and AnsweredAlready."""
    if _PERSONAL.search(text):
        raise TellsOfSomebody
    waiting = Consultation.objects.filter(pk=consultation.pk, answered_at=None)
    if not waiting.update(answer=text, answered_by=by, answered_at=at):
        raise AnsweredAlready


def to_answer(user: Any) -> "QuerySet[Consultation]":
    """Questions that this person may answer, as an editor of the country or an adviser of the hub asked."""
    rows = Consultation.objects.select_related("asked_hub", "by")
    edits, cases = reach(user, Right.PROPOSE), reach(user, Right.CASES)
    mine = Q(pk__in=[])
    if edits:
        mine |= Q(asked_hub=None) if edits.everywhere else Q(asked_hub=None, country__in=edits.countries)
    if cases:
        of_hub = Q(asked_hub__ref__in=cases.hubs) | Q(asked_hub__country__in=cases.countries)
        mine |= Q(asked_hub__isnull=False) if cases.everywhere else of_hub
    return rows.filter(mine).order_by("answered_at", "-at", "pk")


def of_case(enquiry: Enquiry) -> list[Consultation]:
    """What was asked about one case, the last first."""
    return list(Consultation.objects.filter(enquiry=enquiry).order_by("-at", "pk"))
