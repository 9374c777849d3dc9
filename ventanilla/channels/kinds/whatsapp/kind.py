import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from ...contract import (
    Accepted,
    ChannelKind,
    Limits,
    Media,
    Misconfigured,
    Outgoing,
    Parsed,
    Problem,
    SendRefused,
    SentFile,
    Setting,
    Webhook,
    kinds,
)
from ...models import Channel
from .. import http, meta
from . import parsing, sending
from .problems import problem_of

_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


class WhatsApp(ChannelKind):
    code = "whatsapp"
    name = _("WhatsApp")
    quotes = has_templates = True
    limits = Limits(text=4096, choices=10, choice_label=24, window=timedelta(hours=24), files=sending.FILES)
    needs_opt_in = True
    settings = (
        Setting(
            "number",
            _("Number that people see"),
            _("With + and country code. Without it the public page cannot show this line."),
            is_required=False,
            is_public_address=True,
        ),
        Setting("phone_number_id", _("Phone number ID"), _("From the page “API setup” of your app.")),
        Setting("app_secret", _("App secret"), _("Signs what Meta sends us."), is_secret=True),
        Setting(
            "access_token", _("Access token"), _("Of a system user, without an end date."), is_secret=True
        ),
        Setting(
            "verify_token", _("Verify token"), _("A word of your own, typed at Meta too."), is_secret=True
        ),
        Setting("graph", _("Address of the Graph API"), is_required=False),
    )

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        if config.get("number") and not _digits(str(config["number"])):
            raise Misconfigured(_("The number has + and the country code, as in +506 4000 0000."))

    def greet(self, hook: Webhook, channel: Channel) -> str | None:
        return meta.answer_challenge(hook, token=channel.secret("verify_token"))

    def verify(self, hook: Webhook, channel: Channel) -> None:
        meta.check_signature(hook, secret=channel.secret("app_secret"))

    def parse(self, hook: Webhook, channel: Channel) -> Parsed:
        return parsing.parse(hook.body, phone_number_id=channel.setting("phone_number_id"))

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        file = self._upload(outgoing.file, channel) if outgoing.file else ""
        url = f"{meta.graph(channel)}/{channel.setting('phone_number_id')}/messages"
        response = http.post(url, headers=meta.headers(channel), json=sending.payload(outgoing, file=file))
        if response.is_success:
            return Accepted(provider_id=str(response.json()["messages"][0]["id"]))
        raise self._refusal(response)

    def _upload(self, file: SentFile, channel: Channel) -> str:
        """Put a file on Meta's shelf, from where the message takes it; its id there."""
        url = f"{meta.graph(channel)}/{channel.setting('phone_number_id')}/media"
        about = {"messaging_product": "whatsapp", "type": file.content_type}
        part = {"file": (file.name, file.content, file.content_type)}
        try:
            response = http.ask("POST", url, headers=meta.headers(channel), data=about, files=part)
        except SendRefused as refusal:
            # Whatever became of the file, the person has nothing of it yet.
            raise SendRefused(refusal.problem) from None
        if not response.is_success:
            raise self._refusal(response)
        return str(meta.said(response)["id"])

    def fetch(self, media: Media, channel: Channel) -> Iterator[bytes]:
        """By its id we get an address that holds for five minutes; our key goes to Meta's stores only."""
        if not _MEDIA_ID.fullmatch(media.reference):
            raise SendRefused(Problem.UNSUPPORTED, is_final=True)
        about = http.ask("GET", f"{meta.graph(channel)}/{media.reference}", headers=meta.headers(channel))
        if not about.is_success:
            raise self._media_refusal(about)
        address = str(meta.said(about).get("url", ""))
        yield from meta.stored(address, channel, headers=meta.headers(channel))

    def link(self, channel: Channel) -> str:
        digits = _digits(channel.address)
        return f"https://wa.me/{digits}" if digits else ""

    def is_known_address(self, address: str) -> bool:
        return sending.is_scoped_id(address) or (address.isdecimal() and 7 <= len(address) <= 15)

    def _refusal(self, response: httpx.Response) -> SendRefused:
        code, _subcode = meta.error_codes(response)
        return meta.as_wished(problem_of(code), response)

    def _media_refusal(self, response: httpx.Response) -> SendRefused:
        """Of a file that has gone Meta says only that there is no such thing."""
        code, _subcode = meta.error_codes(response)
        if code == meta.NO_SUCH_THING:
            return SendRefused(Problem.GONE, is_final=True)
        return meta.as_wished(problem_of(code), response)


def _digits(number: str) -> str:
    """The digits of a number with + and country code; "" for anything else."""
    typed = re.sub(r"[\s().\-]", "", number)
    return typed[1:] if re.fullmatch(r"\+[1-9][0-9]{6,14}", typed) else ""


kinds["whatsapp"] = WhatsApp()
