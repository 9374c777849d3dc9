"""Handing messages to a message centre over a connection that stays for a while."""

import threading
import time
from uuid import UUID

from smpplib import consts

from ...contract import Accepted, Outgoing, Problem, SendRefused
from ...models import Channel
from .. import sms
from .incoming import same_id
from .link import Broken, Link
from .problems import refusal_of

# Seconds without a message after which we hang up, and after which we ask whether somebody is still there.
IDLE, DOUBT = 60.0, 5.0
# Seconds to wait before a further part of a message that has begun to arrive is tried again.
PAUSES = (1.0, 2.0, 4.0)
_HEADER = 0x40


class Sender:
    """One channel's connection for sending, of this process. Threads take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._link: Link | None = None
        self._reached: tuple[object, object] = (None, None)
        self._used_at = 0.0
        self._rest = threading.Timer(IDLE, self.close)

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        """Hand over all parts of one message. Raises SendRefused."""
        pieces = _pieces(outgoing, channel)
        with self._turn:
            self._rest.cancel()
            ids = [
                self._submit(piece, channel, is_first=number == 1, is_last=number == len(pieces))
                for number, piece in enumerate(pieces, start=1)
            ]
            self._used_at = time.monotonic()
            self._rest = threading.Timer(IDLE, self.close)
            self._rest.daemon = True
            self._rest.start()
        # The receipt of the last part speaks for the whole message.
        return Accepted(provider_id=same_id(ids[-1], channel))

    def close(self) -> None:
        """Hang up; the next message opens a new connection."""
        with self._turn:
            self._rest.cancel()
            self._hang_up()

    def _submit(self, piece: dict[str, object], channel: Channel, *, is_first: bool, is_last: bool) -> str:
        for pause in (*PAUSES, None):
            try:
                return self._submit_once({**piece, "registered_delivery": int(is_last)}, channel)
            except SendRefused as refusal:
                if is_first:
                    raise
                if refusal.is_final or refusal.may_have_arrived or pause is None:
                    # Some parts have left already: to begin anew would send them twice.
                    raise SendRefused(refusal.problem, may_have_arrived=True) from None
                time.sleep(pause)
        raise AssertionError("The last try returns or raises.")

    def _submit_once(self, piece: dict[str, object], channel: Channel) -> str:
        link = self._open(channel)
        try:
            answer = link.read_answer(link.send("submit_sm", **piece))
        except Broken:
            self._hang_up()
            raise SendRefused(Problem.PROVIDER_DOWN, may_have_arrived=True) from None
        if answer.status != consts.SMPP_ESME_ROK:
            raise refusal_of(answer.status)
        return answer.body.partition(b"\0")[0].decode("latin-1")

    def _open(self, channel: Channel) -> Link:
        reached = (channel.config, channel.secrets)
        is_doubtful = time.monotonic() - self._used_at > DOUBT
        if self._link and (self._reached != reached or is_doubtful and not self._link.is_alive()):
            self._hang_up()
        if self._link is None:
            self._link, self._reached = Link(channel, mode="transmitter"), reached
        self._used_at = time.monotonic()
        return self._link

    def _hang_up(self) -> None:
        if self._link:
            self._link.close()
        self._link = None


class Senders:
    """The senders of this process, one a channel."""

    def __init__(self) -> None:
        self._senders: dict[UUID, Sender] = {}
        self._turn = threading.Lock()

    def of(self, channel: Channel) -> Sender:
        with self._turn:
            return self._senders.setdefault(channel.pk, Sender())


def _pieces(outgoing: Outgoing, channel: Channel) -> list[dict[str, object]]:
    """The fields of each submit_sm of one message."""
    coding, pieces = _coded(sms.prepare(outgoing.content, channel), channel)
    common = {**_addresses(outgoing.to, channel), "data_coding": coding}
    if len(pieces) == 1:
        return [{**common, "short_message": pieces[0]}]
    # The same mark at every try: a phone that has some parts already takes the others.
    mark = int(outgoing.token[:2], 16)
    return [
        {
            **common,
            "esm_class": _HEADER,
            "short_message": bytes((5, 0, 3, mark, len(pieces), number)) + piece,
        }
        for number, piece in enumerate(pieces, start=1)
    ]


def _coded(text: str, channel: Channel) -> tuple[int, list[bytes]]:
    """(data_coding, bytes of each part)."""
    if sms.alphabet_of(text) == sms.GSM7:
        if channel.setting("alphabet") != "latin-1":
            return consts.SMPP_ENCODING_DEFAULT, [sms.encode(piece) for piece in sms.cut(text)]
        try:
            return consts.SMPP_ENCODING_DEFAULT, [piece.encode("latin-1") for piece in sms.cut(text)]
        except UnicodeEncodeError:
            # The euro sign and Greek letters stand in GSM-7 but not in Latin-1.
            pass
    pieces = sms.cut(text, alphabet=sms.UCS2)
    return consts.SMPP_ENCODING_ISO10646, [piece.encode("utf-16-be") for piece in pieces]


def _addresses(to: str, channel: Channel) -> dict[str, object]:
    """Types of number: 1 international, 5 name, 0 whatever the centre makes of a short code."""
    sender = channel.setting("sender")
    is_name = not sms.is_number(sender)
    return {
        "source_addr_ton": 5 if is_name else int(sender.startswith("+")),
        "source_addr_npi": int(not is_name),
        "source_addr": sender.lstrip("+"),
        "dest_addr_ton": int(to.startswith("+")),
        "dest_addr_npi": 1,
        "destination_addr": to.lstrip("+"),
    }
