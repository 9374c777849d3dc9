from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ...models import Channel
from ...playing import Player, SampleFile, digits, players
from ...simulator import Caller, Sent
from .simulator import Page


@players.add("messenger")
class MessengerPlayer(Player):
    carries_files = True
    refusals = ("busy", "down", "closed")

    def __init__(self, channel: Channel, call: Caller) -> None:
        self._page = Page(
            call=call,
            app_secret=channel.secret("app_secret"),
            access_token=channel.secret("access_token"),
            page_id=channel.setting("page_id"),
        )

    @property
    def sent(self) -> Sequence[Sent]:
        return self._page.sent

    def settings(self) -> Mapping[str, str]:
        return {"graph": self._page.url}

    def somebody(self) -> str:
        return f"70{digits(14)}"

    def hand_over(self, messages: Sequence[tuple[str, str, str, datetime]]) -> int:
        return self._page.hand_over(
            [self._page.message(person, text, mid=f"m_{ref}", at=at) for ref, person, text, at in messages]
        )

    def attach(self, person: str, file: SampleFile, *, ref: str, at: datetime) -> int:
        shelf = self._page.attachment("image" if file.is_picture else "file", file.body)
        return self._page.write(person, "", mid=f"m_{ref}", at=at, attachments=[shelf])

    def press(self, sent: Sent, code: str) -> int:
        return self._page.press(sent.to, sent, code)

    def refuse(self, *ways: str) -> None:
        self._page.ways.extend(ways)

    def report(self, sent: Sent, state: str) -> None:
        until = datetime.now(UTC)
        if state == "read":
            self._page.read(sent.to, until)
        else:
            self._page.delivered(sent.to, until, sent.provider_id)

    def close(self) -> None:
        self._page.close()
