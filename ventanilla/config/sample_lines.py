"""The lines of the sample hub, assessed, signed and open. Nothing that is sent on them leaves this machine.

Those with a provider lead to nowhere (a port on which nobody listens) until `ventanilla simulate --stand-by`,
which `ventanilla demo` starts beside the server, plays the provider.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from ventanilla.accounts.models import User
from ventanilla.channels import running
from ventanilla.channels.kinds.sms_http.simulator import JsonGateway
from ventanilla.channels.models import Channel
from ventanilla.hubs.models import Hub
from ventanilla.privacy import assessments

HUB = "cr-hub-upala"
NOWHERE = "http://127.0.0.1:9"
CONDITIONS = "Demonstration: invented people only."
# Who of the sample people signs in which capacity.
SIGNERS = {"operation": "carmen@ventanilla.example", "protection": "diego@ventanilla.example"}


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A channel of the demonstration; its secrets are made anew on every installation."""

    kind: str
    name: str
    settings: Callable[[], Mapping[str, str]] = dict


def _whatsapp() -> Mapping[str, str]:
    secrets = {name: token_urlsafe(24) for name in ("app_secret", "access_token", "verify_token")}
    return {"number": "+506 4000 0001", "phone_number_id": "106540352242922", "graph": NOWHERE, **secrets}


def _telegram() -> Mapping[str, str]:
    secrets = {"bot_token": f"1:{token_urlsafe(24)}", "secret_token": token_urlsafe(24)}
    return {"bot_name": "@ventanilla_demo_bot", "mode": "webhook", "server": NOWHERE, **secrets}


def _sms() -> Mapping[str, str]:
    where = {"sender": "+50640000000", "send_url": f"{NOWHERE}{JsonGateway.CONFIG['send_url']}"}
    return {**JsonGateway.CONFIG, **where, "key": token_urlsafe(24), "hook_secret": token_urlsafe(24)}


LINES = (
    SampleLine("web", "Chat"),
    SampleLine("whatsapp", "WhatsApp Upala", _whatsapp),
    SampleLine("telegram", "Telegram Upala", _telegram),
    SampleLine("sms_http", "SMS Upala", _sms),
    SampleLine("counter", "Mostrador"),
    SampleLine("phone", "Teléfono", lambda: {"number": "+506 4000 0002"}),
)


def open_sample_lines(*, at: datetime) -> None:
    """Open the lines of the sample hub; leaves those that exist as they are, does nothing without the hub."""
    hub = Hub.objects.filter(ref=HUB).first()
    if hub is None:
        return
    there = set(Channel.objects.filter(hub=hub).values_list("kind", flat=True))
    for line in LINES:
        if line.kind not in there:
            _open(line, hub, at=at)


def _open(line: SampleLine, hub: Hub, *, at: datetime) -> None:
    channel = running.set_up(kind=line.kind, hub=hub, name=line.name, at=at)
    running.configure(channel=channel, values=line.settings())
    _sign(channel.speaks.assessed_as(), hub, at=at)
    running.open_channel(channel=channel, at=at)


def _sign(kind: str, hub: Hub, *, at: datetime) -> None:
    for capacity in assessments.missing(kind, country=hub.country_id, hub=hub.ref, at=at):
        assessments.sign(
            kind=kind, country=hub.country_id, hub=hub.ref, capacity=capacity, conditions=CONDITIONS,
            by=User.objects.get(email=SIGNERS[capacity]), at=at,
        )  # fmt: skip
