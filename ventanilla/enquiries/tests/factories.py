"""A hub with staff, a line of WhatsApp, and people who write on it."""

from datetime import datetime
from uuid import uuid4

from django.utils import timezone

from ventanilla.accounts.models import User
from ventanilla.channels import intake
from ventanilla.channels.contract import Arrived, Parsed
from ventanilla.channels.models import Channel
from ventanilla.enquiries import actions
from ventanilla.enquiries.models import Enquiry
from ventanilla.hubs.models import Country, Hub, Membership, Role
from ventanilla.privacy.sealing import new_key


def a_hub(ref: str = "cr-hub-upala", country: str = "cr") -> Hub:
    place, _ = Country.objects.get_or_create(
        code=country, defaults={"names": {"es": country.upper()}, "timezone": "America/Costa_Rica"}
    )
    return Hub.objects.get_or_create(ref=ref, defaults={"country": place, "names": {"es": ref}})[0]


def a_user(role: str | None = Role.ADVISER, *, hub: Hub | None = None, country: str = "") -> User:
    user = User.objects.create_user(f"{uuid4().hex}@example.org", is_staff=True)
    if role:
        place = Country.objects.get(code=country) if country else None
        Membership.objects.create(user=user, role=role, hub=hub, country=place)
    return user


def a_channel(hub: Hub, kind: str = "whatsapp") -> Channel:
    channel = Channel(
        kind=kind, country=hub.country_id, hub=hub, name=kind, state=Channel.State.OPEN,
        sealed_under=new_key(scope=f"hub:{hub.ref}"), created_at=timezone.now(),
    )  # fmt: skip
    channel.secrets = {}
    channel.save()
    return channel


def an_enquiry(hub: Hub | None = None, **more: object) -> Enquiry:
    return actions.open_enquiry(
        hub=hub or a_hub(), channel_kind=str(more.pop("kind", "counter")), at=timezone.now(), **more
    )


def writes(channel: Channel, sender: str, text: str, *, at: datetime | None = None) -> None:
    """A person writes on a channel, and the message is filed."""
    at = at or timezone.now()
    message = Arrived(external_id=uuid4().hex, sender=sender, at=at, text=text)
    intake.receive(channel=channel, parsed=Parsed(messages=(message,)), at=at)
    intake.file_waiting(at=at)
