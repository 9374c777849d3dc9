from collections.abc import Mapping, Sequence
from datetime import datetime

from ...models import Channel
from ...playing import Player, digits, players
from ...simulator import Caller, Sent
from .simulator import MessageCentre


@players.add("sms_smpp")
class SmppPlayer(Player):
    carries_time = False

    def __init__(self, channel: Channel, call: Caller) -> None:
        self._centre = MessageCentre(
            system_id=channel.setting("system_id"),
            password=channel.secret("password"),
            number=channel.setting("sender"),
        )

    @property
    def sent(self) -> Sequence[Sent]:
        return self._centre.sent

    @property
    def is_quiet(self) -> bool:
        return self._centre.is_quiet

    def settings(self) -> Mapping[str, str]:
        return {"host": "127.0.0.1", "port": str(self._centre.port), "tls": "no"}

    def somebody(self) -> str:
        return f"+5068{digits(7)}"

    def hand_over(self, messages: Sequence[tuple[str, str, str, datetime]]) -> int:
        for ref, person, text, _at in messages:
            self._centre.post(person, text, message_id=ref)
        return 200

    def refuse(self, *ways: str) -> None:
        self._centre.ways.extend(ways)

    def report(self, sent: Sent, state: str) -> None:
        self._centre.report(sent.provider_id, state)

    def close(self) -> None:
        self._centre.close()
