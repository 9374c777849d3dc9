"""The firewall towards enforcement: who asked for data of people, what was answered, and why.

Nothing is given because somebody asks. The answer is "no" until the focal point has reviewed the legal
basis; each request is there for the focal point of the country and the one of the network to see.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .access_log import record
from .codes import new_code
from .models import LegalRequest, Sensitivity
from .sealing import new_key

Decision = LegalRequest.Decision


class AskedInTheFuture(DomainError):
    message = _("They cannot have asked later than now.")


class ReviewNeeded(DomainError):
    """Something would be given without a reviewed legal basis."""

    message = _("Review the legal basis first and write down what it is. Until then the answer is no.")


class SayWhatWasGiven(DomainError):
    message = _("Write down what was given and how sensitive it is.")


class NotYourOwn(DomainError):
    """Whoever logged a request does not release data on it alone."""

    message = _("Somebody else has to decide on a request that you logged yourself, unless it is refused.")


@transaction.atomic
def log_legal_request(
    *,
    country: str,
    hub: str,
    asker: str,
    asked_for: str,
    asked_at: datetime,
    by: User,
    at: datetime,
    basis: str = LegalRequest.Basis.NONE,
    authority: str = "",
    officer: str = "",
    document: str = "",
    purpose: str = "",
) -> LegalRequest:
    """Note that somebody asked; anybody of the staff does, in a minute. Raises AskedInTheFuture."""
    if asked_at > at:
        raise AskedInTheFuture
    request = LegalRequest.objects.create(
        code=new_code("L"), country=country, hub=hub, sealed_under=new_key(scope=f"country:{country}"),
        asker=asker, asked_for=asked_for, asked_at=asked_at, basis=basis, authority=authority,
        officer=officer, document=document, purpose=purpose, logged_by=by, logged_at=at,
    )  # fmt: skip
    _log(request, by=by, at=at)
    return request


@transaction.atomic
def decide_legal_request(
    *,
    request: LegalRequest,
    decision: str,
    review: str,
    by: User,
    at: datetime,
    given: str = "",
    given_class: str = "",
) -> None:
    """Review the legal basis and decide, by the focal point; may be decided again when more is shown.

    Raises ReviewNeeded without a review, SayWhatWasGiven, NotYourOwn.
    """
    request = LegalRequest.objects.select_for_update().get(pk=request.pk)
    if not review.strip():
        raise ReviewNeeded
    if decision != Decision.REFUSED:
        _refuse_release(request, given=given, given_class=given_class, by=by)
    request.review, request.reviewed_by, request.reviewed_at = review, by, at
    request.decision = decision
    is_refused = decision == Decision.REFUSED
    request.given, request.given_class = ("", "") if is_refused else (given, given_class)
    request.save()
    _log(request, by=by, at=at)


@transaction.atomic
def network_told(*, request: LegalRequest, by: User, at: datetime) -> None:
    """The focal point of the network has seen it."""
    request = LegalRequest.objects.select_for_update().get(pk=request.pk)
    request.network_told_at = at
    request.save()
    _log(request, by=by, at=at)


def _refuse_release(request: LegalRequest, *, given: str, given_class: str, by: User) -> None:
    if not given.strip() or given_class not in Sensitivity.values:
        raise SayWhatWasGiven
    if request.logged_by_id == by.pk:
        raise NotYourOwn


def _log(request: LegalRequest, *, by: User, at: datetime) -> None:
    record(
        by=by,
        action="write",
        kind="legal-request",
        ref=request.pk,
        country=request.country,
        hub=request.hub,
        at=at,
    )
