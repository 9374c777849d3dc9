"""A shelter that takes cases over, what was agreed with it, and cases handed to it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.enquiries import receivers, referrals
from ventanilla.enquiries.models import Agreement, Enquiry, Receiver, Referral
from ventanilla.hubs.models import Hub
from ventanilla.privacy import consent
from ventanilla.privacy.models import Consent
from ventanilla.privacy.models.consent import About, Part

REASON = "sentinel la echaron de la casa"
NEEDS = "sentinel un techo para dos"
WHY = "Una niña de tres años duerme hoy en la calle."
USUAL = ("language", "needs", "reason")
PARTS = (Part.PROFILE, Part.NEED, Part.STORY)


def a_receiver(by: User, hub: Hub | None, **more: Any) -> Receiver:
    values = {
        "name": f"Casa {uuid4().hex[:6]}", "address": "Calle 4, Upala", "hours": "de 8 a 16",
        "languages": ["es"],
    } | more  # fmt: skip
    country = values.pop("country", None) or hub.country
    return receivers.add_receiver(country=country, hub=hub, by=by, at=timezone.now(), **values)


def an_agreement(receiver: Receiver, by: User, *, fields: Any = USUAL, days: int = 365) -> Agreement:
    today = receiver.country.today(timezone.now())
    return receivers.agree(
        receiver=receiver, fields=fields, valid_from=today - timedelta(days=10),
        valid_until=today + timedelta(days=days), document="CONV-2026-7", by=by, at=timezone.now(),
    )  # fmt: skip


def agreed(enquiry: Enquiry, receiver: Receiver, by: User, *, parts: Any = PARTS) -> Consent:
    """The person allows this receiver these parts."""
    at = timezone.now()
    text = consent.text_for(about=About.REFER, country=enquiry.country, language="es", at=at)
    return consent.give_consent(
        person=enquiry.person_id, country=enquiry.country, hub=enquiry.hub.ref, about=About.REFER, text=text,
        receiver=receiver.name, parts=parts, mode=Consent.Mode.SPOKEN, by=by, at=at,
    )  # fmt: skip


def a_draft(enquiry: Enquiry, receiver: Receiver, by: User, **more: Any) -> Referral:
    form = {
        "receiver": receiver, "need": "shelter", "urgency": "high", "reason": REASON, "needs": NEEDS,
        "fields": list(USUAL),
    } | more  # fmt: skip
    return referrals.draft(enquiry=enquiry, by=by, at=timezone.now(), **form)


def handed_over(enquiry: Enquiry, by: User, *, leader: User, **more: Any) -> tuple[Referral, str]:
    """A case with a receiver of its hub, by the rules: the row and the secret of the link."""
    receiver = a_receiver(leader, enquiry.hub)
    an_agreement(receiver, leader, fields=more.get("fields", USUAL))
    agreed(enquiry, receiver, by, parts=more.pop("parts", PARTS))
    row = a_draft(enquiry, receiver, by, **more)
    secret = referrals.send(referral=row, by=by, at=timezone.now())
    row.refresh_from_db()
    return row, secret
