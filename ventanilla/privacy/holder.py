"""Privacy's own personal data: consents, requests, holds, incidents, complaints, reasons."""

# ruff: noqa: E501 (a table reads better whole)

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.accounts.models import User

from .holders import ExportedRecord, Held, PersonalField, Subject, holders
from .models import Consent, Hold, PersonRequest
from .sealing import open_keys

_FIELDS = (
    ("Consent.person", gettext_lazy("who agreed"), "rights", "high", "consents"),
    ("Consent.receiver", gettext_lazy("to whom it may be shared"), "rights", "moderate", "consents"),
    ("Consent.caregiver", gettext_lazy("who cares for a minor"), "rights", "high", "consents"),
    ("Consent.reason", gettext_lazy("why it is in the best interest"), "rights", "severe", "consents"),
    ("PersonRequest.person", gettext_lazy("who asked"), "rights", "high", "requests"),
    ("PersonRequest.wish", gettext_lazy("what they asked, in their words"), "rights", "high", "requests"),
    ("PersonRequest.answer", gettext_lazy("what was answered"), "rights", "high", "requests"),
    ("Hold.person", gettext_lazy("about whom"), "oversight", "high", "holds"),
    ("Hold.reason", gettext_lazy("why it is kept"), "oversight", "high", "holds"),
    ("AccessEntry.reason", gettext_lazy("why a record was opened"), "oversight", "high", "access-reasons"),
    ("Break.reason", gettext_lazy("why a case was opened in an emergency"), "oversight", "high", "breaks"),
    ("Break.remark", gettext_lazy("what the review said"), "oversight", "high", "breaks"),
    ("Incident.what_happened", gettext_lazy("what happened"), "oversight", "high", "incidents"),
    ("Incident.cause", gettext_lazy("cause"), "oversight", "high", "incidents"),
    ("Incident.harm", gettext_lazy("harm to people"), "oversight", "high", "incidents"),
    ("Incident.measures", gettext_lazy("what was done"), "oversight", "high", "incidents"),
    ("Incident.lessons", gettext_lazy("lessons"), "oversight", "moderate", "incidents"),
    ("Incident.changed_since", gettext_lazy("what was changed"), "oversight", "moderate", "incidents"),
    ("IncidentEntry.text", gettext_lazy("timeline"), "oversight", "high", "incidents"),
    ("LegalRequest.authority", gettext_lazy("which authority asked"), "oversight", "moderate", "legal-requests"),
    ("LegalRequest.officer", gettext_lazy("which officer asked"), "oversight", "moderate", "legal-requests"),
    ("LegalRequest.document", gettext_lazy("their document"), "oversight", "moderate", "legal-requests"),
    ("LegalRequest.purpose", gettext_lazy("what they wanted it for"), "oversight", "high", "legal-requests"),
    ("LegalRequest.asked_for", gettext_lazy("what they asked for"), "oversight", "high", "legal-requests"),
    ("LegalRequest.review", gettext_lazy("review of the legal basis"), "oversight", "high", "legal-requests"),
    ("LegalRequest.given", gettext_lazy("what was given"), "oversight", "severe", "legal-requests"),
    ("Complaint.about", gettext_lazy("what the complaint is about"), "oversight", "high", "complaints"),
    ("Complaint.outcome", gettext_lazy("what was found"), "oversight", "high", "complaints"),
    ("ProtectionException.what", gettext_lazy("what is done differently"), "oversight", "moderate", "exceptions"),
    ("ProtectionException.why", gettext_lazy("why it is done differently"), "oversight", "moderate", "exceptions"),
    ("ExportRequest.reason", gettext_lazy("what a file is for"), "oversight", "moderate", "exports"),
)  # fmt: skip


class OwnRecords:
    """What privacy keeps of a person exists only while the person does: it is cut when they are forgotten."""

    name = "privacy"
    kinds = frozenset({"person"})

    def fields(self) -> tuple[PersonalField, ...]:
        found = (
            PersonalField(f"privacy.{path.split('.')[0]}", path.split(".")[1], what, purpose, class_, kept)
            for path, what, purpose, class_, kept in _FIELDS
        )
        return tuple(found)

    def find(self, subject: Subject) -> Held | None:
        return None

    def export(self, subject: Subject, *, for_staff: bool) -> list[ExportedRecord]:
        consents = list(
            Consent.objects.filter(person=subject.person).select_related("text").order_by("given_at")
        )
        requests = list(PersonRequest.objects.filter(person=subject.person).order_by("received_at", "pk"))
        holds = Hold.objects.filter(person=subject.person, ended_at=None).order_by("until", "pk")
        open_keys([*consents, *requests])
        return [
            *(_consent(row) for row in consents),
            *(_request(row) for row in requests),
            *(_hold(row) for row in holds),
        ]

    def correct(self, subject: Subject, values: Mapping[str, str], *, at: datetime) -> int:
        return 0

    def restrict(self, subject: Subject, *, is_restricted: bool, at: datetime) -> int:
        return 0

    def erase(self, subject: Subject, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
        """Done by the farewell that whoever holds the person says (`consent`, `requests`, `holds`)."""
        return []


def _day(at: datetime) -> str:
    return date_format(at, "DATE_FORMAT")


def _consent(row: Consent) -> ExportedRecord:
    values = [(_("text"), row.text.body), (_("how"), row.get_mode_display())]
    if row.receiver:
        values += [(_("to whom"), row.receiver), (_("what"), ", ".join(row.part_labels))]
    if row.given_by != Consent.By.PERSON:
        values.append((_("given by"), row.get_given_by_display()))
    if row.caregiver:
        values.append((_("who cares for the minor"), row.caregiver))
    if row.withdrawn_at:
        values.append((_("withdrawn"), _day(row.withdrawn_at)))
    return ExportedRecord(
        _("Permission"), tuple((label, str(value)) for label, value in values), row.given_at
    )


def _request(row: PersonRequest) -> ExportedRecord:
    values = [(_("receipt"), row.code), (_("what they want"), row.get_kind_display())]
    if row.wish:
        values.append((_("in their words"), row.wish))
    if row.answered_at:
        values.append((_("outcome"), row.get_outcome_display()))
    if row.answer:
        values.append((_("what was answered"), row.answer))
    return ExportedRecord(
        _("Request"), tuple((label, str(value)) for label, value in values), row.received_at
    )


def _hold(row: Hold) -> ExportedRecord:
    values = ((_("why"), str(row.get_basis_display())), (_("until"), date_format(row.until, "DATE_FORMAT")))
    return ExportedRecord(_("Kept for a time because of a legal matter"), values, row.at)


holders["privacy"] = OwnRecords()
