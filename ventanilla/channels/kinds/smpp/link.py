"""One connection to a message centre, bound to send or to receive.

smpplib writes our packets. Reading is ours: its reader loses its place when a time-out falls into the middle
of a packet, stops at optional parameters that it does not list, believes any length, and cuts the last
character of ids that centres send without a final NUL.
"""

import select
import socket
import ssl
import struct
from dataclasses import dataclass, field

from smpplib import consts, smpp
from smpplib.client import SimpleSequenceGenerator
from smpplib.command_codes import commands

from ...contract import Problem, SendRefused
from ...models import Channel
from .problems import refusal_of

# Seconds: to connect, and for any answer.
CONNECT, ANSWER = 5.0, 20.0
_HEADER = struct.Struct(">LLLL")
# Far above any packet of SMPP 3.4 whose text fits into message_payload (64 KB).
_LONGEST = 70_000
_ANSWERED = ("enquire_link", "unbind", "deliver_sm")
_NAMES = {code: name for name, code in commands.items()}


class Broken(Exception):
    """The connection is gone, or what comes through it cannot be told apart any more."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A PDU as it came; `name` is empty for a command that SMPP 3.4 does not know."""

    name: str
    status: int
    sequence: int
    body: bytes = field(repr=False)

    @property
    def is_response(self) -> bool:
        return self.name.endswith("_resp") or self.name == "generic_nack"


class Link:
    """A bound connection. `mode` is "transmitter" or "receiver". Raises SendRefused when it cannot be had."""

    def __init__(self, channel: Channel, *, mode: str) -> None:
        self._numbers = SimpleSequenceGenerator()
        self._socket = _connect(channel)
        try:
            self._bind(channel, mode)
        except (Broken, SendRefused) as trouble:
            self._socket.close()
            raise (
                trouble if isinstance(trouble, SendRefused) else SendRefused(Problem.PROVIDER_DOWN)
            ) from None

    # What smpplib asks of a client when it makes a packet

    @property
    def sequence(self) -> int:
        return int(self._numbers.sequence)

    def next_sequence(self) -> int:
        return int(self._numbers.next_sequence())

    def send(self, command: str, **fields: object) -> int:
        """Send a request and return its number. Raises Broken."""
        packet = smpp.make_pdu(command, client=self, **fields)
        self._write(packet.generate())
        return int(packet.sequence)

    def answer(self, packet: Packet, *, status: int = consts.SMPP_ESME_ROK) -> None:
        """Answer a request; one that is not known is refused. Raises Broken."""
        if packet.name in _ANSWERED:
            response = smpp.make_pdu(f"{packet.name}_resp", client=self, status=status)
        else:
            response = smpp.make_pdu("generic_nack", client=self, status=consts.SMPP_ESME_RINVCMDID)
        response.sequence = packet.sequence
        self._write(response.generate())

    def wait(self, seconds: float) -> bool:
        """Whether something has come within so many seconds."""
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return bool(select.select([self._socket], [], [], seconds)[0])

    def read(self) -> Packet:
        """The next packet. Raises Broken."""
        length, code, status, sequence = _HEADER.unpack(self._exactly(_HEADER.size))
        if not _HEADER.size <= length <= _LONGEST:
            raise Broken
        body = self._exactly(length - _HEADER.size)
        return Packet(_NAMES.get(code, ""), status, sequence, body)

    def read_answer(self, sequence: int) -> Packet:
        """The answer to our request of that number; the other side's questions are answered on the way."""
        while True:
            packet = self.read()
            if packet.sequence == sequence and packet.is_response:
                return packet
            self.be_polite(packet)

    def be_polite(self, packet: Packet) -> None:
        """Answer what is asked of any connection. Raises Broken when the other side takes its leave."""
        if packet.is_response or packet.name == "alert_notification":
            return
        # A message that nobody here has committed must come again.
        is_message = packet.name == "deliver_sm"
        self.answer(packet, status=consts.SMPP_ESME_RX_T_APPN if is_message else consts.SMPP_ESME_ROK)
        if packet.name == "unbind":
            raise Broken

    def is_alive(self) -> bool:
        """Ask the other side, so that nothing is handed to a connection that died unnoticed."""
        try:
            return self.read_answer(self.send("enquire_link")).status == 0
        except Broken:
            return False

    def close(self) -> None:
        """Take leave and hang up."""
        try:
            self._socket.settimeout(1.0)
            self.read_answer(self.send("unbind"))
        except Broken:
            pass
        self._socket.close()

    def _bind(self, channel: Channel, mode: str) -> None:
        number = self.send(
            f"bind_{mode}",
            system_id=channel.setting("system_id"),
            password=channel.secret("password"),
            system_type=channel.setting("system_type"),
            interface_version=consts.SMPP_VERSION_34,
        )
        if status := self.read_answer(number).status:
            raise refusal_of(status)

    def _write(self, raw: bytes) -> None:
        try:
            self._socket.sendall(raw)
        except OSError:
            raise Broken from None

    def _exactly(self, size: int) -> bytes:
        raw = b""
        while len(raw) < size:
            try:
                piece = self._socket.recv(size - len(raw))
            except OSError:
                raise Broken from None
            if not piece:
                raise Broken
            raw += piece
        return raw


def _connect(channel: Channel) -> socket.socket:
    host, port = channel.setting("host"), int(channel.setting("port") or 2775)
    try:
        plain = socket.create_connection((host, port), timeout=CONNECT)
    except OSError:
        raise SendRefused(Problem.PROVIDER_DOWN) from None
    plain.settimeout(ANSWER)
    if channel.setting("tls") != "yes":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise SendRefused(Problem.PROVIDER_DOWN) from None
