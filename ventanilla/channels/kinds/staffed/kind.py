from django.utils.translation import gettext_lazy as _

from ...contract import ChannelKind, Setting, kinds
from ...models import Channel
from .. import sms


class Staffed(ChannelKind):
    """A person speaks with a person. What is answered is noted; a channel of this kind refuses to send."""

    is_staffed = True


class Counter(Staffed):
    code = "counter"
    name = _("At the counter")


class Phone(Staffed):
    code = "phone"
    name = _("On the phone")
    settings = (Setting("number", _("Number that people call"), is_required=False, is_public_address=True),)

    def link(self, channel: Channel) -> str:
        return sms.link(channel.address, country=channel.country, scheme="tel")


class Community(Staffed):
    code = "community"
    name = _("Community adviser")
    assessment = "community-advisor"


# In the order in which the forms of the desk number them.
STAFFED = (Counter(), Phone(), Community())

for kind in STAFFED:
    kinds[kind.code] = kind
