"""Long messages that come in parts, in any order: each is kept as it came; all are filed as one.

The part that came first leads: it alone looks for the others and files them, so that two machines never
file the same message, whatever part each of them holds.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from .contract import Arrived
from .models import Inbound

# What has not come by then will not come: what is there is filed, with a mark where something is missing.
PATIENCE = timedelta(hours=1)
GAP = "[…]"


class NotYet(Exception):
    """Parts are missing and there is still time."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Parts are missing.")
        self.until = until


def wake(row: Inbound) -> None:
    """A part is about to be kept: its leader looks again at once, and it waits for its leader."""
    if not row.whole:
        return
    leader = Inbound.objects.beside(row).order_by("received_at", "pk").first()
    if leader is not None:
        row.retry_at = row.received_at + PATIENCE
        Inbound.objects.filter(pk=leader.pk).update(retry_at=None)


def gather(row: Inbound, *, at: datetime) -> list[Inbound]:
    """All parts of a message that `row` leads, in their order. Raises NotYet."""
    rows = list(Inbound.objects.beside(row).order_by("received_at", "pk"))
    until = row.received_at + PATIENCE
    if not rows or rows[0].pk != row.pk:
        # Another leads, or has just filed this one.
        raise NotYet(until=at + timedelta(seconds=10))
    numbered: dict[int, Inbound] = {}
    for piece in rows:
        numbered.setdefault(piece.payload["part"][1], piece)
    if len(numbered) < row.payload["part"][2] and at < until:
        raise NotYet(until=until)
    # Anything else under the same mark is the beginning of another message, which leads itself from now on.
    Inbound.objects.beside(row).exclude(pk__in=[one.pk for one in numbered.values()]).update(retry_at=None)
    return [numbered[number] for number in sorted(numbered)]


def join(pieces: Sequence[Arrived]) -> Arrived:
    """One message of parts in order; a missing one leaves a mark."""
    texts = {piece.part.number: piece.text for piece in pieces if piece.part}
    last = max(piece.part.of for piece in pieces if piece.part)
    text = whole_characters("".join(texts.get(number, GAP) for number in range(1, last + 1)))
    media = tuple(file for piece in pieces for file in piece.media)
    return replace(pieces[0], text=text, media=media, part=None)


def whole_characters(text: str) -> str:
    """Characters that were cut in two by the parts are whole again; a half without its other half goes."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def as_units(text: str) -> str:
    """A part's text in a form that keeps half characters, which UTF-8 cannot."""
    return text.encode("utf-16-be", "surrogatepass").hex()


def from_units(units: str) -> str:
    """The text of a part again. Raises ValueError for what `as_units` did not write."""
    return bytes.fromhex(units).decode("utf-16-be", "surrogatepass")
