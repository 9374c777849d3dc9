from django.utils.translation import gettext_lazy as _

from ...contract import MEGABYTE, Accepted, ChannelKind, DeliveryState, Files, Limits, Outgoing, kinds
from ...models import Channel


class WebChat(ChannelKind):
    """There is no provider: what is sent waits on the hub's own page until the person opens it."""

    code = "web"
    name = _("Web chat")
    limits = Limits(
        text=20_000, choices=10, choice_label=80, files=Files(largest=(("", 100 * MEGABYTE),), caption=20_000)
    )
    can_repeat = True
    address_is_return_code = True

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        return Accepted(state=DeliveryState.SENT)


kinds["web"] = WebChat()
