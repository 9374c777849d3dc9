"""Playing the provider of a channel of this system: the same few gestures for every kind with a simulator.

A kind plugs its `Player` in from its own folder (`kinds/*/player.py`). These modules are loaded only by who
plays: nothing of them runs where people are served.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from pkgutil import iter_modules
from typing import ClassVar
from urllib.parse import urlsplit

from PIL import Image

from ventanilla.lib.registry import Registry

from .models import Channel
from .simulator import Caller, Sent


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file that somebody invented sends."""

    name: str
    content_type: str
    body: bytes

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


def sample_file(kind: str) -> SampleFile:
    """A picture (with a place in it, as telephones write it) or a PDF. Raises KeyError for anything else."""
    return {"picture": _picture, "pdf": _pdf}[kind]()


def _picture() -> SampleFile:
    image, told = Image.new("RGB", (320, 200), "#7a4b1e"), Image.Exif()
    told[0x010F] = "sentinel-camera"
    out = BytesIO()
    image.save(out, "JPEG", exif=told)
    return SampleFile("foto.jpg", "image/jpeg", out.getvalue())


def _pdf() -> SampleFile:
    return SampleFile("carta.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")


class Player(ABC):
    """The provider of one channel, on this machine, with people who write to it."""

    # What of `simulator.WAYS` this provider can do wrong when we send.
    refusals: ClassVar[tuple[str, ...]] = ("busy", "down")
    # Whether it tells what became of our messages.
    reports: ClassVar[bool] = True
    # Whether it says when something was written, so that its order can be put right.
    carries_time: ClassVar[bool] = True

    # Whether people can send files here.
    carries_files: ClassVar[bool] = False

    # Of the people's telephones, where a provider tells it.
    language = "es"

    @abstractmethod
    def __init__(self, channel: Channel, call: Caller) -> None:
        """Begin to listen. `call` reaches the hook of the channel."""

    @property
    @abstractmethod
    def sent(self) -> Sequence[Sent]:
        """What the provider has taken from us so far."""

    @property
    def is_quiet(self) -> bool:
        """Whether we have taken everything that people wrote; a hook has when it answers."""
        return True

    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """The settings of the channel that lead to this simulator."""

    @abstractmethod
    def somebody(self) -> str:
        """The address of an invented person, another one each time."""

    @abstractmethod
    def hand_over(self, messages: Sequence[tuple[str, str, str, datetime]]) -> int:
        """Messages (id, person, text, time) in this order; the status with which they were taken (200: well).

        The same id again is the same message again.
        """

    def attach(self, person: str, file: "SampleFile", *, ref: str, at: datetime) -> int:
        """A person sends a file; for kinds with `carries_files`. The same id again is the same message."""
        raise NotImplementedError

    def press(self, sent: Sent, code: str) -> int:
        """The person presses a button below a message of ours; only where the message has `choices`."""
        raise NotImplementedError

    @abstractmethod
    def refuse(self, *ways: str) -> None:
        """How our next messages are treated."""

    def report(self, sent: Sent, state: str) -> None:  # noqa: B027 (some providers tell nothing)
        """Tell us that a message was delivered or read; for kinds with `reports`."""

    @abstractmethod
    def close(self) -> None:
        """Stop listening."""


players: Registry[type[Player]] = Registry()


def load_players() -> None:
    """Plug in the players of all kinds that have one."""
    folder = Path(__file__).with_name("kinds")
    for found in iter_modules([str(folder)]):
        name = f"{__package__}.kinds.{found.name}"
        if found.ispkg and find_spec(f"{name}.player"):
            import_module(f"{name}.player")


def is_played(channel: Channel) -> bool:
    """Whether this channel leads to this machine only, so that nobody real is cut off when it is played."""
    addresses = {channel.setting(name) for name in ("graph", "server", "send_url", "host")}
    found = [address for address in addresses if address]
    return bool(found) and all(_is_loopback(address) for address in found)


def _is_loopback(address: str) -> bool:
    host = (urlsplit(address).hostname or "") if "//" in address else address
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def point(channel: Channel, settings: Mapping[str, str]) -> dict[str, str]:
    """Let a channel lead to other addresses; returns what they were."""
    former = {name: channel.setting(name) for name in settings}
    channel.config = {**channel.config, **settings}
    Channel.objects.filter(pk=channel.pk).update(config=channel.config, problem="", paused_until=None)
    return former


def digits(count: int) -> str:
    """So many digits, for invented numbers."""
    return "".join(random.choice("0123456789") for _ in range(count))  # noqa: S311 (hides nothing)
