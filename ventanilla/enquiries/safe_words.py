"""A word that somebody agrees with the hub: written or said alone, it means "I am not alone".

From then on nothing is written to them, on any channel, and their return code opens nothing, until they give
the code and the word together or somebody of the staff has made sure that they are safe. Guidance on serving
people at a distance who are watched at home asks for such a word ("GBV service provision during COVID-19",
https://docslib.org/doc/6625658/gbv-service-provision-during-covid-19).
"""

import hmac
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.channels import outbox
from ventanilla.channels.models import Outbound
from ventanilla.lib.errors import DomainError
from ventanilla.lib.text import fold

from . import actions, automatic, helped
from .models import Enquiry, Person

SHORTEST, LONGEST = 4, 40


class UnfitWord(DomainError):
    message = _(
        "Choose a word of 4 to 40 letters that you do not use otherwise: no number, and none that has a "
        "meaning here, such as “persona” or “sí”."
    )


class NobodyThere(DomainError):
    message = _("Who asked has been deleted: there is nobody to agree on a word with.")


def agree(*, person: Person | None, word: str, at: datetime) -> None:
    """Keep this word, sealed; an empty one takes it away. Raises UnfitWord and NobodyThere."""
    if person is None or person.erased_at:
        raise NobodyThere
    word = " ".join(word.split())
    if word and not _is_fit(word):
        raise UnfitWord
    person.safe_word = word or None
    person.save(update_fields=["safe_word"])


def agree_by_staff(*, enquiry: Enquiry, word: str, by: User, at: datetime) -> None:
    """The same, typed in at the counter or on the telephone. Raises UnfitWord and NobodyThere."""
    agree(person=enquiry.person, word=word, at=at)
    actions.log(enquiry, "write", by=by, at=at)


def word_of(person: Person | None) -> str:
    """The word that was agreed on; "" where there is none."""
    return (person.safe_word or "") if person and person.erased_at is None else ""


def _is_fit(word: str) -> bool:
    if not SHORTEST <= len(word) <= LONGEST or not _plain(word).replace(" ", "").isalpha():
        return False
    is_command = automatic.wants_a_person(word) or word.casefold() in automatic.BEGINNINGS
    return not is_command and not helped.meant(word)


def listen(enquiry: Enquiry, said: str, *, at: datetime) -> bool:
    """Whether these words are the safe word of who asks; then nobody writes to them any more."""
    person = enquiry.person
    if person is None or not said or not any(_is_word(one.safe_word, said) for one in _of(person)):
        return False
    note_said(enquiry=enquiry, by=None, at=at)
    return True


@transaction.atomic
def note_said(*, enquiry: Enquiry, by: User | None, at: datetime) -> None:
    """They are not alone: what has not left is taken back, and the case shows it. Raises NobodyThere."""
    person = enquiry.person
    if person is None or person.erased_at:
        raise NobodyThere
    person.unsafe_since = at
    person.save(update_fields=["unsafe_since"])
    waiting = Outbound.objects.filter(message__enquiry__person=person, state=Outbound.State.QUEUED)
    for row in waiting.order_by("pk"):
        with suppress(outbox.NotCancellable):
            outbox.take_back(message=row)
    enquiry.answers_automatically = False
    if enquiry.danger == Enquiry.Danger.NONE:
        enquiry.danger = Enquiry.Danger.POSSIBLE
        actions.note_change(enquiry, "danger", str(enquiry.danger), by=by, at=at)
    enquiry.save(update_fields=["answers_automatically", "danger"])
    actions.note_change(enquiry, "safe-word", "said", by=by, at=at)
    if by:
        actions.log(enquiry, "write", by=by, at=at)


@transaction.atomic
def make_sure(*, enquiry: Enquiry, by: User, at: datetime) -> None:
    """Somebody of the staff has made sure that they are safe again. Raises NobodyThere."""
    if enquiry.person is None:
        raise NobodyThere
    _safe_again(enquiry.person)
    actions.note_change(enquiry, "safe-word", "safe", by=by, at=at)
    actions.log(enquiry, "write", by=by, at=at)


def come_back(digest: str, word: str) -> bool:
    """Somebody gives the code (its digest) and the word together: the conversation opens again."""
    person = Person.objects.filter(return_code=digest, erased_at=None).exclude(unsafe_since=None).first()
    if person is None or not word or not any(_is_word(one.safe_word, word) for one in _of(person)):
        return False
    _safe_again(person)
    for enquiry in person.enquiries.all():
        actions.touch(enquiry)
    return True


def _safe_again(person: Person) -> None:
    person.unsafe_since = None
    person.save(update_fields=["unsafe_since"])


def _of(person: Person) -> Iterable[Person]:
    """This person and those who were joined to them by hand, as far as they have a word."""
    return Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person)).filter(safe_word__isnull=False)


def _is_word(word: str | None, said: str) -> bool:
    return word is not None and hmac.compare_digest(_plain(word).encode(), _plain(said).encode())


def _plain(text: str) -> str:
    """Without accents, capitals and the signs that telephones add."""
    letters = "".join(sign if sign.isalnum() else " " for sign in fold(text))
    return " ".join(letters.split())
