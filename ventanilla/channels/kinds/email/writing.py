"""Writing mails: plain text, a subject that tells nothing, one person each; handing them to a server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from django.utils import timezone

from ventanilla.privacy.sealing import digest

from ...contract import Accepted, Outgoing, Problem, SendRefused
from ...models import Channel
from .. import plain
from .problems import refusal_of
from .reading import is_address, message_id

# Seconds for each answer of the server.
ANSWER = 20.0
# In a list of mails over somebody's shoulder it says neither who writes nor about what.
_SUBJECTS = {"es": "Respuesta a su mensaje", "fr": "Réponse à votre message", "ht": "Repons pou mesaj ou"}
# An id of a mail is often longer than a line should be; cut or encoded, it would be another one.
_AS_SENT = policy.SMTP.clone(max_line_length=900)
_SUBJECT = "Answer to your message"


def compose(outgoing: Outgoing, channel: Channel) -> EmailMessage:
    """The mail. Raises SendRefused for what this channel cannot carry."""
    content, ours = outgoing.content, channel.setting("address")
    text = plain.written(content)
    if not (text or outgoing.file):
        raise SendRefused(Problem.UNSUPPORTED, is_final=True)
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = formataddr((channel.setting("sender_name"), ours))
    mail["To"] = outgoing.to
    mail["Subject"] = (
        content.subject or channel.setting("subject") or _SUBJECTS.get(content.language, _SUBJECT)
    )
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = message_id(outgoing.token, ours)
    # Programs show together what hangs on one mail: on the person's own where we know it, and else, for all
    # that goes to one person, on one that was never sent.
    thread = content.replies_to.split() or [
        message_id(digest(f"thread:{channel.pk}", outgoing.to)[:40], ours)
    ]
    mail["In-Reply-To"], mail["References"] = thread[-1], " ".join(thread)
    if content.is_automatic:
        mail["Auto-Submitted"] = "auto-replied"
    # Machines are asked not to answer, and our own mails are known when they come back.
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Loop"] = ours
    mail.set_content(text, cte="quoted-printable")
    mail["Content-Language"] = content.language
    if file := outgoing.file:
        main, _slash, sub = file.content_type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return mail


def send(outgoing: Outgoing, channel: Channel) -> Accepted:
    """One mail in one conversation with the server. Raises SendRefused."""
    if not is_address(outgoing.to) or not outgoing.to.isascii():
        raise SendRefused(Problem.GONE, is_final=True)
    mail = compose(outgoing, channel)
    has_begun = False
    try:
        with _server(channel) as server:
            _expect(server.mail(channel.setting("address")))
            _expect(server.rcpt(outgoing.to), is_about_recipient=True)
            has_begun = True
            _expect(server.data(mail.as_bytes(policy=_AS_SENT)))
    except SendRefused as refusal:
        if outgoing.file and refusal.problem == Problem.TOO_LONG:
            raise SendRefused(Problem.TOO_LARGE, is_final=True) from None
        raise
    except smtplib.SMTPResponseException as refused:
        raise refusal_of(refused.smtp_code, _bytes(refused.smtp_error)) from None
    except (smtplib.SMTPException, OSError):
        raise SendRefused(Problem.PROVIDER_DOWN, may_have_arrived=has_begun) from None
    return Accepted(provider_id=str(mail["Message-ID"]))


@contextmanager
def _server(channel: Channel) -> Iterator[smtplib.SMTP]:
    host, security = channel.setting("smtp_host"), channel.setting("smtp_security") or "starttls"
    port = int(channel.setting("smtp_port") or (465 if security == "tls" else 587))
    domain = channel.setting("address").rpartition("@")[2]
    if security == "tls":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, domain, timeout=ANSWER, context=context)
    else:
        server = smtplib.SMTP(host, port, domain, timeout=ANSWER)
    try:
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if channel.setting("smtp_login") != "no":
            server.login(channel.setting("smtp_user") or channel.setting("user"), _password(channel))
        yield server
        _say_goodbye(server)
    finally:
        server.close()


def _password(channel: Channel) -> str:
    return channel.secret("smtp_password") or channel.secret("password")


def _say_goodbye(server: smtplib.SMTP) -> None:
    """What was accepted stays accepted, whatever comes of the goodbye."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        return


def _expect(answer: tuple[int, bytes], *, is_about_recipient: bool = False) -> None:
    code, said = answer
    if not 200 <= code < 300:
        raise refusal_of(code, said, is_about_recipient=is_about_recipient)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("ascii", "replace")
