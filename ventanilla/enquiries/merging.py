"""One person with several addresses: joined by hand only, and undone as easily."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.lib.errors import DomainError

from .actions import log, note_change
from .models import Enquiry, Identity, Person


class CannotJoin(DomainError):
    message = _("These cases cannot be joined: they are of the same person, or who asked has been deleted.")


@transaction.atomic
def join(*, enquiry: Enquiry, into: Enquiry, by: User, at: datetime) -> None:
    """Say that who asks in `enquiry` is who asks in `into`; addresses and cases follow. Raises CannotJoin."""
    one, other = _living(enquiry), _living(into)
    if one is None or other is None or one.pk == other.pk or one.merged.exists():
        raise CannotJoin
    Identity.objects.filter(person=one).update(person=other, before_merge=one)
    Enquiry.objects.filter(person=one).update(person=other, before_merge=one)
    Person.objects.filter(pk=one.pk).update(merged_into=other, return_code=None)
    if one.unsafe_since and not other.unsafe_since:
        # Whoever is not alone on one channel is not alone on the other.
        Person.objects.filter(pk=other.pk).update(unsafe_since=one.unsafe_since)
    _note(enquiry, "joined", by=by, at=at)


@transaction.atomic
def part(*, enquiry: Enquiry, by: User, at: datetime) -> None:
    """Undo it: what was brought along goes back. Raises CannotJoin."""
    before = enquiry.before_merge
    if before is None or before.erased_at:
        raise CannotJoin
    Identity.objects.filter(before_merge=before).update(person=before, before_merge=None)
    Enquiry.objects.filter(before_merge=before).update(person=before, before_merge=None)
    # Who said it while they counted as one is not known any more: both are taken care of.
    unsafe = before.merged_into.unsafe_since if before.merged_into else None
    Person.objects.filter(pk=before.pk).update(merged_into=None, unsafe_since=unsafe)
    _note(enquiry, "parted", by=by, at=at)


def _living(enquiry: Enquiry) -> Person | None:
    rows = Person.objects.select_for_update().filter(merged_into=None, erased_at=None, restricted_at=None)
    return rows.filter(pk=enquiry.person_id).first() if enquiry.person_id else None


def _note(enquiry: Enquiry, what: str, *, by: User, at: datetime) -> None:
    note_change(enquiry, what, "", by=by, at=at)
    log(enquiry, "write", by=by, at=at)
