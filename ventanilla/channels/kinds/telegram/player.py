from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ...models import Channel
from ...playing import Player, SampleFile, digits, players
from ...simulator import Caller, Sent
from .simulator import BotApi

# Seconds for which a question is held open: short, so that a channel that asks is let go quickly.
LONGEST_WAIT = 2


@players.add("telegram")
class TelegramPlayer(Player):
    carries_files = True
    reports = False

    def __init__(self, channel: Channel, call: Caller) -> None:
        self._bot = BotApi(token=channel.secret("bot_token"), call=call, longest_wait=LONGEST_WAIT)
        self._known: dict[str, tuple[int, dict[str, Any]]] = {}
        # Numbers of updates only grow, also from one rehearsal to the next.
        self._first = int(datetime.now().timestamp() * 10)

    @property
    def sent(self) -> Sequence[Sent]:
        return self._bot.sent

    @property
    def is_quiet(self) -> bool:
        return not self._bot.pending

    def settings(self) -> Mapping[str, str]:
        return {"server": self._bot.url}

    def somebody(self) -> str:
        return f"70{digits(8)}"

    def hand_over(self, messages: Sequence[tuple[str, str, str, datetime]]) -> int:
        return max(self._tell(*message) for message in messages)

    def attach(self, person: str, file: SampleFile, *, ref: str, at: datetime) -> int:
        if file.is_picture:
            content: dict[str, Any] = {"photo": [self._bot.keep(file.body) | {"width": 320, "height": 200}]}
        else:
            about = {"mime_type": file.content_type, "file_name": file.name}
            content = {"document": self._bot.keep(file.body) | about}
        return self._hand(ref, person, at, content)

    def press(self, sent: Sent, code: str) -> int:
        return self._bot.press(sent, code)

    def refuse(self, *ways: str) -> None:
        self._bot.ways.extend(ways)

    def close(self) -> None:
        self._bot.close()

    def _tell(self, ref: str, person: str, text: str, at: datetime) -> int:
        return self._hand(ref, person, at, {"text": text})

    def _hand(self, ref: str, person: str, at: datetime, content: Mapping[str, Any]) -> int:
        if ref not in self._known:
            message = self._bot.message(person, at=at, **content)
            message["from"]["language_code"] = self.language
            self._known[ref] = self._first + len(self._known), message
        number, message = self._known[ref]
        return self._bot.tell({"message": message}, number=number)
