"""A gateway that only the channel's configuration knows; docs/how-to/channels.md works out two."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ...contract import Accepted, ChannelKind, Limits, Outgoing, Parsed, Setting, Webhook, kinds
from ...models import Channel
from .. import sms
from . import checking, incoming, sending

METHODS = (("POST", "POST"), ("GET", "GET"), ("PUT", "PUT"))
FORMS = (("json", "JSON"), ("form", _("form")), ("query", _("query of the address")))


class SmsHttp(ChannelKind):
    code = "sms_http"
    name = _("SMS (HTTP gateway)")
    assessment = "sms"
    limits = Limits(text=sms.TEXT_LIMIT)
    settings = (
        Setting(
            "sender", _("Our number"), _("With + and country code, or a short code."), is_public_address=True
        ),
        Setting("send_url", _("Address to send to")),
        Setting("send_method", _("Method"), is_required=False, choices=METHODS),
        Setting("send_as", _("Form"), is_required=False, choices=FORMS),
        Setting(
            "send_fields",
            _("Fields to send"),
            _("A JSON object with {to} or {digits}, {text}, {token}, {sender}, {user}, {key}, {coding}."),
        ),
        Setting(
            "authorization",
            _("How the key is shown"),
            _("bearer, basic, or header and its name; empty when it stands in the fields."),
            is_required=False,
        ),
        Setting("user", _("User"), is_required=False),
        Setting("key", _("Key or password"), is_secret=True),
        Setting(
            "answer_id",
            _("Where the number of a message stands in the answer"),
            _("A path such as messages.0.id, or re: and a regular expression with one group."),
            is_required=False,
        ),
        Setting("answer_status", _("Where the status stands in the answer"), is_required=False),
        Setting("answer_good", _("Statuses that mean taken"), _("Separated by commas."), is_required=False),
        Setting(
            "answer_problems",
            _("What other statuses mean"),
            _("A JSON object from a status, or an HTTP status, to a problem such as gone or rate-limited."),
            is_required=False,
        ),
        Setting(
            "in_check",
            _("How we know the gateway"),
            _("header and its name, query and its name, or hmac and the header that holds the signature."),
            is_required=False,
        ),
        Setting("hook_secret", _("Secret of the hook"), is_secret=True, is_required=False),
        Setting("in_list", _("Path of the list, where several come at once"), is_required=False),
        Setting("in_id", _("Field with the number of a message"), is_required=False),
        Setting("in_sender", _("Field with the sender"), is_required=False),
        Setting("in_text", _("Field with the text"), is_required=False),
        Setting("in_time", _("Field with the time"), is_required=False),
        Setting("report_id", _("Field with the number in a delivery report"), is_required=False),
        Setting("report_token", _("Field with our own {token}"), is_required=False),
        Setting("report_state", _("Field with the state of delivery"), is_required=False),
        Setting(
            "report_words",
            _("What states of delivery mean"),
            _("A JSON object from the gateway's word to delivered, read, sent, or a problem such as gone."),
            is_required=False,
        ),
        sms.TRANSLITERATE,
    )

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        checking.check(config)

    def verify(self, hook: Webhook, channel: Channel) -> None:
        incoming.verify(hook, channel)

    def parse(self, hook: Webhook, channel: Channel) -> Parsed:
        return incoming.parse(hook, channel)

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        return sending.send(outgoing, channel)

    def link(self, channel: Channel) -> str:
        return sms.link(channel.address, country=channel.country)

    def is_known_address(self, address: str) -> bool:
        return sms.is_number(address)


kinds["sms_http"] = SmsHttp()
