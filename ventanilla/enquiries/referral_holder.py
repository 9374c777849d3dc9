"""What referrals hold of people: what was handed on, to whom, and what was said about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.privacy.holders import ExportedRecord, Held, PersonalField, Subject, holders
from ventanilla.privacy.sealing import open_keys

from . import referral_texts
from .models import Enquiry, Referral, ReferralStep
from .referral_ends import forget_referrals

_FIELDS = (
    ("enquiries.Referral", "reason", gettext_lazy("why a case is handed over"), "severe", "words"),
    ("enquiries.Referral", "needs", gettext_lazy("what is needed"), "severe", "words"),
    ("enquiries.Referral", "family", gettext_lazy("family, and who cares for a minor"), "severe", "words"),
    ("enquiries.Referral", "health", gettext_lazy("health"), "severe", "words"),
    ("enquiries.Referral", "shared", gettext_lazy("what a receiver of a case sees"), "severe", "identifiers"),
    ("enquiries.ReferralStep", "words", gettext_lazy("what a receiver asks and answers"), "severe", "words"),
)
# Words that receivers and staff write to each other, which the person may read too.
_SAID = ("asked", "replied", "declined", "done")


class ReferralsHolder:
    """What was handed on about a person, and to whom: they read it with the rest of their data."""

    name = "referrals"
    kinds = frozenset({"person"})

    def fields(self) -> tuple[PersonalField, ...]:
        return tuple(
            PersonalField(model, field, what, "refer", sensitivity, retention)
            for model, field, what, sensitivity, retention in _FIELDS
        )

    def find(self, subject: Subject) -> Held | None:
        last = _sent(subject).order_by("sent_at", "pk").last()
        if last is None:
            return None
        enquiry = last.enquiry
        counts = {"referrals": _sent(subject).count()}
        return Held(enquiry.code, enquiry.country, enquiry.hub.ref, enquiry.language, counts=counts)

    def export(self, subject: Subject, *, for_staff: bool) -> list[ExportedRecord]:
        rows = list(_sent(subject).filter(forgotten_at=None).order_by("sent_at", "pk"))
        open_keys(rows)
        return [_told(row, language=get_language() or "es") for row in rows]

    def correct(self, subject: Subject, values: Mapping[str, str], *, at: datetime) -> int:
        """What was sent stays as it was sent: a correction is told to the receiver by who looks after it."""
        return 0

    def restrict(self, subject: Subject, *, is_restricted: bool, at: datetime) -> int:
        """Links of somebody who is left alone lead nowhere (`referral_answers.behind`)."""
        return _sent(subject).filter(state__in=Referral.OPEN).count()

    def erase(self, subject: Subject, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
        enquiries = Enquiry.objects.filter(person=subject.person, referrals__forgotten_at=None)
        return [
            certificate
            for enquiry in enquiries.distinct()
            for certificate in forget_referrals(enquiry, reason=reason, by=by, at=at)
        ]


def _sent(subject: Subject) -> QuerySet[Referral]:
    rows = Referral.objects.filter(enquiry__person=subject.person).exclude(state=Referral.State.DRAFT)
    return rows.select_related("enquiry__hub", "receiver")


def _told(row: Referral, *, language: str) -> ExportedRecord:
    shown = referral_texts.lines(row, row.shared or {}, language=language)
    values = [
        (_("to whom"), row.receiver.name),
        (_("state"), str(row.get_state_display())),
        *((line.label, line.value) for line in shown),
    ]
    steps = row.steps.filter(what__in=_SAID).order_by("at", "pk")
    heading = _("Handed to another service on %(day)s") % {"day": date_format(row.drafted_at, "DATE_FORMAT")}
    return ExportedRecord(heading, tuple(values), row.sent_at, tuple(_said(steps)))


def _said(steps: Iterable[ReferralStep]) -> Iterable[ExportedRecord]:
    shown = [step for step in steps if step.words]
    return [ExportedRecord(str(step.get_what_display()), (("", step.words),), step.at) for step in shown]


holders["referrals"] = ReferralsHolder()
