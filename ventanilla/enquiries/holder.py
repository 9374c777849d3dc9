"""What enquiries hold of people, and how to find, export, correct, restrict and erase it."""

# ruff: noqa: E501 (a table reads better whole)

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.channels.models import Correspondence, Outbound
from ventanilla.privacy.consent import withdrawals
from ventanilla.privacy.holders import ExportedFile, ExportedRecord, Held, PersonalField, Subject, holders
from ventanilla.privacy.models import Consent
from ventanilla.privacy.models.consent import About
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files, open_keys

from . import facts, interpreting
from .erasing import erase_identifiers, erase_words, let_go
from .models import Appointment, Attachment, Callback, Enquiry, HelpQuestion, Identity, Message, Note, Person

# Files of one export, together; a person gets the others from the hub.
MOST_BYTES = 20 * 1024 * 1024
CORRECTABLE = ("name", "safe_contact", "language")

_FIELDS = (
    ("enquiries.Person.name", gettext_lazy("what they want to be called"), "contact", "high", "identifiers"),
    ("enquiries.Person.facts", gettext_lazy("what they told about themselves"), "answer", "high", "identifiers"),
    ("enquiries.Person.safe_contact", gettext_lazy("how to reach them safely"), "contact", "severe", "identifiers"),
    ("enquiries.Person.safe_word", gettext_lazy("safe word"), "protect", "severe", "identifiers"),
    ("enquiries.Person.unsafe_since", gettext_lazy("since when they are not alone"), "protect", "severe", "identifiers"),
    ("enquiries.Person.return_code", gettext_lazy("fingerprint of the return code"), "rights", "moderate", "identifiers"),
    ("enquiries.Person.language", gettext_lazy("language"), "answer", "low", "identifiers"),
    ("enquiries.Person.merged_into", gettext_lazy("joined by hand with"), "answer", "high", "identifiers"),
    ("enquiries.Identity.person", gettext_lazy("whose address"), "contact", "high", "identifiers"),
    ("enquiries.Identity.before_merge", gettext_lazy("whose address before joining"), "contact", "high", "identifiers"),
    ("enquiries.Identity.address", gettext_lazy("address or number on a channel"), "contact", "severe", "identifiers"),
    ("enquiries.Identity.lane", gettext_lazy("fingerprint of the address"), "deliver", "moderate", "identifiers"),
    ("enquiries.Callback.number", gettext_lazy("number to call back"), "contact", "severe", "identifiers"),
    ("enquiries.Callback.ask_for", gettext_lazy("whom to ask for on the telephone"), "contact", "high", "identifiers"),
    ("enquiries.Callback.safety", gettext_lazy("what to be careful about when calling"), "contact", "severe", "identifiers"),
    ("enquiries.Enquiry.person", gettext_lazy("who asks"), "answer", "high", "identifiers"),
    ("enquiries.Enquiry.before_merge", gettext_lazy("who asked before joining"), "answer", "high", "identifiers"),
    ("enquiries.Enquiry.danger", gettext_lazy("signs of danger"), "protect", "severe", "figures"),
    ("enquiries.HelpQuestion.answer", gettext_lazy("whether it helped"), "answer", "low", "words"),
    ("enquiries.Message.body", gettext_lazy("what was said"), "answer", "severe", "words"),
    ("enquiries.Message.choice", gettext_lazy("the button that was pressed"), "answer", "high", "words"),
    ("enquiries.Message.reference", gettext_lazy("number given by the provider"), "deliver", "moderate", "words"),
    ("enquiries.Note.body", gettext_lazy("notes of the staff"), "protect", "severe", "words"),
    ("enquiries.Attachment.reference", gettext_lazy("where the provider hands out a file"), "answer", "high", "words"),
    ("enquiries.Attachment.name", gettext_lazy("name of a file"), "answer", "high", "words"),
    ("privacy.SealedFile.name", gettext_lazy("name of a file"), "answer", "high", "words"),
    ("privacy.SealedPiece.sealed", gettext_lazy("contents of a file"), "answer", "severe", "words"),
    ("channels.Inbound.payload", gettext_lazy("a message as it came in"), "deliver", "severe", "unfiled"),
    ("channels.Inbound.external_id", gettext_lazy("number given by the provider"), "deliver", "moderate", "delivery"),
    ("channels.Inbound.lane", gettext_lazy("fingerprint of the address"), "deliver", "moderate", "delivery"),
    ("channels.Outbound.to", gettext_lazy("to whom a message goes"), "deliver", "severe", "words"),
    ("channels.Outbound.content", gettext_lazy("a message on its way"), "deliver", "severe", "words"),
    ("channels.Outbound.provider_id", gettext_lazy("number given by the provider"), "deliver", "moderate", "delivery"),
    ("channels.Outbound.lane", gettext_lazy("fingerprint of the address"), "deliver", "moderate", "delivery"),
    ("channels.DeliveryNote.provider_id", gettext_lazy("number given by the provider"), "deliver", "moderate", "delivery"),
    ("channels.Correspondence.lane", gettext_lazy("fingerprint of the address"), "deliver", "moderate", "identifiers"),
)  # fmt: skip


class EnquiriesHolder:
    """Everything around a person who asks; channels know addresses only, so they are answered for here."""

    name = "enquiries"
    kinds = frozenset({"person"})

    def fields(self) -> tuple[PersonalField, ...]:
        return tuple(PersonalField(*path.rsplit(".", 1), *rest) for path, *rest in _FIELDS)

    def find(self, subject: Subject) -> Held | None:
        person = Person.objects.filter(pk=subject.person, merged_into=None).first()
        last = _enquiries(person).last() if person else None
        if person is None or last is None:
            return None
        counts = {
            "enquiries": _enquiries(person).count(),
            "messages": Message.objects.filter(enquiry__person=person, enquiry__words_erased_at=None).count(),
            "notes": Note.objects.filter(enquiry__person=person, enquiry__words_erased_at=None).count(),
            "files": Attachment.objects.filter(enquiry__person=person).exclude(file=None).count(),
            "addresses": Identity.objects.filter(person=person).count(),
        }
        language = person.language or last.language
        is_restricted = person.restricted_at is not None
        return Held(last.code, last.country, last.hub.ref, language, is_restricted, counts)

    def export(self, subject: Subject, *, for_staff: bool) -> list[ExportedRecord]:
        person = Person.objects.filter(pk=subject.person).first()
        if person is None:
            return []
        enquiries = list(_enquiries(person))
        open_keys([person, *enquiries])
        space = _Space(MOST_BYTES)
        return [_who(person), *(_told(row, space, with_notes=for_staff) for row in enquiries)]

    @transaction.atomic
    def correct(self, subject: Subject, values: Mapping[str, str], *, at: datetime) -> int:
        person = Person.objects.select_for_update().filter(pk=subject.person, erased_at=None).first()
        changed = [name for name in CORRECTABLE if name in values] if person else []
        for name in changed:
            setattr(person, name, values[name].strip())
        if person and changed:
            person.save(update_fields=changed)
        return len(changed)

    def restrict(self, subject: Subject, *, is_restricted: bool, at: datetime) -> int:
        if is_restricted:
            _stop_sending(subject.person)
        return Person.objects.filter(pk=subject.person).update(restricted_at=at if is_restricted else None)

    @transaction.atomic
    def erase(self, subject: Subject, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
        person = Person.objects.select_for_update().filter(pk=subject.person).first()
        if person is None:
            return []
        certificates = [
            certificate
            for enquiry in _enquiries(person)
            for certificate in erase_words(enquiry, reason=reason, by=by, at=at)
        ]
        if person.erased_at is None:
            certificates += erase_identifiers(person, reason=reason, by=by, at=at)
        person.refresh_from_db()
        let_go(person)
        return certificates


def _enquiries(person: Person):  # type: ignore[no-untyped-def]
    return person.enquiries.select_related("hub").order_by("opened_at", "pk")


class _Space:
    """How many bytes of files an export may still take."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, size: int) -> bool:
        if size > self._left:
            return False
        self._left -= size
        return True


def _who(person: Person) -> ExportedRecord:
    if person.erased_at:
        when = date_format(person.erased_at, "DATE_FORMAT")
        return ExportedRecord(_("You"), ((_("deleted on"), when),), person.created_at)
    values = [
        (_("what you want to be called"), person.name),
        (_("how to reach you safely"), person.safe_contact),
        (_("your safe word"), person.safe_word or ""),
        (_("language"), _own_name(person.language)),
        *facts.in_words(person.facts or {}, get_language() or "es"),
    ]
    addresses = Identity.objects.filter(person=person).select_related("channel").order_by("created_at", "pk")
    # On the web chat somebody's address is the fingerprint of their return code, which tells them nothing.
    values += [(str(one.channel), one.address) for one in addresses if one.address != person.return_code]
    return ExportedRecord(
        _("You"), tuple((label, value) for label, value in values if value), person.created_at
    )


def _own_name(language: str) -> str:
    """A language as those who speak it call it; the code where nobody told us."""
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


def _told(enquiry: Enquiry, space: _Space, *, with_notes: bool) -> ExportedRecord:
    values = [
        (_("hub"), enquiry.hub.name(get_language() or "es")),
        (_("state"), str(enquiry.get_state_display())),
    ]
    if enquiry.words_erased_at:
        when = date_format(enquiry.words_erased_at, "DATE_FORMAT")
        values.append((_("words deleted on"), when))
        return _record(enquiry, values, ())
    answer = HelpQuestion.objects.filter(enquiry=enquiry).exclude(answer="").first()
    values += [(_("whether it helped"), str(answer.get_answer_display()))] if answer else []
    records = [*_messages(enquiry), *_attachments(enquiry, space)]
    records += [*_callbacks(enquiry), *_appointments(enquiry)]
    ordinary = enquiry.notes.filter(is_protected=False)
    records += _notes(ordinary) if with_notes else []
    hidden = enquiry.notes.count() - (ordinary.count() if with_notes else 0)
    if hidden:
        told = ngettext(
            "%(n)s note of the staff: ask in the hub to go through it with you",
            "%(n)s notes of the staff: ask in the hub to go through them with you",
            hidden,
        )
        values.append((_("notes"), told % {"n": hidden}))
    return _record(enquiry, values, records)


def _record(
    enquiry: Enquiry, values: Iterable[tuple[str, str]], records: Iterable[ExportedRecord]
) -> ExportedRecord:
    heading = _("Enquiry %(code)s") % {"code": enquiry.code}
    in_order = sorted(records, key=lambda record: record.at or enquiry.opened_at)
    return ExportedRecord(heading, tuple(values), enquiry.opened_at, tuple(in_order))


def _messages(enquiry: Enquiry) -> list[ExportedRecord]:
    said = {"in": _("You"), "out": _("The hub"), "auto": _("Automatic answer")}
    rows = enquiry.messages.order_by("at", "pk")
    return [ExportedRecord(said[row.direction], (("", row.body),), row.at) for row in rows]


def _notes(rows: Iterable[Note]) -> list[ExportedRecord]:
    return [ExportedRecord(_("Note of the staff"), (("", row.body),), row.at) for row in rows]


def _callbacks(enquiry: Enquiry) -> list[ExportedRecord]:
    rows = [row for row in enquiry.callbacks.order_by("made_at", "pk") if not row.is_erased]
    open_keys(rows)
    return [_callback(row) for row in rows]


def _callback(row: Callback) -> ExportedRecord:
    zone = ZoneInfo(row.enquiry.hub.country.timezone)
    window = [
        date_format(moment.astimezone(zone), "DATETIME_FORMAT") for moment in (row.due_from, row.due_until)
    ]
    values = (
        (_("when"), " – ".join(window)),
        (_("number"), row.number),
        (_("whom to ask for"), row.ask_for),
        (_("what to be careful about"), row.safety),
    )
    return ExportedRecord(_("Promised call"), tuple(pair for pair in values if pair[1]), row.made_at)


def _appointments(enquiry: Enquiry) -> list[ExportedRecord]:
    rows = enquiry.appointments.select_related("hub__country").order_by("starts_at", "pk")
    return [ExportedRecord(_("Appointment"), (_when(row),), row.booked_at) for row in rows]


def _when(row: Appointment) -> tuple[str, str]:
    return row.code, date_format(row.local_start(), "DATETIME_FORMAT")


def _attachments(enquiry: Enquiry, space: _Space) -> list[ExportedRecord]:
    rows = enquiry.attachments.exclude(file=None).order_by("at", "pk")
    kept = {row.pk: row for row in SealedFile.objects.filter(pk__in=rows.values("file"))}
    return [_file(row, kept[row.file], space) for row in rows if row.file in kept]


def _file(row: Attachment, kept: SealedFile, space: _Space) -> ExportedRecord:
    try:
        content = files.read(kept, at=row.at) if space.take(kept.size) else None
    except files.FileRefused:
        content = None
    if content is None:
        values = ((kept.name, _("ask in the hub for this file")),)
        return ExportedRecord(_("File"), values, row.at)
    return ExportedRecord(_("File"), (), row.at, (), ExportedFile(kept.name, kept.content_type, content))


# What stops when a person says so


def _stop_sending(person: UUID) -> None:
    waiting = Outbound.objects.filter(message__enquiry__person=person, state=Outbound.State.QUEUED)
    waiting.update(state=Outbound.State.CANCELLED, settled_at=F("queued_at"))


@withdrawals.add("enquiries")
def stop_writing(consent: Consent, at: datetime) -> None:
    """Who withdraws the consent to be written to is not written to any more, on any channel."""
    if consent.about != About.CONTACT or consent.person is None:
        return
    _stop_sending(consent.person)
    for one in Identity.objects.filter(person=consent.person):
        rows = Correspondence.objects.filter(channel=one.channel_id, lane=one.lane, stopped_at=None)
        rows.update(stopped_at=at, opted_in_at=None)


@withdrawals.add("shared-hubs")
def stop_sharing(consent: Consent, at: datetime) -> None:
    """Who withdraws the consent to share with a hub is not seen by that hub any more."""
    if consent.about != About.SHARE or consent.person is None:
        return
    for enquiry in Enquiry.objects.filter(person=consent.person):
        enquiry.shared_with.through.objects.filter(enquiry=enquiry, hub__ref=consent.receiver).delete()
        interpreting.forget_hub(enquiry, consent.receiver, at=at)


holders["enquiries"] = EnquiriesHolder()
