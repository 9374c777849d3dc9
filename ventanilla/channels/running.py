"""Setting up, opening and pausing a channel. None opens before its impact assessment is signed."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.assessments import is_signed
from ventanilla.privacy.sealing import new_key

from .contract import kinds
from .models import Channel


class NotAssessed(DomainError):
    message = _("The impact assessment of this kind of channel is not signed for this hub. Sign it first.")


class NotComplete(DomainError):
    """Something that the provider needs is not filled in."""

    message = _("Fill in everything that is marked as required first.")


class IsClosed(DomainError):
    message = _("This channel was closed for good. Set up a new one.")


@transaction.atomic
def set_up(*, kind: str, hub: Hub, name: str, at: datetime) -> Channel:
    """Begin a channel of a hub. It neither receives nor sends until it is opened."""
    channel = Channel(
        kind=kind, country=hub.country_id, hub=hub, name=name, created_at=at,
        sealed_under=new_key(scope=f"hub:{hub.ref}"),
    )  # fmt: skip
    channel.secrets = {}
    channel.save(force_insert=True)
    return channel


@transaction.atomic
def configure(*, channel: Channel, values: Mapping[str, str]) -> None:
    """Keep what was filled in; an empty secret leaves the former one. Raises Misconfigured."""
    known = kinds[channel.kind].settings
    config = dict(channel.config) | {
        s.name: values[s.name] for s in known if s.name in values and not s.is_secret
    }
    kinds[channel.kind].check(config)
    secrets = {s.name: values[s.name] for s in known if s.is_secret and values.get(s.name)}
    channel.config, channel.secrets = config, dict(channel.secrets or {}) | secrets
    public = next((config.get(s.name, "") for s in known if s.is_public_address), channel.address)
    channel.address, channel.problem = public, ""
    channel.save(update_fields=["config", "secrets", "address", "problem"])


def lacking(channel: Channel) -> list[str]:
    """Names of required settings that are not filled in."""
    return [
        setting.name
        for setting in channel.speaks.settings
        if setting.is_required
        and not (channel.secret(setting.name) if setting.is_secret else channel.setting(setting.name))
    ]


def is_assessed(channel: Channel, *, at: datetime) -> bool:
    """Whether the impact assessment that holds for this channel is signed."""
    hub = channel.hub.ref if channel.hub else ""
    return is_signed(channel.speaks.assessed_as(), country=channel.country, hub=hub, at=at)


@transaction.atomic
def open_channel(*, channel: Channel, at: datetime) -> None:
    """Let it receive and send. Raises IsClosed, NotComplete and NotAssessed."""
    if channel.state == Channel.State.CLOSED:
        raise IsClosed
    if lacking(channel):
        raise NotComplete
    if not is_assessed(channel, at=at):
        raise NotAssessed
    _become(channel, Channel.State.OPEN)


@transaction.atomic
def pause(*, channel: Channel) -> None:
    """Receive, but send nothing until it is opened again. Raises IsClosed."""
    if channel.state == Channel.State.CLOSED:
        raise IsClosed
    _become(channel, Channel.State.PAUSED)


@transaction.atomic
def close(*, channel: Channel) -> None:
    """For good: nothing is received any more; what was said stays as long as it may."""
    _become(channel, Channel.State.CLOSED)


def _become(channel: Channel, state: "Channel.State") -> None:
    channel.state = state
    channel.save(update_fields=["state"])
