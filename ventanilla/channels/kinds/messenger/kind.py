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

FIELDS = "messages,messaging_postbacks,message_deliveries,message_reads,message_echoes"
# Of a file, nothing better comes of asking again: there is no new address.
_NEVER = (Problem.GONE, Problem.UNSUPPORTED)
NO, YES = "no", "yes"
_PAGE = re.compile(r"[A-Za-z0-9.]{5,50}")


class NoSuchAnswer(Misconfigured):
    message = _("Say whether Meta has approved “Human Agent”.")


class Messenger(ChannelKind):
    """A page. A person has another id on every page, and none outside of it."""

    code = "messenger"
    name = _("Messenger")
    quotes = True
    limits = Limits(
        text=sending.TEXT,
        choices=sending.REPLIES,
        choice_label=sending.LABEL,
        window=sending.WINDOW,
        files=sending.FILES,
    )
    settings = (
        Setting("page_id", _("Page ID"), _("From the page, under “About”.")),
        Setting(
            "page_name",
            _("Name of the page"),
            _("As in m.me/hub.upala; people see it."),
            is_required=False,
            is_public_address=True,
        ),
        Setting("app_secret", _("App secret"), _("Signs what Meta sends us."), is_secret=True),
        Setting("access_token", _("Access token"), _("Of the page, without an end date."), is_secret=True),
        Setting(
            "verify_token", _("Verify token"), _("A word of your own, typed at Meta too."), is_secret=True
        ),
        Setting(
            "human_agent",
            _("“Human Agent” approved"),
            _("With it, people of the staff can answer for seven days instead of 24 hours."),
            choices=((NO, _("no")), (YES, _("yes"))),
        ),
        Setting("graph", _("Address of the Graph API"), is_required=False),
    )

    def check(self, config: Mapping[str, Any]) -> None:
        if config.get("human_agent", NO) not in (NO, YES):
            raise NoSuchAnswer
        if config.get("page_name") and not _PAGE.fullmatch(str(config["page_name"])):
            raise Misconfigured(_("The name of the page has letters, digits and dots only."))

    def greet(self, hook: Webhook, channel: Channel) -> str | None:
        return meta.answer_challenge(hook, token=channel.secret("verify_token"))

    def connect(self, channel: Channel, *, hook: str) -> None:
        """The address itself is typed at Meta; here the page begins to send its messages to the app."""
        url = f"{meta.graph(channel)}/{channel.setting('page_id')}/subscribed_apps"
        self._ask(url, channel, {"subscribed_fields": FIELDS})

    def verify(self, hook: Webhook, channel: Channel) -> None:
        meta.check_signature(hook, secret=channel.secret("app_secret"))

    def parse(self, hook: Webhook, channel: Channel) -> Parsed:
        return parsing.parse(hook.body, page_id=channel.setting("page_id"))

    def window(self, channel: Channel, *, is_automatic: bool = False) -> timedelta | None:
        is_human = channel.setting("human_agent", NO) == YES and not is_automatic
        return sending.HUMAN_WINDOW if is_human else sending.WINDOW

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        if len(sending.text_of(outgoing.content)) > sending.TEXT:
            # Meta has no code of its own for this.
            raise SendRefused(Problem.TOO_LONG, is_final=True)
        url = f"{meta.graph(channel)}/{channel.setting('page_id')}/messages"
        if outgoing.file:
            return Accepted(
                provider_id=str(self._upload(url, outgoing, outgoing.file, channel)["message_id"])
            )
        return Accepted(provider_id=str(self._ask(url, channel, sending.payload(outgoing))["message_id"]))

    def fetch(self, media: Media, channel: Channel) -> Iterator[bytes]:
        # The address carries its own right to be read, for some days; our key is not shown to it.
        try:
            yield from meta.stored(media.reference, channel)
        except SendRefused as refusal:
            raise SendRefused(refusal.problem, is_final=refusal.problem in _NEVER) from None

    def link(self, channel: Channel) -> str:
        """By the name of the page; its id leads there as well."""
        page = channel.address or channel.setting("page_id")
        return f"https://m.me/{page}" if _PAGE.fullmatch(page) else ""

    def is_known_address(self, address: str) -> bool:
        return address.isdecimal() and 5 <= len(address) <= 25

    def _ask(self, url: str, channel: Channel, body: Mapping[str, Any]) -> dict[str, Any]:
        response = http.post(url, headers=meta.headers(channel), json=body)
        if not response.is_success:
            raise self._refusal(response)
        answer: dict[str, Any] = response.json()
        return answer

    def _upload(self, url: str, outgoing: Outgoing, file: SentFile, channel: Channel) -> dict[str, Any]:
        part = {"filedata": (file.name, file.content, file.content_type)}
        fields = sending.beside_a_file(outgoing, file)
        response = http.ask("POST", url, headers=meta.headers(channel), data=fields, files=part)
        if not response.is_success:
            raise self._refusal(response)
        return meta.said(response)

    def _refusal(self, response: httpx.Response) -> SendRefused:
        return meta.as_wished(problem_of(*meta.error_codes(response)), response)


kinds["messenger"] = Messenger()
