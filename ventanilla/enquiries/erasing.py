"""Erasing what people told and who they are: keys are destroyed, traces deleted, coded columns stay."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ventanilla.accounts.models import User
from ventanilla.channels.models import Correspondence, DeliveryNote, Inbound, Outbound
from ventanilla.privacy.retention import say_farewell
from ventanilla.privacy.sealing import destroy_key, files

from .actions import note_change
from .models import Attachment, Enquiry, HelpQuestion, Identity, InterpreterRequest, Message, Note, Person
from .referral_ends import forget_referrals


def erase_words(enquiry: Enquiry, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
    """Destroy what was said in an enquiry, and close it; what is left can be counted, not read."""
    if enquiry.words_erased_at:
        return []
    certificate = destroy_key(
        enquiry.sealed_under, reason=reason, by=by, at=at, holder="enquiry", counts=_counts(enquiry)
    )
    _forget_deliveries(enquiry)
    HelpQuestion.objects.filter(enquiry=enquiry, is_asked=False).delete()
    HelpQuestion.objects.filter(enquiry=enquiry).update(enquiry=None, message=None)
    running = InterpreterRequest.objects.filter(enquiry=enquiry, state__in=InterpreterRequest.RUNNING)
    running.update(state=InterpreterRequest.State.CANCELLED, changed_at=at)
    kept = Attachment.objects.filter(enquiry=enquiry, file__isnull=False)
    files.remove(files=[file for file in kept.values_list("file", flat=True) if file])
    Attachment.objects.filter(enquiry=enquiry).update(file=None, reference=None, fetch_at=None)
    handed_on = forget_referrals(enquiry, reason=reason, by=by, at=at)
    _close_for_good(enquiry, by=by, at=at)
    return [certificate.pk, *handed_on]


def _counts(enquiry: Enquiry) -> dict[str, int]:
    return {
        name: model.objects.filter(enquiry=enquiry).count()
        for name, model in (("messages", Message), ("notes", Note), ("files", Attachment))
    }


def _forget_deliveries(enquiry: Enquiry) -> None:
    """A provider's number can contain the telephone number: it goes with the words."""
    sent = Outbound.objects.filter(sealed_under=enquiry.sealed_under)
    numbers = sent.exclude(provider_id="").values("channel", "provider_id")
    for row in numbers:
        DeliveryNote.objects.filter(**row).delete()
    sent.filter(state=Outbound.State.QUEUED).update(state=Outbound.State.CANCELLED)
    sent.exclude(state=Outbound.State.SENDING).update(provider_id="", lane="")
    Inbound.objects.filter(message__enquiry=enquiry).delete()


def _close_for_good(enquiry: Enquiry, *, by: User | None, at: datetime) -> None:
    if enquiry.is_open:
        enquiry.state, enquiry.closed_at = Enquiry.State.CLOSED, at
        note_change(enquiry, "state", Enquiry.State.CLOSED, by=by, at=at)
    enquiry.words_erased_at = at
    enquiry.waiting_since = enquiry.promise_due_at = enquiry.snoozed_until = None
    enquiry.save(
        update_fields=[
            "state", "closed_at", "words_erased_at", "waiting_since", "promise_due_at", "snoozed_until",
        ]
    )  # fmt: skip


def erase_identifiers(person: Person, *, reason: str, by: User | None, at: datetime) -> list[UUID]:
    """Destroy who somebody is and how they were reached; those joined to them by hand go with them."""
    people = list(Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person)))
    identities = list(Identity.objects.filter(person__in=people))
    keys = dict.fromkeys([*(one.sealed_under for one in people), *(one.sealed_under for one in identities)])
    counts = {"people": len(people), "addresses": len(identities)}
    certificates = [
        destroy_key(key, reason=reason, by=by, at=at, holder="person", counts=counts).pk for key in keys
    ]
    _forget_correspondence(identities)
    Identity.objects.filter(pk__in=[one.pk for one in identities]).delete()
    Person.objects.filter(pk__in=[one.pk for one in people]).update(erased_at=at, return_code=None)
    for one in people:
        say_farewell(one.pk, reason=reason, at=at)
    return certificates


def _forget_correspondence(identities: Iterable[Identity]) -> None:
    for one in identities:
        Correspondence.objects.filter(channel=one.channel_id, lane=one.lane).delete()


def let_go(person: Person) -> bool:
    """Cut the last link between enquiries and somebody of whom nothing is left; says whether it was time."""
    if person.erased_at is None or person.enquiries.filter(words_erased_at=None).exists():
        return False
    Enquiry.objects.filter(person=person).update(person=None)
    Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person)).delete()
    return True
