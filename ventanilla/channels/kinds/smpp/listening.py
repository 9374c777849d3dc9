"""Receiving from a message centre: each message is committed before it is acknowledged."""

import logging
import time
from collections.abc import Callable
from uuid import UUID, uuid4

from django.utils import timezone
from smpplib import consts

from ventanilla.privacy.sealing import digest

from ...contract import Parsed, Problem, SendRefused, Unreadable
from ...models import Channel
from . import incoming
from .link import Broken, Link, Packet

logger = logging.getLogger(__name__)

# Seconds: between looks at `stopped`; of quiet until we ask whether somebody is there; until we give up.
LOOK, QUIET, SILENCE = 0.25, 30.0, 90.0
# After a break a centre sends again what it does not know to have arrived; later the same words are new ones.
REPEATED_WITHIN = 600.0


class Repeats:
    """Names for messages that bring no id, so that one which is sent again after a break keeps its name.

    A centre repeats what it heard no answer to. An answer is known to be heard when something that we asked
    after it has been answered; only what is younger can come again. Forgotten when this process ends: then a
    message may be shown twice, but none is lost.
    """

    def __init__(self) -> None:
        self._unheard: dict[str, str] = {}
        self._before: dict[str, str] = {}
        self._asked: set[str] = set()
        self._began_at = 0.0

    def begin(self, *, now: float) -> None:
        """A new connection."""
        if now - self._began_at > REPEATED_WITHIN:
            self._before = {}
        self._before |= self._unheard
        self._unheard, self._asked, self._began_at = {}, set(), now

    def name(self, trace: str, *, now: float) -> str:
        known = self._before.pop(trace, None) if now - self._began_at <= REPEATED_WITHIN else None
        name = known or uuid4().hex
        self._unheard[trace] = name
        return name

    def asked(self) -> None:
        self._asked = set(self._unheard)

    def heard(self) -> None:
        self._unheard = {trace: name for trace, name in self._unheard.items() if trace not in self._asked}

    @property
    def has_doubts(self) -> bool:
        return bool(self._unheard.keys() - self._asked)


class Receiver:
    """One connection that receives, until it breaks or is stopped."""

    def __init__(self, channel: Channel, hand_over: Callable[[Parsed], None], repeats: Repeats) -> None:
        self._channel, self._hand_over, self._repeats = channel, hand_over, repeats
        self._link = Link(channel, mode="receiver")
        self._repeats.begin(now=time.monotonic())
        self._heard_at = self._asked_at = time.monotonic()

    def run(self, stopped: Callable[[], bool]) -> None:
        """Raises SendRefused when the centre is silent or gone, and whatever committing raises."""
        try:
            while not stopped():
                if self._link.wait(LOOK):
                    self._take(self._link.read())
                    self._heard_at = time.monotonic()
                else:
                    self._ask()
        except Broken:
            raise SendRefused(Problem.PROVIDER_DOWN) from None
        finally:
            self._link.close()

    def _ask(self) -> None:
        """Ask whether the centre is there when it is quiet, and whether it has heard what we answered."""
        now = time.monotonic()
        if now - self._heard_at > SILENCE:
            raise Broken
        if now - self._asked_at > QUIET or self._repeats.has_doubts:
            self._repeats.asked()
            self._link.send("enquire_link")
            self._asked_at = now

    def _take(self, packet: Packet) -> None:
        if packet.name == "deliver_sm":
            self._take_message(packet)
        elif packet.name == "enquire_link_resp":
            self._repeats.heard()
        else:
            self._link.be_polite(packet)

    def _take_message(self, packet: Packet) -> None:
        try:
            self._hand_over(self._parsed(packet))
        except Unreadable:
            # Sent again it would be no more readable.
            logger.warning("Packet not understood", extra={"channel": str(self._channel.pk)})
            self._link.answer(packet, status=consts.SMPP_ESME_RX_P_APPN)
        except Exception:
            self._link.answer(packet, status=consts.SMPP_ESME_RX_T_APPN)
            raise
        else:
            self._link.answer(packet)

    def _parsed(self, packet: Packet) -> Parsed:
        delivered = incoming.read(packet.body)
        trace = digest(f"smpp:{self._channel.pk}", delivered.trace())
        name = self._repeats.name(trace, now=time.monotonic())
        return incoming.parsed(delivered, self._channel, at=timezone.now(), name=name)


class Listeners:
    """What is remembered between connections, one memory a channel."""

    def __init__(self) -> None:
        self._repeats: dict[UUID, Repeats] = {}

    def listen(
        self, channel: Channel, hand_over: Callable[[Parsed], None], stopped: Callable[[], bool]
    ) -> None:
        Receiver(channel, hand_over, self._repeats.setdefault(channel.pk, Repeats())).run(stopped)
