"""People's side of e-mail: a server that takes our mails or refuses as real ones do, and people who write.

A mailbox with IMAP is not simulated: tests start Dovecot, and training uses the mailbox of the channel.
"""

import smtplib
import socketserver
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from uuid import uuid4

from ...simulator import Sent

_REFUSALS = {
    "busy": b"452 4.3.2 Too many connections, slow down",
    "down": b"451 4.3.0 Temporary lookup failure",
    "gone": b"550 5.1.1 User unknown",
    "blocked": b"550 5.7.1 The recipient does not accept mail from you",
}


class PostOffice:
    """An SMTP server on loopback that keeps what it takes. `ways` says how the next ones are treated."""

    def __init__(self, *, port: int = 0) -> None:
        self.sent: list[Sent] = []
        self.mails: list[EmailMessage] = []
        self.ways: deque[str] = deque()
        self.on_sent: Callable[[Sent], None] = lambda sent: None
        office = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                office.talk(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def talk(self, line: socketserver.StreamRequestHandler) -> None:
        """One conversation, as in RFC 5321."""
        way, to = "ok", ""
        line.wfile.write(b"220 sim.example ESMTP\r\n")
        while said := line.rfile.readline().strip():
            command = said.upper()
            if command.startswith(b"RCPT"):
                way, to = (self.ways.popleft() if self.ways else "ok"), parseaddr(said.decode()[8:])[1]
                line.wfile.write(_REFUSALS.get(way, b"250 2.1.5 Ok") + b"\r\n")
            elif command == b"DATA":
                line.wfile.write(b"354 Go ahead\r\n")
                self._take(to, _until_dot(line))
                if way == "cut":
                    return
                line.wfile.write(b"250 2.0.0 Ok\r\n")
            elif command == b"QUIT":
                line.wfile.write(b"221 2.0.0 Bye\r\n")
                return
            else:
                line.wfile.write(b"250 2.0.0 Ok\r\n")

    def _take(self, to: str, raw: bytes) -> None:
        mail = message_from_bytes(raw, policy=policy.default)
        self.mails.append(mail)
        body = mail.get_body(("plain",))
        text = body.get_content().strip() if body else ""
        files = [
            (part.get_filename() or "", part.get_content_type(), bytes(part.get_payload(decode=True) or b""))
            for part in mail.iter_attachments()
        ]
        number = str(mail["Message-ID"])
        sent = Sent(to=to, text=text, provider_id=number, file=files[0] if files else None)
        self.sent.append(sent)
        self.on_sent(sent)


def _until_dot(line: socketserver.StreamRequestHandler) -> bytes:
    lines = []
    while (one := line.rfile.readline()) not in (b".\r\n", b""):
        lines.append(one.removeprefix(b"."))
    return b"".join(lines)


class Correspondent:
    """People who write to the hub by a server that carries their mails."""

    def __init__(self, *, host: str, port: int, hub: str) -> None:
        self._host, self._port, self._hub = host, port, hub

    def write(self, person: str, text: str, *, subject: str = "", at: datetime | None = None) -> None:
        """A person writes."""
        mail = letter(person, self._hub, text, subject=subject, at=at)
        with smtplib.SMTP(self._host, self._port, "person.example", timeout=20) as server:
            server.send_message(mail)


def letter(
    person: str,
    to: str,
    text: str,
    *,
    external_id: str = "",
    subject: str = "",
    at: datetime | None = None,
    files: Sequence[tuple[str, str, bytes]] = (),
) -> EmailMessage:
    """A mail as a person's program writes it. `files`: (name, kind, bytes)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Alguien <{person}>", to, subject
    mail["Date"] = format_datetime(at or datetime.now(UTC))
    mail["Message-ID"] = f"<{external_id or uuid4().hex}@{person.rpartition('@')[2]}>"
    mail.set_content(text)
    for name, kind, body in files:
        main, _slash, sub = kind.partition("/")
        mail.add_attachment(body, maintype=main, subtype=sub, filename=name)
    return mail
