"""What answers what: a message of a person one of ours, and an answer of ours one of theirs."""

from dataclasses import replace

from ventanilla.channels.contract import Arrived, Content
from ventanilla.channels.models import Channel

from .models import Enquiry, Message


def answered_by(enquiry: Enquiry, arrived: Arrived, channel: Channel) -> Message | None:
    """The message of ours, in this enquiry, that somebody answers or below which they pressed a button."""
    if not arrived.replies_to:
        return None
    said = Message.objects.filter(enquiry=enquiry, outbound__channel=channel)
    return said.filter(outbound__provider_id=arrived.replies_to).order_by("-at", "pk").first()


def hung(content: Content, enquiry: Enquiry, channel: Channel) -> Content:
    """The same content, hung on what the person said last where the channel keeps threads."""
    if content.replies_to or not channel.speaks.threads:
        return content
    said = Message.objects.filter(enquiry=enquiry, direction=Message.Direction.IN)
    last = said.filter(inbound__channel=channel).order_by("-at", "-pk").first()
    return replace(content, replies_to=last.reference) if last else content


def can_quote(enquiry: Enquiry) -> bool:
    """Whether an answer here can be shown as one to a certain message."""
    return enquiry.channel is not None and enquiry.channel.speaks.quotes
