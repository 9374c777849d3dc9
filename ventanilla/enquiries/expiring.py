"""What of enquiries runs out by itself, and what is not erased yet although it has run out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.models import Inbound
from ventanilla.privacy.retention import PLANNED, Expiring, Postponed, expirers, postponers

from .erasing import erase_identifiers, erase_words, let_go
from .models import Enquiry, Person, Referral


@expirers.add("words")
class Words:
    """What was said, so long after an enquiry was closed. A new message opens it and the time begins anew."""

    @staticmethod
    def waiting(*, before: datetime) -> Iterator[Expiring]:
        rows = Enquiry.objects.filter(words_erased_at=None, closed_at__lt=before).select_related("hub")
        for row in rows.order_by("closed_at", "pk"):
            since = row.closed_at or row.opened_at
            yield Expiring("words", row.pk, row.code, row.country, row.hub.ref, since, row.person_id)

    @staticmethod
    def expire(row: Expiring, *, at: datetime) -> bool:
        still = Enquiry.objects.select_for_update(of=("self",)).filter(
            pk=row.ref, words_erased_at=None, closed_at=row.since
        )
        enquiry = still.select_related("person").first()
        if enquiry is None:
            return False
        erase_words(enquiry, reason=PLANNED, by=None, at=at)
        if enquiry.person:
            let_go(enquiry.person)
        return True


@expirers.add("identifiers")
class Identifiers:
    """Who somebody is, so long after the last of their enquiries was closed."""

    @staticmethod
    def waiting(*, before: datetime) -> Iterator[Expiring]:
        open_ones = Enquiry.objects.filter(person=OuterRef("pk"), closed_at=None)
        rows = Person.objects.filter(erased_at=None, merged_into=None).exclude(Exists(open_ones))
        last = rows.annotate(last=Max("enquiries__closed_at"))
        due = Q(last__lt=before) | Q(last=None, created_at__lt=before)
        for person in last.filter(due).order_by("pk"):
            yield _of_person(person, person.last or person.created_at)  # type: ignore[attr-defined]  # annotated

    @staticmethod
    def expire(row: Expiring, *, at: datetime) -> bool:
        person = Person.objects.select_for_update().filter(pk=row.ref, erased_at=None).first()
        if person is None or person.enquiries.filter(Q(closed_at=None) | Q(closed_at__gt=row.since)).exists():
            return False
        erase_identifiers(person, reason=PLANNED, by=None, at=at)
        person.refresh_from_db()
        let_go(person)
        return True


def _of_person(person: Person, since: datetime) -> Expiring:
    last = person.enquiries.select_related("hub").order_by("-closed_at", "-opened_at", "pk").first()
    label, country, hub = (last.code, last.country, last.hub.ref) if last else ("", "", "")
    return Expiring("identifiers", person.pk, label, country, hub, since, person.pk)


@expirers.add("unfiled")
class Unfiled:
    """Messages that came in and could not be filed with an enquiry, and that nobody looked at."""

    @staticmethod
    def waiting(*, before: datetime) -> Iterator[Expiring]:
        rows = Inbound.objects.filter(filed_at=None, received_at__lt=before).exclude(stuck_at=None)
        for row in rows.select_related("channel__hub").order_by("received_at", "pk"):
            hub = row.channel.hub.ref if row.channel.hub else ""
            label = str(row.channel)
            yield Expiring("unfiled", row.pk, label, row.channel.country, hub, row.received_at)

    @staticmethod
    def expire(row: Expiring, *, at: datetime) -> bool:
        # The key of the day goes with the last message under it (`channels.intake.destroy_used_keys`).
        deleted, _by_model = Inbound.objects.filter(pk=row.ref, filed_at=None).delete()
        return bool(deleted)


@postponers.add("referred")
def kept_by_referral(rows: list[Expiring], at: datetime) -> Mapping[UUID, Postponed]:
    """While somebody's case is with another service, nothing of theirs is erased."""
    people = {row.person for row in rows if row.person}
    is_open = Exists(Referral.objects.open().filter(enquiry=OuterRef("pk")))
    with_others = Enquiry.objects.filter(person__in=people).filter(Q(state=Enquiry.State.REFERRED) | is_open)
    kept = set(with_others.values_list("person", flat=True))
    why = _("a case of this person is with another service")
    return {row.ref: Postponed(why) for row in rows if row.person in kept}
