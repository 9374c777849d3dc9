"""SMPP 3.4: one connection that receives on one machine, one that sends in each process that sends."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ...contract import Accepted, ChannelKind, Limits, Misconfigured, Outgoing, Parsed, Setting, kinds
from ...models import Channel
from .. import sms
from .listening import Listeners
from .sending import Senders


class Smpp(ChannelKind):
    code = "sms_smpp"
    name = _("SMS (SMPP)")
    assessment = "sms"
    listens = True
    limits = Limits(text=sms.TEXT_LIMIT)
    settings = (
        Setting("host", _("Host of the message centre")),
        Setting("port", _("Port"), _("2775 when empty."), is_required=False),
        Setting(
            "tls",
            _("Encrypted"),
            _("Where the message centre offers TLS."),
            is_required=False,
            choices=sms.YES_NO,
        ),
        Setting("system_id", _("System ID"), _("The user name, at most 15 characters.")),
        Setting("password", _("Password"), _("At most 8 characters in SMPP."), is_secret=True),
        Setting("system_type", _("System type"), is_required=False),
        Setting(
            "sender", _("Our number"), _("With + and country code, or a short code."), is_public_address=True
        ),
        Setting(
            "alphabet",
            _("Alphabet of the message centre"),
            _("Latin-1 when accents arrive wrong."),
            is_required=False,
            choices=(("gsm-7", "GSM-7"), ("latin-1", "Latin-1")),
        ),
        Setting(
            "message_ids",
            _("Numbers of messages"),
            _("Some centres write a number in two ways: then delivery is never reported."),
            is_required=False,
            choices=(("same", _("always alike")), ("hex", _("hexadecimal first, decimal in receipts"))),
        ),
        sms.TRANSLITERATE,
    )

    def __init__(self) -> None:
        self.senders, self._listeners = Senders(), Listeners()

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        port = str(config.get("port") or "2775")
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise Misconfigured(_("The port is a number from 1 to 65535."))
        if len(str(config.get("system_id", "")).encode()) > 15:
            raise Misconfigured(_("The system ID has at most 15 characters."))

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        return self.senders.of(channel).send(outgoing, channel)

    def listen(
        self, channel: Channel, hand_over: Callable[[Parsed], None], stopped: Callable[[], bool]
    ) -> None:
        self._listeners.listen(channel, hand_over, stopped)

    def link(self, channel: Channel) -> str:
        return sms.link(channel.address, country=channel.country)

    def is_known_address(self, address: str) -> bool:
        return sms.is_number(address)


kinds["sms_smpp"] = Smpp()
