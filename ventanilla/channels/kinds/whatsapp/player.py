from collections.abc import Mapping, Sequence
from datetime import datetime

from ...models import Channel
from ...playing import Player, SampleFile, digits, players
from ...simulator import Caller, Sent
from .simulator import Meta


@players.add("whatsapp")
class WhatsAppPlayer(Player):
    carries_files = True
    refusals = ("busy", "down", "closed")

    def __init__(self, channel: Channel, call: Caller) -> None:
        self._meta = Meta(
            call=call,
            app_secret=channel.secret("app_secret"),
            access_token=channel.secret("access_token"),
            number=channel.setting("phone_number_id"),
        )

    @property
    def sent(self) -> Sequence[Sent]:
        return self._meta.sent

    def settings(self) -> Mapping[str, str]:
        return {"graph": self._meta.url}

    def somebody(self) -> str:
        return f"5068{digits(7)}"

    def hand_over(self, messages: Sequence[tuple[str, str, str, datetime]]) -> int:
        return self._meta.hand_over(
            [
                self._meta.message(person, text, external_id=f"wamid.{ref}", at=at)
                for ref, person, text, at in messages
            ]
        )

    def attach(self, person: str, file: SampleFile, *, ref: str, at: datetime) -> int:
        kind = "image" if file.is_picture else "document"
        about = {} if file.is_picture else {"filename": file.name}
        return self._meta.attach(
            person, kind, file.body, mime_type=file.content_type, external_id=f"wamid.{ref}", at=at, **about
        )

    def press(self, sent: Sent, code: str) -> int:
        return self._meta.press(sent.to, code, dict(sent.choices)[code])

    def refuse(self, *ways: str) -> None:
        self._meta.ways.extend(ways)

    def report(self, sent: Sent, state: str) -> None:
        self._meta.report(sent.provider_id, state, token=sent.token)

    def close(self) -> None:
        self._meta.close()
