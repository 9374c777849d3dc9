"""A case handed to a receiver, behind a one-time link: no account, no cookie, no script.

The address alone shows nothing and touches nothing, so that previews of links and scanners of mail learn
nothing. What was shared comes when a person presses "Open", until they have answered; then the state alone.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ventanilla.enquiries import queries, referral_answers, referral_texts, referrals
from ventanilla.enquiries.models import Referral, ReferralStep
from ventanilla.lib.errors import DomainError
from ventanilla.lib.text import clean
from ventanilla.privacy.sealing import open_keys

from ..crowd import too_many
from ..public import PublicPage, public_page
from ..reading import iso_day

LONGEST = 2_000


@public_page
def referral(request: HttpRequest, language: str, token: str) -> PublicPage:
    """The door, the same for every address; behind it the case, and the receiver's answer."""
    if request.method != "POST":
        return _page({})
    if refusal := too_many(request, typed="", country=None):
        return refusal
    at = timezone.now()
    try:
        row = referral_answers.behind(token, at=at)
    except referral_answers.LinkEnded:
        return _page({"has_ended": True}, status=404)
    problem = _act(row, request.POST, at=at)
    return _shown(referral_answers.behind(token, at=at), language, problem=problem)


def _page(context: dict[str, Any], *, status: int = 200) -> PublicPage:
    return PublicPage("web/referral.html", context, is_private=True, status=status)


def _act(row: Referral, sent: Mapping[str, str], *, at: datetime) -> str:
    """Do what was pressed; returns why it could not be done."""
    try:
        DEEDS.get(sent.get("deed", ""), _open)(row, sent, at)
    except referrals.NotOpen:
        return ""  # the page tells the state
    except DomainError as refusal:
        return str(refusal)
    return ""


def _shown(row: Referral, language: str, *, problem: str) -> PublicPage:
    context: dict[str, Any] = {
        "row": row,
        "hub": row.enquiry.hub,
        "hub_name": row.enquiry.hub.name(language),
        "problem": problem,
        "refusals": Referral.Refusal.choices,
        "outcomes": Referral.Outcome.choices,
    }
    if row.waits_for_answer:
        context["lines"] = referral_texts.lines(row, row.shared or {}, language=language)
        context["thread"] = _thread(row)
    return _page(context, status=422 if problem else 200)


def _thread(row: Referral) -> list[tuple[ReferralStep, str | None]]:
    """What the receiver asked and what the hub answered."""
    asked = (ReferralStep.What.ASKED, ReferralStep.What.REPLIED)
    steps = list(row.steps.filter(what__in=asked).order_by("at", "pk"))
    open_keys(steps)
    return [(step, queries.readable(step, "words")) for step in steps]


# What a receiver can press


def _open(row: Referral, sent: Mapping[str, str], at: datetime) -> None:
    referral_answers.note_opening(referral=row, at=at)


def _accept(row: Referral, sent: Mapping[str, str], at: datetime) -> None:
    referral_answers.accept(referral=row, at=at)


def _wait(row: Referral, sent: Mapping[str, str], at: datetime) -> None:
    referral_answers.put_on_waiting_list(referral=row, until=iso_day(sent.get("until", "")), at=at)


def _decline(row: Referral, sent: Mapping[str, str], at: datetime) -> None:
    referral_answers.decline(referral=row, refusal=sent.get("refusal", ""), words=_words(sent), at=at)


def _finish(row: Referral, sent: Mapping[str, str], at: datetime) -> None:
    referral_answers.finish(referral=row, outcome=sent.get("outcome", ""), words=_words(sent), at=at)


def _ask(row: Referral, sent: Mapping[str, str], at: datetime) -> None:
    referral_answers.ask(referral=row, words=_words(sent), at=at)


def _words(sent: Mapping[str, str]) -> str:
    return clean(sent.get("words", ""), limit=LONGEST)


DEEDS: dict[str, Callable[[Referral, Mapping[str, str], datetime], None]] = {
    "accept": _accept,
    "wait": _wait,
    "decline": _decline,
    "finish": _finish,
    "ask": _ask,
}
