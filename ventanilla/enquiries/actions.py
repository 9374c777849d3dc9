"""Changes to enquiries: each is one transaction, noted in the access log when staff make it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import User
from ventanilla.channels import outbox
from ventanilla.channels.contract import Arrived, Content
from ventanilla.channels.models import Channel, Inbound, Outbound, lane
from ventanilla.hubs.models import Hub
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import files, new_key

from . import codes, fetching, sending_files, threads
from .models import Attachment, Enquiry, Identity, Message, Note, Person, Referral, StateChange, return_digest


class EnquiryClosed(DomainError):
    message = _("This enquiry is closed. Reopen it to go on.")


class NotAlone(DomainError):
    message = _(
        "The person has said their safe word: somebody may be reading along. Make sure first that they "
        "are safe."
    )


class NothingWritten(DomainError):
    message = _("Write something first.")


class WordsErased(DomainError):
    message = _("What was said here has been deleted. Open a new enquiry instead.")


class NotInThisHub(DomainError):
    message = _("This colleague does not see cases of this hub.")


class OnlyForProtection(DomainError):
    message = _("Only the protection role writes protected notes.")


class WithAColleague(DomainError):
    message = _("A colleague looks after this case. Ask them, or the coordinator of the hub.")


class NobodyToReturn(DomainError):
    message = _("Who asked here has been deleted: nobody could come back with a code.")


# Opening


def new_person(*, scope: str, language: str, at: datetime) -> Person:
    """Somebody of whom nothing is known yet, with a key of their own."""
    person = Person(sealed_under=new_key(scope=scope), language=language, created_at=at)
    person.save(force_insert=True)
    return person


@transaction.atomic
def open_enquiry(
    *,
    hub: Hub,
    at: datetime,
    channel_kind: str,
    channel: Channel | None = None,
    person: Person | None = None,
    language: str = "",
    by: User | None = None,
) -> Enquiry:
    """Begin an enquiry; anonymous unless a person is given."""
    scope = f"hub:{hub.ref}"
    if person is None:
        person = new_person(scope=scope, language=language, at=at)
    enquiry = Enquiry(
        hub=hub, country=hub.country_id, person=person, channel=channel, channel_kind=channel_kind,
        language=language or person.language, opened_at=at, waiting_since=at,
        sealed_under=new_key(scope=scope),
    )  # fmt: skip
    _save_under_a_free_code(enquiry)
    note_change(enquiry, "opened", enquiry.state, by=by, at=at)
    if by:
        log(enquiry, "write", by=by, at=at)
    return enquiry


def _save_under_a_free_code(enquiry: Enquiry) -> None:
    for _try in range(20):
        enquiry.code = codes.new_case_code(enquiry.hub.ref)
        try:
            with transaction.atomic():
                enquiry.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise IntegrityError("No free case code was found in twenty tries.")


@transaction.atomic
def give_return_code(*, enquiry: Enquiry, by: User, at: datetime) -> str:
    """A new code with which the person comes back, from any phone; the former one ends. Shown only once.

    Sixteen digits; what is kept is their keyed digest. Raises NobodyToReturn.
    """
    code = codes.new_return_code()
    living = Person.objects.filter(enquiries=enquiry, erased_at=None)
    if not living.update(return_code=return_digest(code)):
        raise NobodyToReturn
    log(enquiry, "write", by=by, at=at)
    return code


# What is said


@transaction.atomic
def receive_message(
    *,
    enquiry: Enquiry,
    body: str,
    at: datetime,
    inbound: Inbound | None = None,
    arrived: Arrived | None = None,
    by: User | None = None,
) -> Message:
    """The person says something; a closed enquiry opens again. `by`: who of the staff typed it in.

    `inbound` and `arrived`: what a channel received. Raises WordsErased.
    """
    if enquiry.words_erased_at:
        raise WordsErased
    message = _say(enquiry, Message.Direction.IN, body, at=at, author=by, inbound=inbound, arrived=arrived)
    if enquiry.state != Enquiry.State.NEW:
        set_state(enquiry, Enquiry.State.WAITING, by=by, at=at)
    enquiry.waiting_since = enquiry.waiting_since or at
    enquiry.snoozed_until = None
    enquiry.last_message_at = max(enquiry.last_message_at or at, at)
    enquiry.save(update_fields=["waiting_since", "snoozed_until", "last_message_at", "state", "closed_at"])
    if by:
        log(enquiry, "write", by=by, at=at)
    return message


def keep_message(*, enquiry: Enquiry, arrived: Arrived, at: datetime, inbound: Inbound) -> Message:
    """The person says something for which nobody has to do anything: the enquiry stays as it is."""
    message = _say(enquiry, Message.Direction.IN, arrived.text, at=at, inbound=inbound, arrived=arrived)
    Message.objects.filter(pk=message.pk).update(to_answer=False)
    return message


@transaction.atomic
def reply(
    *,
    enquiry: Enquiry,
    author: User,
    body: str,
    at: datetime,
    cites: list[Any] | None = None,
    file: files.Accepted | None = None,
    to: Message | None = None,
    is_translated: bool = False,
) -> Message:
    """Answer the person over the channel they used; at the counter and on the phone it is only noted.

    `to`: the message of the person that is answered, where one was chosen. `file` goes along, or after the
    words where the channel does not carry both at once. `is_translated`: the words are a machine's. Raises
    EnquiryClosed, WordsErased, NothingWritten, NotAlone, and for a file NoFilesHere, NotCarriedHere,
    TooLargeHere.
    """
    _refuse_where_nothing_can_be_said(enquiry, body, file)
    is_apart = file is not None and sending_files.goes_apart(enquiry.channel, file, body)
    message = _answer(enquiry, author, body, cites, file=None if is_apart else file, to=to, at=at)
    if is_translated:
        message.is_translated = True
        message.save(update_fields=["is_translated"])
    if is_apart:
        message = _answer(enquiry, author, "", None, file=file, at=at + timedelta(microseconds=1))
    note_answered(enquiry, by=author, at=at)
    log(enquiry, "write", by=author, at=at)
    return message


@transaction.atomic
def reply_with(*, enquiry: Enquiry, author: User, content: Content, at: datetime) -> Message:
    """Answer with content that is ready, such as an approved text.

    Raises EnquiryClosed, WordsErased, NothingWritten and NotAlone.
    """
    _refuse_where_nothing_can_be_said(enquiry, content.text, None)
    outbound = send(enquiry, content, at=at)
    message = _say(enquiry, Message.Direction.OUT, content.text, at=at, author=author, outbound=outbound)
    note_answered(enquiry, by=author, at=at)
    log(enquiry, "write", by=author, at=at)
    return message


def _answer(
    enquiry: Enquiry,
    author: User,
    body: str,
    cites: list[Any] | None,
    *,
    at: datetime,
    file: files.Accepted | None = None,
    to: Message | None = None,
) -> Message:
    """Say one thing, with the file that goes along."""
    kept = files.keep(file, sealed_under=enquiry.sealed_under, at=at) if file else None
    content = Content(
        text=body, language=enquiry.language or "es", file=kept.pk.hex if kept else "",
        replies_to=to.reference if to and threads.can_quote(enquiry) else "",
    )  # fmt: skip
    outbound = send(enquiry, content, at=at)
    message = _say(
        enquiry, Message.Direction.OUT, body, at=at, author=author, cites=cites, outbound=outbound, to=to
    )
    if file and kept:
        _note_file(enquiry, kept, name=file.name, message=message, at=at)
    return message


def _refuse_where_nothing_can_be_said(enquiry: Enquiry, body: str, file: files.Accepted | None) -> None:
    if enquiry.words_erased_at:
        raise WordsErased
    if not enquiry.is_open:
        raise EnquiryClosed
    if not (body.strip() or file):
        raise NothingWritten
    if enquiry.unsafe_since and enquiry.channel and not enquiry.channel.speaks.is_staffed:
        raise NotAlone


def note_answered(enquiry: Enquiry, *, by: User | None, at: datetime) -> None:
    """The clock of the person who waited stops; a case that is with another service stays there."""
    is_with_others = enquiry.referrals.filter(state__in=Referral.OPEN).exists()
    set_state(enquiry, Enquiry.State.REFERRED if is_with_others else Enquiry.State.ANSWERED, by=by, at=at)
    enquiry.waiting_since = None
    enquiry.first_answer_at = enquiry.first_answer_at or at
    enquiry.last_message_at = at
    enquiry.save(update_fields=["state", "closed_at", "waiting_since", "first_answer_at", "last_message_at"])


def send(enquiry: Enquiry, content: Content, *, at: datetime) -> Outbound | None:
    """Put something into the person's lane; None where the channel is a person's own voice."""
    if enquiry.channel is None or enquiry.channel.speaks.is_staffed:
        return None
    identity = Identity.objects.filter(person=enquiry.person, channel=enquiry.channel).order_by("pk").last()
    if identity is None:
        return None
    content = threads.hung(content, enquiry, enquiry.channel)
    return outbox.queue(
        channel=enquiry.channel, to=identity.address, content=content, key=enquiry.sealed_under, at=at
    )


def _say(
    enquiry: Enquiry,
    direction: "Message.Direction",
    body: str,
    *,
    at: datetime,
    author: User | None = None,
    cites: list[Any] | None = None,
    inbound: Inbound | None = None,
    arrived: Arrived | None = None,
    outbound: Outbound | None = None,
    to: Message | None = None,
) -> Message:
    message = Message(
        enquiry=enquiry, sealed_under=enquiry.sealed_under, direction=direction, at=at, author=author,
        cites=cites or [], language=enquiry.language, inbound=inbound, outbound=outbound,
        to_answer=inbound is not None and bool(body.strip()), replies_to=to,
    )  # fmt: skip
    message.body = body
    if inbound and arrived:
        message.replies_to = threads.answered_by(enquiry, arrived, inbound.channel)
        message.choice, message.reference = arrived.choice, arrived.reference or arrived.external_id
    message.save(force_insert=True)
    touch(enquiry)
    return message


def say_automatically(
    *, enquiry: Enquiry, content: Content, at: datetime, cites: list[Any] | None = None
) -> Message:
    """An answer of the house itself; it stops no clock, since a person still waits for a person."""
    outbound = send(enquiry, replace(content, is_automatic=True), at=at)
    return _say(enquiry, Message.Direction.AUTO, content.text, at=at, cites=cites, outbound=outbound)


@transaction.atomic
def add_note(*, enquiry: Enquiry, author: User, body: str, at: datetime, is_protected: bool = False) -> Note:
    """A word among colleagues. Raises NothingWritten, WordsErased and OnlyForProtection."""
    if not body.strip():
        raise NothingWritten
    if enquiry.words_erased_at:
        raise WordsErased
    if is_protected and not reach(author, Right.PROTECTED).covers(enquiry.country, hub=enquiry.hub.ref):
        raise OnlyForProtection
    note = Note(
        enquiry=enquiry, sealed_under=enquiry.sealed_under, author=author, at=at, is_protected=is_protected
    )
    note.body = body
    note.save(force_insert=True)
    touch(enquiry)
    log(enquiry, "write", by=author, at=at)
    return note


@transaction.atomic
def attach(
    *,
    enquiry: Enquiry,
    accepted: files.Accepted,
    at: datetime,
    message: Message | None = None,
    by: User | None = None,
) -> Attachment:
    """Keep a file that was looked at and cleaned (`files.accept`). `by`: who of the staff brought it.

    Raises WordsErased.
    """
    if enquiry.words_erased_at:
        raise WordsErased
    kept = files.keep(accepted, sealed_under=enquiry.sealed_under, at=at)
    row = _note_file(enquiry, kept, name=accepted.name, message=message, at=at)
    if by:
        log(enquiry, "write", by=by, at=at)
    return row


def _note_file(
    enquiry: Enquiry, kept: SealedFile, *, name: str, message: Message | None, at: datetime
) -> Attachment:
    row = Attachment(
        enquiry=enquiry, message=message, sealed_under=enquiry.sealed_under, file=kept.pk, at=at,
        content_type=kept.content_type, size=kept.size,
    )  # fmt: skip
    row.name = name
    row.save(force_insert=True)
    return row


# What becomes of it


@transaction.atomic
def assign(*, enquiry: Enquiry, to: User | None, by: User, at: datetime) -> None:
    """Give it to a colleague who sees cases of the hub, or back to everybody.

    Raises WithAColleague and NotInThisHub.
    """
    refuse_to_meddle(enquiry, by)
    if to is not None and not reach(to, Right.CASES).covers(enquiry.country, hub=enquiry.hub.ref):
        raise NotInThisHub
    enquiry.assigned_to = to
    enquiry.save(update_fields=["assigned_to"])
    note_change(enquiry, "assigned", str(to.pk) if to else "", by=by, at=at)
    log(enquiry, "write", by=by, at=at)


@transaction.atomic
def close(*, enquiry: Enquiry, by: User, at: datetime, is_spam: bool = False) -> None:
    """End it; the time until its words are deleted begins. Raises EnquiryClosed and WithAColleague."""
    if not enquiry.is_open:
        raise EnquiryClosed
    refuse_to_meddle(enquiry, by)
    set_state(enquiry, Enquiry.State.SPAM if is_spam else Enquiry.State.CLOSED, by=by, at=at)
    enquiry.waiting_since = enquiry.promise_due_at = enquiry.snoozed_until = None
    enquiry.save(update_fields=["state", "closed_at", "waiting_since", "promise_due_at", "snoozed_until"])
    log(enquiry, "write", by=by, at=at)


@transaction.atomic
def reopen(*, enquiry: Enquiry, by: User, at: datetime) -> None:
    """Take it up again. Raises WordsErased."""
    if enquiry.words_erased_at:
        raise WordsErased
    set_state(enquiry, Enquiry.State.WAITING, by=by, at=at)
    enquiry.waiting_since = at
    enquiry.save(update_fields=["state", "closed_at", "waiting_since"])
    log(enquiry, "write", by=by, at=at)


def refuse_to_change(enquiry: Enquiry, by: User) -> None:
    """Raises EnquiryClosed and WithAColleague."""
    if not enquiry.is_open:
        raise EnquiryClosed
    refuse_to_meddle(enquiry, by)


def refuse_to_meddle(enquiry: Enquiry, by: User) -> None:
    """What a colleague looks after stays theirs, except for who manages the cases of the hub."""
    is_free = enquiry.assigned_to_id in (None, by.pk)
    if not (is_free or reach(by, Right.MANAGE_CASES).covers(enquiry.country, hub=enquiry.hub.ref)):
        raise WithAColleague


def set_state(enquiry: Enquiry, state: "Enquiry.State", *, by: User | None, at: datetime) -> None:
    """Change the state in the object and note it; the caller saves."""
    if enquiry.state == state:
        return
    enquiry.state = state
    enquiry.closed_at = None if enquiry.is_open else at
    note_change(enquiry, "state", state, by=by, at=at)


def note_change(enquiry: Enquiry, what: str, value: str, *, by: User | None, at: datetime) -> None:
    """Remember a change for clocks and figures."""
    StateChange.objects.create(enquiry=enquiry, what=what, value=value, by=by, at=at)
    touch(enquiry)


def touch(enquiry: Enquiry) -> None:
    """Let open desks see that something changed."""
    Enquiry.objects.filter(pk=enquiry.pk).update(touched_at=Now())


# Filing what a channel received


def file_inbound(inbound: Inbound, message: Arrived, *, at: datetime) -> Enquiry:
    """Bring a received message to its person and enquiry; both are made when there are none."""
    channel = inbound.channel
    identity = Identity.objects.select_related("person").filter(channel=channel, lane=inbound.lane).first()
    person = identity.person if identity else _meet(channel, message.sender, language=message.language, at=at)
    enquiry = current_enquiry(person, channel) or open_enquiry(
        hub=hub_of(channel),
        channel=channel,
        channel_kind=channel.kind,
        person=person,
        language=message.language,
        at=at,
    )
    said = receive_message(
        enquiry=enquiry, body=message.text, at=inbound.sent_at, inbound=inbound, arrived=message
    )
    fetching.expect_files(said, message.media, at=at)
    return enquiry


def _meet(channel: Channel, sender: str, *, language: str, at: datetime) -> Person:
    person = _who_returns(channel, sender) or new_person(scope=channel.key_scope, language=language, at=at)
    if channel.speaks.address_is_return_code:
        Person.objects.filter(pk=person.pk).update(return_code=sender)
    identity = Identity(
        person=person, channel=channel, lane=lane(channel, sender), sealed_under=person.sealed_under,
        created_at=at,
    )  # fmt: skip
    identity.address = sender
    identity.save(force_insert=True)
    return person


def _who_returns(channel: Channel, sender: str) -> Person | None:
    """Somebody who was given a code elsewhere, at the counter or by telephone, and writes with it now."""
    if not channel.speaks.address_is_return_code:
        return None
    return Person.objects.filter(return_code=sender, erased_at=None).first()


def current_enquiry(person: Person, channel: Channel) -> Enquiry | None:
    """The enquiry that a new message goes on with: the last one here whose words are still there."""
    mine = Enquiry.objects.select_related("hub", "person", "channel__hub").filter(
        person=person, channel=channel, words_erased_at=None
    )
    return mine.exclude(state=Enquiry.State.SPAM).order_by("-opened_at", "pk").first()


def hub_of(channel: Channel) -> Hub:
    """Where what comes in on a channel is looked after; a country's line goes to a hub that is open."""
    if channel.hub:
        return channel.hub
    hubs = Hub.objects.filter(country=channel.country)
    chosen = hubs.filter(ref=channel.setting("hub")).first()
    return chosen or hubs.filter(state=Hub.State.OPEN).order_by("kind", "ref").first() or hubs.earliest("ref")


def log(enquiry: Enquiry, action: str, *, by: User, at: datetime, reason: str = "") -> None:
    """Note in the access log that somebody of the staff read or changed a case."""
    access_log.record(
        by=by, action=action, kind="enquiry", ref=enquiry.pk, country=enquiry.country, hub=enquiry.hub.ref,
        at=at, reason=reason,
    )  # fmt: skip
