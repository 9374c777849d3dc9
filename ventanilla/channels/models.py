import re
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ventanilla.hubs.models import Hub
from ventanilla.privacy.sealing import SealedJSON, SealedModel, SealedText, digest

from .contract import ChannelKind, Content, DeliveryState, Problem, kinds

# What is filled into a template.
_BLANK = re.compile(r"\{\{(\d{1,2})\}\}")
# After so long without an answer a message in flight is not known to have arrived.
LEASE = timedelta(minutes=2)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def receiving(self) -> "ChannelQuerySet":
        """Channels whose hooks take messages: a paused one still receives, so that nothing is lost."""
        return self.filter(state__in=[Channel.State.OPEN, Channel.State.PAUSED])


class Channel(SealedModel):
    """A line of one hub or of a country: a number, a bot, a mailbox, a counter."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being set up")
        OPEN = "open", _("Open")
        PAUSED = "paused", _("Paused: receives, does not send")
        CLOSED = "closed", _("Closed")

    kind = models.CharField(_("kind"), max_length=30)
    country = models.CharField(_("country"), max_length=2)
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("public address"), max_length=200, blank=True)
    config = models.JSONField(default=dict, blank=True)
    secrets = SealedJSON(blank=True, null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    answers_automatically = models.BooleanField(_("automatic answers"), default=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=20, choices=Problem, blank=True)
    listener = models.CharField(max_length=64, blank=True)
    listener_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[ChannelQuerySet] = ChannelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.name

    @property
    def speaks(self) -> ChannelKind:
        """The kind that knows this channel's provider."""
        return kinds[self.kind]

    @property
    def key_scope(self) -> str:
        return f"hub:{self.hub.ref}" if self.hub else f"country:{self.country}"

    def secret(self, name: str) -> str:
        """A sealed setting; empty when it was never given."""
        return str((self.secrets or {}).get(name, ""))

    def setting(self, name: str, default: str = "") -> str:
        return str(self.config.get(name, default))


def lane(channel: Channel, address: str) -> str:
    """The keyed digest under which everything of one person on one channel keeps its order."""
    return digest(f"lane:{channel.pk}", address)


class Correspondence(models.Model):
    """One person on one channel, by digest: when they last wrote and whether we may write."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="correspondences")
    lane = models.CharField(max_length=64)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    opted_in_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    last_position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "lane"], name="correspondence_once")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.lane[:8]}"

    def window_closes_at(self) -> datetime | None:
        """When we may no longer write freely; None where the channel knows no such window."""
        window = self.channel.speaks.window(self.channel)
        return self.last_inbound_at + window if window and self.last_inbound_at else None


class OptIn(models.Model):
    """The ledger of agreements to be written to: lines are added, never changed."""

    correspondence = models.ForeignKey(Correspondence, on_delete=models.CASCADE, related_name="opt_ins")
    is_given = models.BooleanField()
    at = models.DateTimeField()
    how = models.CharField(max_length=40)
    wording = models.CharField(_("what the person agreed to"), max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {'+' if self.is_given else '-'}"


class InboundQuerySet(models.QuerySet["Inbound"]):
    def waiting(self, *, at: datetime) -> "InboundQuerySet":
        """Received and not yet filed, in the order in which they came; poisoned ones are left to people."""
        return self.filter(filed_at=None, stuck_at=None).filter(Q(retry_at=None) | Q(retry_at__lte=at))

    def beside(self, row: "Inbound") -> "InboundQuerySet":
        """What has come of the message of which this is a part, as far as it is not filed."""
        mine = self.filter(channel=row.channel_id, lane=row.lane, whole=row.whole)
        return mine.filter(filed_at=None, stuck_at=None)


class Inbound(SealedModel):
    """A message as it came, sealed under the day's intake key; emptied once it is filed with an enquiry."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="inbound")
    external_id = models.CharField(max_length=200)
    lane = models.CharField(max_length=64)
    # The message of which this is a part, by digest; empty for a message in one piece.
    whole = models.CharField(max_length=64, blank=True)
    payload = SealedJSON(null=True, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    stuck_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InboundQuerySet] = InboundQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="inbound_once")]
        indexes = [
            models.Index(
                fields=["received_at", "id"],
                name="inbound_waiting",
                condition=Q(filed_at=None, stuck_at=None),
            ),
            models.Index(
                fields=["channel", "whole"], name="inbound_parts", condition=Q(filed_at=None) & ~Q(whole="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class IntakeKey(models.Model):
    """The key under which one channel seals what comes in on one day; destroyed when all of it is filed."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="intake_keys")
    day = models.DateField()
    key = models.UUIDField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "day"], name="intake_key_of_a_day")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day}"


class OutboundQuerySet(models.QuerySet["Outbound"]):
    def unfinished(self) -> "OutboundQuerySet":
        return self.filter(state__in=[Outbound.State.QUEUED, Outbound.State.SENDING])

    def ready(self, *, at: datetime) -> "OutboundQuerySet":
        """The oldest unfinished message of each person whose turn has come, on channels that may send."""
        earlier = Outbound.objects.unfinished().filter(
            channel=OuterRef("channel"), lane=OuterRef("lane"), position__lt=OuterRef("position")
        )
        return (
            self.filter(state=Outbound.State.QUEUED, next_attempt_at__lte=at)
            .filter(channel__state=Channel.State.OPEN)
            .filter(Q(channel__paused_until=None) | Q(channel__paused_until__lte=at))
            .filter(~Exists(earlier))
        )

    def abandoned(self, *, at: datetime) -> "OutboundQuerySet":
        """In flight longer than any answer takes, or since a moment to come: whoever sent them is gone."""
        long_ago = Q(claimed_at__lt=at - LEASE) | Q(claimed_at__gt=at + LEASE)
        return self.filter(long_ago, state=Outbound.State.SENDING)

    def of_a_wrong_clock(self, *, at: datetime) -> "OutboundQuerySet":
        """Waiting since a moment that is still to come: the machine's clock was ahead then."""
        ahead = Q(queued_at__gt=at + LEASE) | Q(claimed_at__gt=at + LEASE)
        return self.filter(ahead, state=Outbound.State.QUEUED)

    def needing_somebody(self) -> "OutboundQuerySet":
        """Dead letters: not delivered, or not known to be, until a person has looked."""
        return self.filter(state__in=[Outbound.State.FAILED, Outbound.State.UNSURE], settled_at=None)


class Outbound(SealedModel):
    """A message to a person, sealed under its enquiry's key, on its way."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        FAILED = "failed", _("Not delivered")
        UNSURE = "unsure", _("Perhaps delivered")
        CANCELLED = "cancelled", _("Taken back")

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="outbound")
    lane = models.CharField(max_length=64)
    position = models.BigIntegerField(editable=False)
    to = SealedText()
    content = SealedJSON()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    problem = models.CharField(max_length=20, choices=Problem, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OutboundQuerySet] = OutboundQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], name="outbound_queued", condition=Q(state="queued")),
            models.Index(
                fields=["channel", "lane", "position"],
                name="outbound_lane",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["channel", "provider_id"], name="outbound_provider_id"),
            models.Index(fields=["claimed_at"], name="outbound_in_flight", condition=Q(state="sending")),
            models.Index(
                fields=["queued_at"],
                name="outbound_dead_letters",
                condition=Q(state__in=["failed", "unsure"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def what(self) -> Content:
        return Content.from_json(self.content)


class DeliveryNote(models.Model):
    """What a provider said about one message of ours, once each; it may come before we know the id."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="delivery_notes")
    provider_id = models.CharField(max_length=200)
    token = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=DeliveryState)
    problem = models.CharField(max_length=20, choices=Problem, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "provider_id", "state"], name="delivery_noted_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.state}"


class Template(models.Model):
    """A text that a provider has approved for writing outside the window."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="templates")
    name = models.SlugField(_("name"), max_length=100)
    language = models.CharField(_("language"), max_length=8)
    body = models.TextField(_("text, with {{1}} for what is filled in"))
    is_approved = models.BooleanField(_("approved by the provider"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "name", "language"], name="template_once_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    def blanks(self) -> int:
        """How many things are to be filled in: {{1}} up to the highest number in the text."""
        return max((int(number) for number in _BLANK.findall(self.body)), default=0)

    def fill(self, values: list[str]) -> str:
        """The text as the person will read it."""
        text = self.body
        for number, value in enumerate(values, start=1):
            text = text.replace(f"{{{{{number}}}}}", value)
        return text
