"""How the words of a referral end: with the person, with the words of its case, with a consent taken back."""

from datetime import datetime
from uuid import UUID

from ventanilla.accounts.models import User
from ventanilla.privacy.consent import withdrawals
from ventanilla.privacy.models import Consent
from ventanilla.privacy.models.consent import About
from ventanilla.privacy.retention import farewells
from ventanilla.privacy.sealing import destroy_key

from . import referrals
from .models import Enquiry, Referral


def forget_referrals(enquiry: Enquiry, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
    """Destroy what was handed on of a case, end the links, and leave what can be counted."""
    rows = Referral.objects.filter(enquiry=enquiry, forgotten_at=None)
    certificates = [
        destroy_key(
            row.sealed_under,
            reason=reason,
            by=by,
            at=at,
            holder="referral",
            counts={"steps": row.steps.count()},
        ).pk
        for row in rows.order_by("drafted_at", "pk")
    ]
    rows.filter(state=Referral.State.DRAFT).delete()
    rows.open().update(state=Referral.State.TAKEN_BACK, settled_at=at, asked_at=None)
    rows.update(forgotten_at=at, token_digest=None, link_ends_at=None)
    return certificates


@farewells.add("referrals")
def forget_with_the_person(person: UUID, reason: str, at: datetime) -> None:
    """A referral says who somebody is: it goes as soon as that does, before the words of the case."""
    for enquiry in Enquiry.objects.filter(person=person, referrals__forgotten_at=None).distinct():
        forget_referrals(enquiry, reason=reason, by=None, at=at)


@withdrawals.add("referrals")
def take_back_with_consent(consent: Consent, at: datetime) -> None:
    """Who withdraws the consent to hand the case on has it taken back; the link tells the receiver so."""
    if consent.about != About.REFER or consent.person is None:
        return
    rows = Referral.objects.open().filter(enquiry__person=consent.person, receiver__name=consent.receiver)
    for row in rows.order_by("pk"):
        referrals.take_back(referral=row, by=None, at=at)
