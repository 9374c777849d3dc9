"""A message centre: takes messages, keeps what people write until it hears that we have it, makes faults.

It reads and writes SMPP 3.4 by itself, not with the library that the kind uses.
"""

import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from ...simulator import Sent
from ..sms import GSM7, alphabet_of, decode_gsm7, encode

_BINDS = {0x01: 0x80000001, 0x02: 0x80000002, 0x09: 0x80000009}
_SUBMIT, _DELIVER, _UNBIND, _ENQUIRE, _RESPONSE = 0x04, 0x05, 0x06, 0x15, 0x80000000
_OK, _SYSTEM_ERROR, _BAD_NUMBER, _BAD_PASSWORD, _THROTTLED = 0, 0x08, 0x0B, 0x0E, 0x58
_REFUSALS = {"busy": _THROTTLED, "down": _SYSTEM_ERROR, "gone": _BAD_NUMBER}
_WORDS = {
    "delivered": ("DELIVRD", 0), "read": ("DELIVRD", 0), "failed": ("UNDELIV", 0),
    "blocked": ("UNDELIV", 13), "gone": ("UNDELIV", 1), "expired": ("EXPIRED", 0),
}  # fmt: skip


@dataclass(slots=True)
class Waiting:
    """A packet for the other side and what was answered; None until it is."""

    body: bytes
    status: int | None = None
    sequence: int = 0
    answered: threading.Event = field(default_factory=threading.Event)


class Gone(Exception):
    """The other side hung up."""


class MessageCentre:
    """A centre with one account, on loopback. `number` is the hub's own."""

    def __init__(self, *, system_id: str, password: str, number: str, port: int = 0) -> None:
        self.sent: list[Sent] = []
        self.packets: list[dict[str, int]] = []
        self.ways: deque[str] = deque()
        # How answers to what we deliver are treated: "deaf" hangs up as if they had not come.
        self.ears: deque[str] = deque()
        self.on_sent: Callable[[Sent], None] = lambda sent: None
        self.accounts = {system_id: password}
        self.binds: list[int] = []
        self._number = number
        self._parts: dict[tuple[str, int], dict[int, str]] = {}
        self._waiting: deque[Waiting] = deque()
        self._lock = threading.RLock()
        self._receivers: list[_Session] = []
        self._server = socket.create_server(("127.0.0.1", port))
        self._sessions: list[_Session] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def close(self) -> None:
        # Closing alone would leave the thread that accepts waiting for one more.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Every connection breaks."""
        for session in list(self._sessions):
            session.break_off()

    # What a person does

    def write(self, person: str, text: str, *, seconds: float = 20.0) -> int:
        """A person writes; returns the status with which it was taken (0: well), 599 when nobody took it."""
        waiting = self.post(person, text)
        return waiting.status if waiting.answered.wait(seconds) and waiting.status is not None else 599

    def post(self, person: str, text: str, *, message_id: str = "") -> Waiting:
        """A person writes; it waits until somebody receives. A centre may say which of its messages it is."""
        more = _parameter(0x001E, message_id.encode() + b"\0") if message_id else b""
        coding, raw = _encoded(text)
        return self.put(deliver_body(person, self._number, raw, coding=coding, more=more))

    def post_parts(
        self, person: str, parts: Iterable[tuple[int, bytes]], *, of: int, mark: int = 7, coding: int = 8,
        is_sar: bool = False,
    ) -> list[Waiting]:  # fmt: skip
        """Parts (number, bytes) of one long message, in whatever order."""
        return [
            self.put(self._part(person, number, raw, of=of, mark=mark, coding=coding, is_sar=is_sar))
            for number, raw in parts
        ]

    def _part(
        self, person: str, number: int, raw: bytes, *, of: int, mark: int, coding: int, is_sar: bool
    ) -> bytes:
        if not is_sar:
            header = bytes((5, 0, 3, mark, of, number))
            return deliver_body(person, self._number, header + raw, coding=coding, kind=0x40)
        more = (
            _parameter(0x020C, mark.to_bytes(2, "big"))
            + _parameter(0x020E, bytes((of,)))
            + _parameter(0x020F, bytes((number,)))
        )
        return deliver_body(person, self._number, raw, coding=coding, more=more)

    def report(self, provider_id: str, state: str, *, is_sparse: bool = False) -> Waiting:
        """A receipt for a message of ours; a sparse one has its text only."""
        word, error = _WORDS[state]
        day = time.strftime("%y%m%d%H%M")
        text = (
            f"id:{provider_id} sub:001 dlvrd:001 submit date:{day} done date:{day} "
            f"stat:{word} err:{error:03} text:"
        )
        numbers = {"DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5}
        more = b"" if is_sparse else (
            _parameter(0x001E, provider_id.encode())
            + _parameter(0x0427, bytes((numbers[word],)))
            + _parameter(0x0423, b"\3" + error.to_bytes(2, "big"))
            + _parameter(0x1400, b"of this vendor only")
        )  # fmt: skip
        return self.put(deliver_body("", self._number, text.encode(), kind=0x04, more=more))

    def put(self, body: bytes) -> Waiting:
        """Any deliver_sm."""
        waiting = Waiting(body)
        with self._lock:
            self._waiting.append(waiting)
            for session in self._receivers:
                # One that has just gone leaves what waits to the next.
                with suppress(OSError):
                    session.hand_over()
        return waiting

    @property
    def is_quiet(self) -> bool:
        """Whether everything has been answered."""
        return not self._waiting

    # What we ask of the centre

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            session = _Session(self, connection)
            self._sessions.append(session)
            threading.Thread(target=session.run, daemon=True).start()

    def bind(self, session: "_Session", command: int, body: bytes) -> int:
        system_id, password = (word.decode() for word in body.split(b"\0")[:2])
        if self.accounts.get(system_id) != password:
            return _BAD_PASSWORD
        self.binds.append(command)
        if command != 0x02:
            with self._lock:
                self._receivers.append(session)
        return _OK

    def waiting_for(self, session: "_Session") -> list[Waiting]:
        with self._lock:
            return list(self._waiting) if session in self._receivers else []

    def heard(self, sequence: int, status: int) -> None:
        """An answer to something we delivered; what was refused for now is kept."""
        with self._lock:
            if self.ears and self.ears.popleft() == "deaf":
                raise Gone
            for waiting in list(self._waiting):
                if waiting.sequence == sequence:
                    waiting.status = status
                    waiting.answered.set()
                    self._waiting.remove(waiting)

    def left(self, session: "_Session") -> None:
        with self._lock:
            if session in self._receivers:
                self._receivers.remove(session)
            if session in self._sessions:
                self._sessions.remove(session)

    def take(self, body: bytes) -> tuple[int, str, str]:
        """(status, id, way) for a submit_sm."""
        way = self.ways.popleft() if self.ways else "ok"
        if way in _REFUSALS:
            return _REFUSALS[way], "", way
        provider_id = uuid4().hex[:16]
        fields, to, raw = _submitted(body)
        self.packets.append(fields)
        number, of, mark = 1, 1, 0
        if fields["esm_class"] & 0x40:
            mark, of, number = raw[3], raw[4], raw[5]
            raw = raw[1 + raw[0] :]
        parts = self._parts.setdefault((to, mark), {})
        parts[number] = _decoded(raw, fields["data_coding"])
        if len(parts) == of:
            del self._parts[to, mark]
            text = "".join(parts[n] for n in range(1, of + 1))
            sent = Sent(to=to, text=text, provider_id=provider_id)
            self.sent.append(sent)
            self.on_sent(sent)
        return _OK, provider_id, way


class _Session:
    """One connection of somebody with the centre."""

    def __init__(self, centre: MessageCentre, connection: socket.socket) -> None:
        self._centre, self._socket = centre, connection
        self._write_lock = threading.Lock()
        self._sequence = random.randrange(1, 1000)  # noqa: S311 (any number will do)
        self._handed: set[int] = set()

    def run(self) -> None:
        try:
            while True:
                self._answer(*self._read())
        except (Gone, OSError):
            pass
        finally:
            self._centre.left(self)
            self._socket.close()

    def break_off(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def hand_over(self) -> None:
        """Deliver what waits and was not delivered in this session."""
        for waiting in self._centre.waiting_for(self):
            if id(waiting) not in self._handed:
                self._handed.add(id(waiting))
                self._sequence += 1
                waiting.sequence = self._sequence
                self._write(_DELIVER, _OK, self._sequence, waiting.body)

    def ask(self) -> None:
        self._sequence += 1
        self._write(_ENQUIRE, _OK, self._sequence)

    def _answer(self, command: int, status: int, sequence: int, body: bytes) -> None:
        if command in _BINDS:
            verdict = self._centre.bind(self, command, body)
            self._write(_BINDS[command], verdict, sequence, b"SIM\0" if verdict == _OK else b"")
            self.hand_over()
        elif command == _SUBMIT:
            self._take(sequence, body)
        elif command == _DELIVER | _RESPONSE:
            self._centre.heard(sequence, status)
        elif command in (_ENQUIRE, _UNBIND):
            self._write(command | _RESPONSE, _OK, sequence)

    def _take(self, sequence: int, body: bytes) -> None:
        # Any connection may be asked whether it is there before it is answered.
        self.ask()
        status, provider_id, way = self._centre.take(body)
        if way == "cut":
            raise Gone
        self._write(
            _SUBMIT | _RESPONSE, status, sequence, provider_id.encode() + b"\0" if not status else b""
        )

    def _read(self) -> tuple[int, int, int, bytes]:
        length, command, status, sequence = struct.unpack(">LLLL", self._exactly(16))
        return command, status, sequence, self._exactly(length - 16)

    def _exactly(self, size: int) -> bytes:
        raw = b""
        while len(raw) < size:
            piece = self._socket.recv(size - len(raw))
            if not piece:
                raise Gone
            raw += piece
        return raw

    def _write(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        with self._write_lock:
            self._socket.sendall(struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body)


def deliver_body(
    source: str, destination: str, raw: bytes, *, coding: int = 0, kind: int = 0, more: bytes = b""
) -> bytes:
    """The body of a deliver_sm; numbers are written without +, as networks do."""
    addresses = (
        b"\0" + b"\1\1" + source.lstrip("+").encode() + b"\0" + b"\1\1" + destination.lstrip("+").encode()
    )
    flags = b"\0" + bytes((kind, 0, 0)) + b"\0\0" + bytes((0, 0, coding, 0))
    if len(raw) > 254:
        return addresses + flags + b"\0" + _parameter(0x0424, raw) + more
    return addresses + flags + bytes((len(raw),)) + raw + more


def _submitted(body: bytes) -> tuple[dict[str, int], str, bytes]:
    """(flags, number, bytes of the text) of a submit_sm."""
    _service, rest = body.split(b"\0", 1)
    source_ton, (_source, rest) = rest[0], rest[2:].split(b"\0", 1)
    ton, (to, rest) = rest[0], rest[2:].split(b"\0", 1)
    kind, rest = rest[0], rest[3:]
    _scheduled, _valid, rest = rest.split(b"\0", 2)
    receipt, _replace, coding, _default, length = rest[:5]
    fields = {
        "esm_class": kind, "data_coding": coding, "registered_delivery": receipt,
        "source_addr_ton": source_ton,
    }  # fmt: skip
    return fields, ("+" if ton == 1 else "") + to.decode(), rest[5 : 5 + length]


def _parameter(code: int, value: bytes) -> bytes:
    return struct.pack(">HH", code, len(value)) + value


def _encoded(text: str) -> tuple[int, bytes]:
    """(data_coding, bytes) as a network would hand it over."""
    return (0 if alphabet_of(text) == GSM7 else 8), encode(text)


def _decoded(raw: bytes, coding: int) -> str:
    return raw.decode("utf-16-be") if coding == 8 else decode_gsm7(raw)
