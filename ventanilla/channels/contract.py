"""What a kind of channel must be able to do, and the words in which it speaks with the rest of the house.

A kind lives in one folder of `channels/kinds/`, plugs itself into `kinds` and passes the conformance suite
(`channels/tests/conformance.py`). It never touches the database: it reads what a provider sent and writes
what a provider wants. Committing, dropping duplicates, order, retries and delivery states are
the same for all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.errors import DomainError
from ventanilla.lib.registry import Registry

if TYPE_CHECKING:
    from .models import Channel

Words = str | Promise


class Problem(models.TextChoices):
    """Why a message could not be sent, in words for the adviser."""

    WINDOW_CLOSED = (
        "window-closed",
        _("More than 24 hours have passed: only an approved template can be sent."),
    )
    BLOCKED = "blocked", _("The person has blocked this line.")
    GONE = "gone", _("This number or account does not exist any more.")
    NO_OPT_IN = "no-opt-in", _("The person has not agreed to be written to on this channel.")
    RATE_LIMITED = "rate-limited", _("The provider asks us to slow down. It is tried again by itself.")
    PROVIDER_DOWN = "provider-down", _("The provider does not answer. It is tried again by itself.")
    NOT_ALLOWED = "not-allowed", _("The provider does not accept our key: the coordinator must renew it.")
    REFUSED = "refused", _("The provider refuses this message.")
    TOO_LONG = "too-long", _("The message is too long for this channel.")
    UNSUPPORTED = "unsupported", _("This channel cannot carry this kind of file.")
    TOO_LARGE = "too-large", _("The file is too large for this channel.")
    FILE_GONE = "file-gone", _("The file was deleted, or could harm a computer: it is not sent.")
    NOT_SCANNED = "not-scanned", _("The file cannot be checked for viruses now. It is tried again by itself.")
    EXPIRED = "expired", _("It could not be sent for a whole day and is not tried any more.")
    UNSURE = (
        "unsure",
        _("The connection broke while sending: it may have arrived. Send again only if needed."),
    )


class NotAuthentic(Exception):
    """What came to a hook was not sent by the provider. The text never repeats any of it."""


class Unreadable(Exception):
    """The provider sent something that its documentation does not describe."""


class Misconfigured(DomainError):
    """What is wrong with a channel's configuration, in words for whoever fills it in."""

    message = _("This channel is not configured as it must be.")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request to a hook. Names of headers are in small letters."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a person sent: `reference` is how the provider hands it out."""

    reference: str
    kind: str = ""
    name: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which piece of a longer message this is. `whole` is the same for all of them and tells nothing."""

    whole: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of a person. `choice` is the code of a button or list row that was pressed.

    `replies_to` is the provider's id of the message that it answers; `reference` is how an answer of ours
    names this one, where that is not its external id.

    One with a `part` is committed and acknowledged by itself, and filed when the other parts are there.
    """

    external_id: str
    sender: str
    at: datetime
    text: str = ""
    choice: str = ""
    media: tuple[Media, ...] = ()
    replies_to: str = ""
    other_addresses: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    part: Part | None = None
    reference: str = ""


class DeliveryState(models.TextChoices):
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Not delivered")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a provider says about a message of ours; `token` is ours, echoed by providers that can."""

    provider_id: str
    state: DeliveryState
    at: datetime
    problem: Problem | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Watermark:
    """All that went to this person `until` a moment was delivered or read; no message is named.

    `until` is the provider's clock, `at` when it happened.
    """

    person: str
    state: DeliveryState
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person blocked the line or took their agreement back (`is_stopped`), or gave it again."""

    sender: str
    at: datetime
    is_stopped: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    messages: tuple[Arrived, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    stops: tuple[Stopped, ...] = ()
    watermarks: tuple[Watermark, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or a row of a list: what the person reads and the code that comes back."""

    code: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be said, before a kind puts it into its provider's form."""

    text: str = ""
    language: str = "es"
    choices: tuple[Choice, ...] = ()
    subject: str = ""
    template: str = ""
    variables: tuple[str, ...] = ()
    file: str = ""  # the number of a sealed file
    replies_to: str = ""
    is_automatic: bool = False  # said by the house itself, not by a person of the staff

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "language": self.language,
            "choices": [[choice.code, choice.label, choice.detail] for choice in self.choices],
            "subject": self.subject,
            "template": self.template,
            "variables": list(self.variables),
            "file": self.file,
            "replies_to": self.replies_to,
            "is_automatic": self.is_automatic,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Content":
        return cls(
            **{
                **value,
                "choices": tuple(Choice(*choice) for choice in value["choices"]),
                "variables": tuple(value["variables"]),
            }
        )


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file on its way to a person: looked at, cleaned, scanned where the hub has a scanner."""

    name: str
    content_type: str
    content: bytes = field(repr=False)

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for one person. `token` is the same at every try.

    `heard_ago`: how long ago the person last wrote, where they have. `file`: what `content.file` stands for.
    """

    to: str
    content: Content
    token: str
    heard_ago: timedelta | None = None
    file: SentFile | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. An empty id: this kind reports no delivery."""

    provider_id: str = ""
    state: DeliveryState = DeliveryState.SENT


class SendRefused(Exception):
    """The provider did not take a message. A final refusal is not tried again.

    `retry_after` (seconds) is the provider's own wish. `may_have_arrived`: the answer was lost on the way.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        is_final: bool = False,
        retry_after: float | None = None,
        may_have_arrived: bool = False,
    ) -> None:
        super().__init__(problem.value)
        self.problem, self.is_final = problem, is_final
        self.retry_after, self.may_have_arrived = retry_after, may_have_arrived


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of a channel's configuration form; secret ones are sealed and never shown again.

    `choices`: (value, what to read) where one of a few is to be chosen; the first is the default.
    """

    name: str
    label: Words
    help: Words = ""
    is_secret: bool = False
    is_required: bool = True
    is_public_address: bool = False
    choices: tuple[tuple[str, Words], ...] = ()


MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Files:
    """What files one message can carry.

    `largest`: bytes by kind of file, the first that fits: "image/png", "audio/", or "" for all others; what
    fits none is not carried. `caption`: letters that go with a file; with those in `wordless`, none do.
    """

    largest: tuple[tuple[str, int], ...]
    caption: int = 0
    wordless: tuple[str, ...] = ()

    def room(self, content_type: str) -> int:
        """The most bytes that a file of this kind may have; 0 where none is carried."""
        return next((most for kind, most in self.largest if content_type.startswith(kind)), 0)

    def words(self, content_type: str) -> int:
        """How many letters go along with a file of this kind."""
        return 0 if content_type.startswith(self.wordless or ("/",)) else self.caption

    @property
    def most(self) -> int:
        return max(most for _kind, most in self.largest)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message can hold; `window` is how long after the person's last message we may write freely."""

    text: int = 4000
    choices: int = 0
    choice_label: int = 20
    window: timedelta | None = None
    files: Files | None = None


class ChannelKind:
    """Base of all kinds. What a kind does not have, it refuses."""

    code: ClassVar[str]
    name: ClassVar[Words]
    settings: ClassVar[tuple[Setting, ...]] = ()
    limits: ClassVar[Limits] = Limits()
    # A repeated send with the same token is one message for the person: after a broken connection, repeat.
    can_repeat: ClassVar[bool] = False
    needs_opt_in: ClassVar[bool] = False
    has_templates: ClassVar[bool] = False  # texts that the provider approved go out after the window
    quotes: ClassVar[bool] = False  # an answer can be shown as one to a certain message of the person
    threads: ClassVar[bool] = False  # every message of ours hangs on one of the person, else on their last
    is_staffed: ClassVar[bool] = False  # written by staff (counter, phone), nothing is sent by itself
    listens: ClassVar[bool] = False
    # The impact assessment that holds for this kind, where its name is not the code.
    assessment: ClassVar[str] = ""
    # The only address of a person here is the digest of the code with which they come back.
    address_is_return_code: ClassVar[bool] = False

    def assessed_as(self) -> str:
        """The name of the impact assessment that must be signed before a channel of this kind opens."""
        return self.assessment or self.code

    def check(self, config: Mapping[str, Any]) -> None:
        """Look at a configuration before it is saved; secrets are not in it. Raises Misconfigured."""
        for setting in self.settings:
            words = [value for value, _label in setting.choices]
            if words and config.get(setting.name) and config[setting.name] not in words:
                raise Misconfigured(
                    _("“{name}” is empty or one of: {words}.").format(
                        name=setting.name, words=", ".join(words)
                    )
                )

    def greet(self, hook: Webhook, channel: "Channel") -> str | None:
        """The text with which the provider's own check of the hook is answered, or None when it is no check.

        Raises NotAuthentic when the check has the wrong secret.
        """
        return None

    def connect(self, channel: "Channel", *, hook: str) -> None:
        """Tell the provider where our hook is, or that there is none; may be done again.

        Raises SendRefused and Misconfigured.
        """

    def verify(self, hook: Webhook, channel: "Channel") -> None:
        """Compare the signature or secret in constant time. Raises NotAuthentic."""
        raise NotAuthentic

    def parse(self, hook: Webhook, channel: "Channel") -> Parsed:
        """Read what the provider sent. Raises Unreadable; what is unknown but harmless is left out."""
        raise Unreadable

    def acknowledge(self, hook: Webhook, channel: "Channel") -> Mapping[str, Any] | None:
        """What the provider wants to read, as JSON, once all is committed; None: a plain OK will do."""
        return None

    def window(self, channel: "Channel", *, is_automatic: bool = False) -> timedelta | None:
        """How long after the person's last message this channel may write freely; None: always."""
        return self.limits.window

    def send(self, outgoing: Outgoing, channel: "Channel") -> Accepted:
        """Hand one message to the provider. Raises SendRefused."""
        raise SendRefused(Problem.REFUSED, is_final=True)

    def fetch(self, media: Media, channel: "Channel") -> Iterator[bytes]:
        """The bytes of a file that a person sent, piece by piece; who reads them stops where it is enough.

        Nothing that a message names is asked anywhere but where the channel's own provider keeps files.
        Raises SendRefused: GONE where the provider has it no more, TOO_LARGE where it does not hand it out.
        """
        raise SendRefused(Problem.UNSUPPORTED, is_final=True)

    def listens_on(self, channel: "Channel") -> bool:
        """Whether this channel is listened to; asked only where `listens`."""
        return self.listens

    def listen(
        self, channel: "Channel", hand_over: Callable[[Parsed], None], stopped: Callable[[], bool]
    ) -> None:
        """For kinds without hooks: wait until `stopped()`; `hand_over` commits each batch.

        One connection is enough: whoever calls begins anew, with pauses that grow, when it broke. Raises
        SendRefused when the provider cannot be reached or does not let us in.
        """
        raise NotImplementedError

    def link(self, channel: "Channel") -> str:
        """What opens this channel on a person's phone, as in https://t.me/…; "" where nothing does."""
        return ""

    def is_known_address(self, address: str) -> bool:
        """Whether this could be an address of a person on this channel."""
        return bool(address)


kinds: Registry[ChannelKind] = Registry()
