import hmac
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ...contract import (
    Accepted,
    ChannelKind,
    Limits,
    Media,
    Misconfigured,
    NotAuthentic,
    Outgoing,
    Parsed,
    Problem,
    SendRefused,
    SentFile,
    Setting,
    Unreadable,
    Webhook,
    kinds,
)
from ...models import Channel
from . import api, parsing, sending

logger = logging.getLogger(__name__)

POLLING, WEBHOOK = "polling", "webhook"
MODES = ((POLLING, _("Ventanilla asks Telegram")), (WEBHOOK, _("Telegram calls Ventanilla")))
# Seconds for which Telegram holds a question open; below what `http` waits for an answer.
LONG_POLL = 10


_BOT = re.compile(r"@?([A-Za-z0-9_]{5,32})")


class NoSuchMode(Misconfigured):
    message = _("Choose how messages come in.")


class NotEncrypted(Misconfigured):
    message = _("The address of the Bot API server starts with https:// unless it is on this machine.")


class NoSecret(Misconfigured):
    message = _("Where Telegram calls Ventanilla, a secret is needed: without one anybody could call.")


class Telegram(ChannelKind):
    """A bot. Telegram tells nothing about what was delivered or read, and knows no window."""

    code = "telegram"
    name = _("Telegram")
    quotes = True
    limits = Limits(text=4096, choices=10, choice_label=60, files=sending.FILES)
    listens = True
    settings = (
        Setting("bot_token", _("Key of the bot"), _("From @BotFather, as in 123456:ABC…"), is_secret=True),
        Setting("bot_name", _("Name of the bot"), _("As in @hub_upala_bot."), is_public_address=True),
        Setting("mode", _("How messages come in"), choices=MODES),
        Setting(
            "secret_token",
            _("Secret of the hook"),
            _("A word of your own from letters, digits, _ and -; only where Telegram calls Ventanilla."),
            is_secret=True,
            is_required=False,
        ),
        Setting("server", _("Address of the Bot API server"), is_required=False),
    )

    def check(self, config: Mapping[str, Any]) -> None:
        if config.get("mode", POLLING) not in (POLLING, WEBHOOK):
            raise NoSuchMode
        server = urlsplit(str(config.get("server") or api.SERVER))
        if server.scheme != "https" and server.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise NotEncrypted

    def connect(self, channel: Channel, *, hook: str) -> None:
        if self.listens_on(channel):
            api.call(channel, "deleteWebhook")
            return
        secret = channel.secret("secret_token")
        if not secret:
            raise NoSecret
        api.call(channel, "setWebhook", url=hook, secret_token=secret, allowed_updates=parsing.UPDATES)

    def verify(self, hook: Webhook, channel: Channel) -> None:
        ours = channel.secret("secret_token")
        given = hook.headers.get("x-telegram-bot-api-secret-token", "")
        if hook.method != "POST" or not ours or not hmac.compare_digest(ours.encode(), given.encode()):
            raise NotAuthentic

    def parse(self, hook: Webhook, channel: Channel) -> Parsed:
        return parsing.read(parsing.load(hook.body), at=timezone.now())

    def acknowledge(self, hook: Webhook, channel: Channel) -> Mapping[str, Any] | None:
        """Lets a pressed button stop spinning: a hook's answer may hold one call of a method."""
        pressed = parsing.callback_of(parsing.load(hook.body))
        return {"method": "answerCallbackQuery", "callback_query_id": pressed} if pressed else None

    def send(self, outgoing: Outgoing, channel: Channel) -> Accepted:
        if outgoing.file:
            message = self._send_file(outgoing, outgoing.file, channel)
        else:
            message = api.call(channel, "sendMessage", **sending.payload(outgoing))
        return Accepted(provider_id=str(message["message_id"]))

    def _send_file(self, outgoing: Outgoing, file: SentFile, channel: Channel) -> Any:
        about = sending.beside_a_file(outgoing)
        if sending.is_photo(file):
            try:
                return api.upload(channel, "sendPhoto", part="photo", file=file, **about)
            except SendRefused as refusal:
                # Very long or very wide pictures are no photos for Telegram, but documents.
                if refusal.problem != Problem.REFUSED:
                    raise
        return api.upload(channel, "sendDocument", part="document", file=file, **about)

    def fetch(self, media: Media, channel: Channel) -> Iterator[bytes]:
        about = api.call(channel, "getFile", file_id=media.reference)
        yield from api.download(channel, str(about["file_path"]))

    def listens_on(self, channel: Channel) -> bool:
        return channel.setting("mode", POLLING) == POLLING

    def listen(
        self, channel: Channel, hand_over: Callable[[Parsed], None], stopped: Callable[[], bool]
    ) -> None:
        """Ask until stopped. Asking for what comes after an update is what confirms it: it is committed then.

        Nothing else has to be kept: who begins anew gets what was not confirmed, and what came twice is
        dropped as from any other provider.
        """
        # While a hook is set Telegram refuses to be asked. Nothing that waits is lost by this.
        api.call(channel, "deleteWebhook")
        # We are let in: what was noted as a problem of this line is over, though nobody writes yet.
        hand_over(Parsed())
        offset = 0
        while not stopped():
            updates = api.call(
                channel, "getUpdates", offset=offset, timeout=LONG_POLL, allowed_updates=parsing.UPDATES
            )
            for update in updates:
                self._take(update, channel, hand_over)
                offset = int(update["update_id"]) + 1

    def link(self, channel: Channel) -> str:
        bot = _BOT.fullmatch(channel.address)
        return f"https://t.me/{bot[1]}" if bot else ""

    def is_known_address(self, address: str) -> bool:
        return address.isdecimal() and len(address) <= 16

    def _take(self, update: Mapping[str, Any], channel: Channel, hand_over: Callable[[Parsed], None]) -> None:
        try:
            hand_over(parsing.read(update, at=timezone.now()))
        except Unreadable:
            # Asking again would bring the same, for ever.
            logger.warning("Update not understood", extra={"channel": str(channel.pk)})
        if pressed := parsing.callback_of(update):
            self._stop_spinning(pressed, channel)

    def _stop_spinning(self, pressed: str, channel: Channel) -> None:
        try:
            api.call(channel, "answerCallbackQuery", callback_query_id=pressed)
        except SendRefused:
            # The choice is committed; the button stops by itself after a while.
            logger.info("Button not answered", extra={"channel": str(channel.pk)})


kinds["telegram"] = Telegram()
