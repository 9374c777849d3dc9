"""The way out: queue, one in flight a person, retries that grow, delivery states, dead letters."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry
from ventanilla.privacy.models.files import SealedFile
from ventanilla.privacy.sealing import KeyDestroyed, files

from .contract import (
    Accepted,
    ChannelKind,
    Content,
    Delivery,
    DeliveryState,
    Outgoing,
    Problem,
    SendRefused,
    SentFile,
    Watermark,
)
from .models import Channel, Correspondence, DeliveryNote, Outbound, lane
from .turns import turn

logger = logging.getLogger(__name__)

# Told after the commit when a message changes state, so that a desk can show it.
watchers: Registry[Callable[[UUID], None]] = Registry()

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
# A message that could not be sent for so long would only confuse the person.
PATIENCE = timedelta(hours=24)
_ORDER = [DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ]


class NotResendable(DomainError):
    message = _("This message is on its way or has arrived: it is not sent again.")


class NotCancellable(DomainError):
    message = _("This message has left already: it cannot be taken back.")


@transaction.atomic
def queue(*, channel: Channel, to: str, content: Content, key: UUID, at: datetime) -> Outbound:
    """Put a message to one person at the end of their lane, sealed under `key`."""
    name = lane(channel, to)
    Correspondence.objects.get_or_create(channel=channel, lane=name)
    Correspondence.objects.filter(channel=channel, lane=name).update(last_position=F("last_position") + 1)
    position = Correspondence.objects.values_list("last_position", flat=True).get(channel=channel, lane=name)
    return Outbound.objects.create(
        sealed_under=key,
        channel=channel,
        lane=name,
        position=position,
        to=to,
        content=content.as_json(),
        queued_at=at,
        next_attempt_at=at,
    )


def deliver_waiting(*, now: Callable[[], datetime], limit: int = 20) -> int:
    """Send what is ready, one after the other; returns how many were tried. `now` is asked before each."""
    tried = 0
    for _number in range(limit):
        message = claim(at=now())
        if message is None:
            break
        deliver(message, now=now)
        tried += 1
    return tried


def claim(*, at: datetime) -> Outbound | None:
    """Take the next message that nobody else is sending; it counts as in flight from here on."""
    if not Outbound.objects.ready(at=at).exists():
        return None  # looking takes no lock, on SQLite the only one there is
    with turn(), transaction.atomic():
        ready = Outbound.objects.ready(at=at).select_related("channel__hub").order_by("next_attempt_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            ready = ready.select_for_update(skip_locked=True, of=("self",))
        message = ready.first()
        if message is None:
            return None
        taken = Outbound.objects.filter(pk=message.pk, state=Outbound.State.QUEUED).update(
            state=Outbound.State.SENDING, claimed_at=at, attempts=F("attempts") + 1
        )
    message.attempts += 1
    return message if taken else None


def deliver(message: Outbound, *, now: Callable[[], datetime]) -> None:
    """Hand a claimed message to its provider and write down what came of it."""
    at, person = now(), Correspondence.objects.get(channel=message.channel, lane=message.lane)
    if problem := why_not(message, person, at=at):
        settle(message, SendRefused(problem, is_final=True), at=at)
        return
    heard_ago, content = at - person.last_inbound_at if person.last_inbound_at else None, message.what()
    try:
        file = attached(content.file, message.channel.speaks, at=at) if content.file else None
        outgoing = Outgoing(message.to, content, message.pk.hex, heard_ago, file)
        accepted = message.channel.speaks.send(outgoing, message.channel)
    except SendRefused as refusal:
        settle(message, refusal, at=now())
    except Exception:
        logger.exception("Message not sent", extra={"outbound": str(message.pk)})
        settle(message, SendRefused(Problem.UNSURE, may_have_arrived=True), at=now())
    else:
        note_accepted(message, accepted, at=now())


def attached(number: str, kind: ChannelKind, *, at: datetime) -> SentFile:
    """The file that goes with a message; one that no scanner has seen is scanned now. Raises SendRefused."""
    row = SealedFile.objects.filter(pk=number).first()
    if row is None:
        raise SendRefused(Problem.FILE_GONE, is_final=True)
    room = kind.limits.files.room(row.content_type) if kind.limits.files else 0
    if row.size > room:
        raise SendRefused(Problem.TOO_LARGE if room else Problem.UNSUPPORTED, is_final=True)
    try:
        return SentFile(row.name, row.content_type, files.read(row, at=at))
    except files.NotScanned:
        raise SendRefused(Problem.NOT_SCANNED) from None
    except (files.Infected, KeyDestroyed):
        raise SendRefused(Problem.FILE_GONE, is_final=True) from None


def why_not(message: Outbound, person: Correspondence, *, at: datetime) -> Problem | None:
    """The reason for which the provider would refuse this message, known before asking."""
    kind, content, heard_at = message.channel.speaks, message.what(), person.last_inbound_at
    window = kind.window(message.channel, is_automatic=content.is_automatic)
    if person.stopped_at:
        return Problem.NO_OPT_IN
    if window and not content.template and (heard_at is None or heard_at + window <= at):
        return Problem.WINDOW_CLOSED
    if kind.needs_opt_in and content.template and not person.opted_in_at:
        return Problem.NO_OPT_IN
    return None


@turn()
@transaction.atomic
def note_accepted(message: Outbound, accepted: Accepted, *, at: datetime) -> None:
    """The provider has it; notes about its delivery that came earlier count from now on."""
    Outbound.objects.filter(pk=message.pk).update(
        state=accepted.state, provider_id=accepted.provider_id, sent_at=at, claimed_at=None, problem=""
    )
    Channel.objects.filter(pk=message.channel_id).exclude(problem="").update(problem="")
    if accepted.provider_id:
        notes = DeliveryNote.objects.filter(channel=message.channel_id, provider_id=accepted.provider_id)
        for note in notes.order_by("at", "pk"):
            _apply(note, Outbound.objects.get(pk=message.pk))
    _tell(message.pk)


@turn()
@transaction.atomic
def settle(message: Outbound, refusal: SendRefused, *, at: datetime) -> None:
    """Write down why a try failed: again later, given up, or not known to have arrived."""
    if refusal.may_have_arrived and not message.channel.speaks.can_repeat:
        _finish(message, Outbound.State.UNSURE, Problem.UNSURE, at=at)
    elif refusal.is_final:
        _finish(message, Outbound.State.FAILED, refusal.problem, at=at)
    elif at - message.queued_at >= PATIENCE:
        _finish(message, Outbound.State.FAILED, Problem.EXPIRED, at=at)
    else:
        _try_again(message, refusal, at=at)
    if refusal.problem in (Problem.NOT_ALLOWED, Problem.PROVIDER_DOWN):
        Channel.objects.filter(pk=message.channel_id).update(problem=refusal.problem)
    _tell(message.pk)


def _finish(message: Outbound, state: "Outbound.State", problem: Problem, *, at: datetime) -> None:
    Outbound.objects.filter(pk=message.pk).update(
        state=state, problem=problem, claimed_at=None, settled_at=None, next_attempt_at=at
    )


def _try_again(message: Outbound, refusal: SendRefused, *, at: datetime) -> None:
    if refusal.retry_after is None:
        pause = growing_pause(message.attempts)
    else:
        pause = timedelta(seconds=refusal.retry_after)
    if refusal.problem == Problem.RATE_LIMITED:
        # The provider counts the whole line, not one person.
        Channel.objects.filter(pk=message.channel_id).update(paused_until=at + pause)
    Outbound.objects.filter(pk=message.pk).update(
        state=Outbound.State.QUEUED, problem=refusal.problem, claimed_at=None, next_attempt_at=at + pause
    )


def growing_pause(attempts: int) -> timedelta:
    """Twice as long at every try, a quarter more or less, so that not everything comes back at once."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 (spreads load, hides nothing)


def release_abandoned(*, at: datetime) -> int:
    """Decide about messages whose sender died in the middle; returns how many there were.

    What was queued or tried while the machine's clock was ahead does not wait until then: it is due now.
    """
    Outbound.objects.of_a_wrong_clock(at=at).update(queued_at=at, claimed_at=None, next_attempt_at=at)
    rows = list(Outbound.objects.abandoned(at=at).select_related("channel__hub").order_by("claimed_at", "pk"))
    for row in rows:
        settle(row, SendRefused(Problem.PROVIDER_DOWN, may_have_arrived=True), at=at)
    return len(rows)


def note_delivery(*, channel: Channel, delivery: Delivery) -> None:
    """Write down what a provider says about a message of ours; repeated and late notes change nothing."""
    note, is_new = DeliveryNote.objects.get_or_create(
        channel=channel,
        provider_id=delivery.provider_id,
        state=delivery.state,
        defaults={"at": delivery.at, "problem": delivery.problem or "", "token": delivery.token},
    )
    message = _message_of(channel, delivery) if is_new else None
    if message is not None:
        _apply(note, message)
        _tell(message.pk)


def note_watermark(*, channel: Channel, mark: Watermark) -> None:
    """Write down, message by message, what was delivered or read up to a moment of the provider's clock.

    A message counts when the provider itself has said when it was sent (an echo), or else when we had its
    answer, not later than the mark. One that was just being sent is left to the next mark: too little is
    said rather than too much.
    """
    sent = Outbound.objects.filter(channel=channel, lane=lane(channel, mark.person)).exclude(provider_id="")
    sent = sent.filter(state__in=_ORDER[: _ORDER.index(mark.state)])
    ids = list(sent.order_by("position").values_list("provider_id", "sent_at"))
    notes = DeliveryNote.objects.filter(channel=channel, state=DeliveryState.SENT)
    told = dict(notes.filter(provider_id__in=[ref for ref, _at in ids]).values_list("provider_id", "at"))
    for ref, sent_at in ids:
        moment = told.get(ref, sent_at)
        if moment is not None and moment <= mark.until:
            note_delivery(channel=channel, delivery=Delivery(ref, mark.state, mark.at))


def _message_of(channel: Channel, delivery: Delivery) -> Outbound | None:
    sent = Outbound.objects.filter(channel=channel)
    if delivery.token:
        try:
            return sent.filter(pk=UUID(delivery.token)).first()
        except ValueError:
            return None
    return sent.filter(provider_id=delivery.provider_id).first()


def _apply(note: DeliveryNote, message: Outbound) -> None:
    rank = {state: number for number, state in enumerate(_ORDER)}
    fields: dict[str, object] = {}
    if note.state == DeliveryState.FAILED:
        if message.state not in (DeliveryState.DELIVERED, DeliveryState.READ):
            fields = {"state": Outbound.State.FAILED, "problem": note.problem or Problem.REFUSED}
    elif rank[DeliveryState(note.state)] > rank.get(message.state, -1):  # type: ignore[call-overload]
        fields = {"state": note.state, "problem": "", "provider_id": note.provider_id, "claimed_at": None}
    if note.state == DeliveryState.SENT:
        fields["sent_at"] = message.sent_at or note.at
    if note.state == DeliveryState.DELIVERED:
        fields["delivered_at"] = note.at
    if note.state == DeliveryState.READ:
        fields |= {"read_at": note.at, "delivered_at": message.delivered_at or note.at}
    if fields:
        Outbound.objects.filter(pk=message.pk).update(**fields)


@transaction.atomic
def send_again(*, message: Outbound, at: datetime) -> None:
    """Put a dead letter back into its lane. Raises NotResendable."""
    again = Outbound.objects.needing_somebody().filter(pk=message.pk)
    if not again.update(
        state=Outbound.State.QUEUED, problem="", attempts=0, queued_at=at, next_attempt_at=at, provider_id=""
    ):
        raise NotResendable
    _tell(message.pk)


@transaction.atomic
def settle_dead_letter(*, message: Outbound, at: datetime) -> None:
    """Somebody has looked at a dead letter and leaves it. Raises NotResendable when it is none."""
    if not Outbound.objects.needing_somebody().filter(pk=message.pk).update(settled_at=at):
        raise NotResendable
    _tell(message.pk)


@transaction.atomic
def take_back(*, message: Outbound) -> None:
    """Cancel what has not left. Raises NotCancellable."""
    waiting = Outbound.objects.filter(pk=message.pk, state=Outbound.State.QUEUED)
    if not waiting.update(state=Outbound.State.CANCELLED):
        raise NotCancellable
    _tell(message.pk)


def _tell(pk: UUID) -> None:
    for watch in watchers.values():
        transaction.on_commit(partial(watch, pk))
