"""Taking messages in: commit first, acknowledge after; drop what came before; file in order."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from ventanilla.lib.registry import Registry
from ventanilla.privacy.sealing import destroy_key, lay_in, new_key, open_keys

from . import parts
from .contract import Arrived, Media, Parsed, Part, Stopped
from .models import Channel, Correspondence, Inbound, IntakeKey, OptIn, lane
from .outbox import note_delivery, note_watermark
from .turns import turn

logger = logging.getLogger(__name__)

# Whoever makes enquiries of messages plugs in here; each runs in the message's own transaction.
filers: Registry[Callable[[Inbound, Arrived], None]] = Registry()

# After so many failures a message is a poison that only a person can look at; the others go on.
TRIES = 5
BATCH = 50
# A person and an enquiry; made some at a time, since the key store waits for the disk at each commit.
KEYS_OF_A_FILING, KEYS_AHEAD = 2, 20

# The newest key of each channel in this process: no key is destroyed while its day lasts.
_intake_keys: dict[UUID, tuple[date, UUID]] = {}


def receive(*, channel: Channel, parsed: Parsed, at: datetime) -> int:
    """Commit everything that a provider sent in one request and return how many messages are new.

    When this returns, the provider may be told "received"; when it raises, it must send again.
    """
    return receive_all([(channel, parsed)], at=at)


def receive_all(requests: Sequence[tuple[Channel, Parsed]], *, at: datetime) -> int:
    """The same for several requests of one moment: all of them are committed, or none."""
    channels = {channel.pk: channel for channel, _parsed in requests}
    arrived: dict[UUID, list[Arrived]] = {pk: [] for pk in channels}
    for channel, parsed in requests:
        arrived[channel.pk] += parsed.messages
    with turn(), transaction.atomic():
        # In the same order everywhere, so that no two processes wait for each other.
        fresh = sum(_commit_messages(channels[pk], arrived[pk], at=at) for pk in sorted(channels))
        for channel, parsed in requests:
            for delivery in parsed.deliveries:
                note_delivery(channel=channel, delivery=delivery)
            for stop in parsed.stops:
                note_stop(channel=channel, stop=stop, how="message")
            for mark in parsed.watermarks:
                note_watermark(channel=channel, mark=mark)
    return fresh


def _commit_messages(channel: Channel, messages: Iterable[Arrived], *, at: datetime) -> int:
    by_id = {message.external_id: message for message in messages}
    known = set(
        Inbound.objects.filter(channel=channel, external_id__in=by_id).values_list("external_id", flat=True)
    )
    new = [by_id[external_id] for external_id in by_id if external_id not in known]
    if not new:
        return 0
    key = intake_key(channel, day=at.date())
    # A twin committed in this very moment by another process is dropped by the constraint.
    rows = [_row(channel, key, message, at) for message in new]
    for row in rows:
        parts.wake(row)
    Inbound.objects.bulk_create(sorted(rows, key=attrgetter("external_id")), ignore_conflicts=True)
    _note_contacts(channel, new, at=at)
    return len(new)


def _row(channel: Channel, key: UUID, message: Arrived, at: datetime) -> Inbound:
    return Inbound(
        sealed_under=key,
        channel=channel,
        external_id=message.external_id[:200],
        lane=lane(channel, message.sender),
        whole=message.part.whole if message.part else "",
        payload=as_json(message),
        sent_at=min(message.at, at),
        received_at=at,
    )


def _note_contacts(channel: Channel, messages: Iterable[Arrived], *, at: datetime) -> None:
    """When each of these people was last heard; who had said stop and writes again wants an answer."""
    heard = dict[str, datetime]()
    for message in messages:
        name, moment = lane(channel, message.sender), max(message.at, at - timedelta(days=1))
        heard[name] = max(moment, heard.get(name, moment))
    rows = Correspondence.objects.filter(channel=channel, lane__in=heard).order_by("pk")
    known = {row.lane: row for row in rows.select_for_update()}
    later = [
        Correspondence(channel=channel, lane=name, last_inbound_at=moment)
        for name, moment in sorted(heard.items())
        if name not in known or _is_before(known[name].last_inbound_at, moment)
    ]
    Correspondence.objects.bulk_create(
        later,
        update_conflicts=True,
        unique_fields=["channel", "lane"],
        update_fields=["last_inbound_at"],
    )
    for name, row in known.items():
        if row.stopped_at and row.stopped_at < heard[name]:
            # Who writes again wants an answer; a new agreement to be written to unasked it is not.
            OptIn.objects.create(correspondence=row, is_given=True, at=heard[name], how="wrote-again")
            Correspondence.objects.filter(pk=row.pk).update(stopped_at=None)


def _is_before(known: datetime | None, moment: datetime) -> bool:
    return known is None or known < moment


def intake_key(channel: Channel, *, day: date) -> UUID:
    """The key of this channel for what comes in on this day; made when the first message comes."""
    known_day, known_key = _intake_keys.get(channel.pk, (None, None))
    if known_key is not None and known_day == day:
        return known_key
    found = IntakeKey.objects.filter(channel=channel, day=day, destroyed_at=None).first()
    if found is None:
        made = IntakeKey(channel=channel, day=day, key=new_key(scope=channel.key_scope))
        IntakeKey.objects.bulk_create([made], ignore_conflicts=True)
        return IntakeKey.objects.get(channel=channel, day=day).key
    # One that was just made may yet be rolled back; it is remembered when it is found the next time.
    _intake_keys[channel.pk] = (day, found.key)
    return found.key


def note_stop(*, channel: Channel, stop: Stopped, how: str, wording: str = "") -> None:
    """Write into the ledger that a person took back their agreement, or gave it, and to which words."""
    row, _ = Correspondence.objects.get_or_create(channel=channel, lane=lane(channel, stop.sender))
    if row.stopped_at and row.stopped_at >= stop.at or row.opted_in_at and row.opted_in_at >= stop.at:
        return
    OptIn.objects.create(
        correspondence=row, is_given=not stop.is_stopped, at=stop.at, how=how, wording=wording
    )
    row.stopped_at = stop.at if stop.is_stopped else None
    row.opted_in_at = None if stop.is_stopped else stop.at
    row.save(update_fields=["stopped_at", "opted_in_at"])


def file_waiting(*, at: datetime, limit: int = BATCH) -> int:
    """Hand received messages to the filers in the order in which they came; returns how many were filed."""
    if connection.features.has_select_for_update_skip_locked:
        return _file_some(at=at, limit=limit)
    # One writer at a time: a provider who hands over a message waits for one filing and not for fifty.
    filed = 0
    waiting = Inbound.objects.waiting(at=at).select_related("channel__hub").order_by("received_at", "pk")
    while filed < limit and (following := waiting.first()):
        lay_in(scope=following.channel.key_scope, least=KEYS_OF_A_FILING, count=KEYS_AHEAD)
        filed += _file_some(at=at, limit=1)
    return filed


def _file_some(*, at: datetime, limit: int) -> int:
    with turn(), transaction.atomic():
        rows = list(_locked(at=at, limit=limit))
        open_keys(rows)
        return sum(_file(row, at=at) for row in rows)


def file_one(row: Inbound, *, at: datetime) -> bool:
    """File one received message now, whatever waits before it; False when a filer failed."""
    with transaction.atomic():
        return _file(row, at=at)


def _locked(*, at: datetime, limit: int) -> Iterable[Inbound]:
    waiting = Inbound.objects.waiting(at=at).select_related("channel__hub").order_by("received_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    return waiting[:limit]


def _file(row: Inbound, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            message, rows = from_json(row.payload), [row]
            if message.part:
                rows = parts.gather(row, at=at)
                message = parts.join([from_json(piece.payload) for piece in rows])
            for file in filers.values():
                file(row, message)
            Inbound.objects.filter(pk__in=[one.pk for one in rows]).update(payload=None, filed_at=at)
    except parts.NotYet as wait:
        Inbound.objects.filter(pk=row.pk).update(retry_at=wait.until)
        return False
    except (InterfaceError, OperationalError):
        # The database is the trouble, not the message: all of it is tried again.
        raise
    except Exception:
        logger.exception("Message not filed", extra={"inbound": str(row.pk)})
        _note_failure(row, at=at)
        return False
    return True


def _note_failure(row: Inbound, *, at: datetime) -> None:
    attempts = row.attempts + 1
    Inbound.objects.filter(pk=row.pk).update(
        attempts=attempts,
        retry_at=at + timedelta(seconds=10 * 2**attempts),
        stuck_at=at if attempts >= TRIES else None,
    )


def destroy_used_keys(*, at: datetime) -> int:
    """Destroy the intake keys of past days of which nothing waits any more; returns how many."""
    done = 0
    for row in IntakeKey.objects.filter(destroyed_at=None, day__lt=at.date() - timedelta(days=1)).order_by(
        "pk"
    ):
        if not Inbound.objects.filter(sealed_under=row.key, filed_at=None).exists():
            destroy_key(row.key, reason="intake", by=None, at=at)
            IntakeKey.objects.filter(pk=row.pk).update(destroyed_at=at)
            done += 1
    return done


def as_json(message: Arrived) -> dict[str, Any]:
    """A message in the form in which it is sealed."""
    return {
        "external_id": message.external_id,
        "sender": message.sender,
        "at": message.at.isoformat(),
        "text": parts.as_units(message.text) if message.part else parts.whole_characters(message.text),
        "choice": message.choice,
        "media": [[m.reference, m.kind, m.name, m.size] for m in message.media],
        "replies_to": message.replies_to,
        "reference": message.reference,
        "other_addresses": dict(message.other_addresses),
        "language": message.language,
        "part": [message.part.whole, message.part.number, message.part.of] if message.part else None,
    }


def from_json(value: Mapping[str, Any]) -> Arrived:
    """The message again. Raises TypeError or ValueError for what `as_json` did not write."""
    return Arrived(
        **{
            **value,
            "at": datetime.fromisoformat(str(value["at"])),
            "media": tuple(Media(*one) for one in value["media"]),
            "text": parts.from_units(value["text"]) if value["part"] else value["text"],
            "part": Part(*value["part"]) if value["part"] else None,
        }
    )
