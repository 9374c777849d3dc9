"""The web chat of the sample hub, so that a newcomer sees both sides of the desk."""

from datetime import datetime

from ventanilla.channels.models import Channel
from ventanilla.hubs.models import Hub
from ventanilla.privacy.sealing import new_key

HUB = "cr-hub-upala"


def open_sample_chat(*, at: datetime) -> None:
    """Open the chat of the sample hub; leaves one that exists as it is, and does nothing without the hub."""
    hub = Hub.objects.filter(ref=HUB).first()
    if hub is None or Channel.objects.filter(hub=hub, kind="web").exists():
        return
    line = Channel(
        kind="web", country=hub.country_id, hub=hub, name="Chat", state=Channel.State.OPEN, created_at=at,
        sealed_under=new_key(scope=f"hub:{hub.ref}"),
    )  # fmt: skip
    line.secrets = {}
    line.save(force_insert=True)
