"""E-mail: IMAP in (IDLE where the server has it), SMTP out."""

from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from ...contract import (
    MEGABYTE,
    Accepted,
    ChannelKind,
    Files,
    Limits,
    Media,
    Misconfigured,
    Outgoing,
    Parsed,
    Problem,
    SendRefused,
    Setting,
    kinds,
)
from ...models import Channel
from ..network import is_near
from . import reading, writing
from .listening import Listeners
from .mailbox import opened

_TLS, _STARTTLS = ("tls", "TLS"), ("starttls", "STARTTLS")
_NONE = ("none", _("none: for a server in the hub's own network"))


class Email(ChannelKind):
    code = "email"
    name = _("E-mail")
    listens = quotes = threads = True
    # What most servers take, after a file has grown by a third on its way.
    limits = Limits(text=20_000, files=Files(largest=(("", 10 * MEGABYTE),), caption=20_000))
    settings = (
        Setting("address", _("Our address"), is_public_address=True),
        Setting(
            "sender_name",
            _("Name beside the address"),
            _("Empty is safest: whoever sees the person's mail learns less."),
            is_required=False,
        ),
        Setting(
            "subject",
            _("Subject of what we send"),
            _("When empty, “Answer to your message” in the person's language."),
            is_required=False,
        ),
        Setting("imap_host", _("IMAP server")),
        Setting("imap_port", _("IMAP port"), _("993 or 143 when empty."), is_required=False),
        Setting("imap_security", _("IMAP encryption"), is_required=False, choices=(_TLS, _STARTTLS, _NONE)),
        Setting("user", _("User")),
        Setting("password", _("Password"), _("An app password where the provider has them."), is_secret=True),
        Setting("folder", _("Folder"), _("INBOX when empty."), is_required=False),
        Setting(
            "after",
            _("What becomes of a mail that was taken"),
            _("keep (read), move and the name of a folder, or delete; with files, after four days."),
            is_required=False,
        ),
        Setting("smtp_host", _("SMTP server")),
        Setting("smtp_port", _("SMTP port"), _("587 or 465 when empty."), is_required=False),
        Setting("smtp_security", _("SMTP encryption"), is_required=False, choices=(_STARTTLS, _TLS, _NONE)),
        Setting(
            "smtp_login",
            _("Sign in to send"),
            _("Not where the server knows this machine."),
            is_required=False,
            choices=(("yes", _("yes")), ("no", _("no"))),
        ),
        Setting("smtp_user", _("User for SMTP, if another"), is_required=False),
        Setting("smtp_password", _("Password for SMTP, if another"), is_secret=True, is_required=False),
    )

    def __init__(self) -> None:
        self._listeners = Listeners()

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        if not reading.is_address(str(config.get("address") or "")):
            raise Misconfigured(_("The address must be a mail address."))
        for name in ("imap", "smtp"):
            _check_server(config, name)
        after, _space, folder = str(config.get("after") or "keep").partition(" ")
        if after not in ("keep", "move", "delete") or (after == "move") != bool(folder.strip()):
            raise Misconfigured(_("“after” is keep, delete, or move and the name of a folder."))

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        return writing.send(outgoing, channel)

    def listen(
        self, channel: Channel, hand_over: Callable[[Parsed], None], stopped: Callable[[], bool]
    ) -> None:
        self._listeners.listen(channel, hand_over, stopped)

    def fetch(self, media: Media, channel: Channel) -> Iterator[bytes]:
        number, _space, place = media.reference.partition(" ")
        with opened(channel, is_read_only=True) as mailbox:
            uid = mailbox.find(place)
            fetched = mailbox.fetch(uid) if uid is not None else None
        files = reading.files(message_from_bytes(fetched[0])) if fetched else []
        if int(number) >= len(files):
            raise SendRefused(Problem.GONE, is_final=True)
        yield reading.content_of(files[int(number)])

    def link(self, channel: Channel) -> str:
        return f"mailto:{quote(channel.address, safe='@')}" if reading.is_address(channel.address) else ""

    def is_known_address(self, address: str) -> bool:
        return reading.is_address(address)


def _check_server(config: Mapping[str, Any], name: str) -> None:
    security = config.get(f"{name}_security")
    host, port = str(config.get(f"{name}_host") or ""), str(config.get(f"{name}_port") or "1")
    if security == "none" and not is_near(host):
        raise Misconfigured(_("Without encryption only a server in the hub's own network is spoken with."))
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise Misconfigured(_("The port is a number from 1 to 65535."))


kinds["email"] = Email()
