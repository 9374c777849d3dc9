"""What is taken down by hand, at the counter, on the telephone or later from paper; and taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Hub
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.retention import say_farewell
from ventanilla.privacy.sealing import destroy_key, open_keys

from . import actions, coding
from .models import Enquiry, Message, StateChange

# How long a slip of the keyboard can be undone.
UNDO = timedelta(minutes=15)
TAKEN_DOWN, OUTCOME, AT_ONCE = "taken-down", "outcome", "answered-at-once"
# The word of the certificates of what was undone.
MISTAKE = "mistake"


class StillToCome(DomainError):
    message = _("This moment is still to come. When did the person ask?")


class NothingToUndo(DomainError):
    message = _("It cannot be undone any more: time has passed, or somebody went on with the case. Close it.")


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken down, in the clear, for putting it back into the form."""

    hub: Hub
    body: str
    channel_kind: str
    language: str
    answer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    topics: Sequence[str] = ()
    took_place_at: datetime | None = None


@transaction.atomic
def take_down(
    *,
    hub: Hub,
    body: str,
    channel_kind: str,
    language: str,
    by: User,
    at: datetime,
    answer: str = "",
    told: Mapping[str, str] | None = None,
    topics: Sequence[str] = (),
    took_place_at: datetime | None = None,
) -> Enquiry:
    """Open an anonymous enquiry for who takes it down; with an answer it is closed at once.

    `told`: answers to `facts.questions()`, each of which may be missing. `took_place_at`: when the person
    asked, where that was written on paper. Raises StillToCome, NothingWritten and UnknownTopic.
    """
    took_place = took_place_at or at
    if took_place > at:
        raise StillToCome
    if not body.strip():
        raise actions.NothingWritten
    enquiry = actions.open_enquiry(hub=hub, channel_kind=channel_kind, language=language, at=took_place)
    _say(enquiry, Message.Direction.IN, body, by=by, at=took_place)
    enquiry.assigned_to, enquiry.last_message_at = by, took_place
    if answer.strip():
        _answer_at_once(enquiry, answer, by=by, at=took_place)
    enquiry.save()
    if topics or told:
        coding.set_codes(enquiry=enquiry, topics=topics, facts=told, by=by, at=at)
    # When and by whom it was typed, which is not when the person asked.
    actions.note_change(enquiry, TAKEN_DOWN, channel_kind, by=by, at=at)
    actions.log(enquiry, "write", by=by, at=at)
    return enquiry


def _say(enquiry: Enquiry, direction: "Message.Direction", body: str, *, by: User, at: datetime) -> None:
    message = Message(
        enquiry=enquiry, sealed_under=enquiry.sealed_under, direction=direction, at=at, author=by,
        language=enquiry.language,
    )  # fmt: skip
    message.body = body
    message.save(force_insert=True)


def _answer_at_once(enquiry: Enquiry, answer: str, *, by: User, at: datetime) -> None:
    _say(enquiry, Message.Direction.OUT, answer, by=by, at=at)
    enquiry.state, enquiry.closed_at = Enquiry.State.CLOSED, at
    enquiry.first_answer_at, enquiry.waiting_since = at, None
    actions.note_change(enquiry, "state", Enquiry.State.CLOSED, by=by, at=at)
    actions.note_change(enquiry, OUTCOME, AT_ONCE, by=by, at=at)


# Undoing


def can_be_undone(enquiry: Enquiry, *, by: User, at: datetime) -> bool:
    """Whether this person typed it just now and nothing else has happened with it."""
    typed = StateChange.objects.filter(enquiry=enquiry, what=TAKEN_DOWN, by=by, at__gt=at - UNDO)
    is_untouched = enquiry.person is not None and enquiry.person.return_code is None
    return is_untouched and typed.exists() and not any(rows.exists() for rows in _happened_since(enquiry))


def _happened_since(enquiry: Enquiry) -> list[Any]:
    mine = enquiry.messages.order_by("at", "pk")
    later = mine.filter(direction=Message.Direction.IN)[1:], mine.filter(direction=Message.Direction.OUT)[1:]
    follows = enquiry.notes, enquiry.attachments, enquiry.callbacks, enquiry.appointments
    return [*later, *(rows.all() for rows in follows)]


@transaction.atomic
def take_back(*, enquiry: Enquiry, by: User, at: datetime) -> Taken:
    """Undo a slip of the keyboard: the enquiry is gone, its keys too, and what it held is handed back.

    Raises NothingToUndo.
    """
    locked = (
        Enquiry.objects.select_for_update(of=("self",)).select_related("hub", "person").get(pk=enquiry.pk)
    )
    if not can_be_undone(locked, by=by, at=at) or locked.person is None:
        raise NothingToUndo
    taken, person = _taken(locked), locked.person
    actions.log(locked, "write", by=by, at=at)
    for key in (locked.sealed_under, person.sealed_under):
        destroy_key(key, reason=MISTAKE, by=by, at=at, holder="enquiry")
    say_farewell(person.pk, reason=MISTAKE, at=at)
    locked.delete()
    person.delete()
    return taken


def _taken(enquiry: Enquiry) -> Taken:
    said = list(enquiry.messages.order_by("at", "pk"))
    open_keys([*said, enquiry.person])
    words = {message.direction: message.body for message in said}
    return Taken(
        enquiry.hub, words[Message.Direction.IN], enquiry.channel_kind, enquiry.language,
        words.get(Message.Direction.OUT, ""), dict(enquiry.person.facts or {}) if enquiry.person else {},
        tuple(enquiry.codings.order_by("pk").values_list("topic", flat=True)), enquiry.opened_at,
    )  # fmt: skip
