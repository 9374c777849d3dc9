from collections.abc import Mapping, Sequence
from datetime import datetime

from ...models import Channel
from ...playing import Player, digits, players
from ...simulator import Caller, Sent
from .simulator import JsonGateway


@players.add("sms_http")
class SmsHttpPlayer(Player):
    """The gateway with JSON: the channel must be described as `JsonGateway.CONFIG` says."""

    def __init__(self, channel: Channel, call: Caller) -> None:
        self._gateway = JsonGateway(
            call=call,
            key=channel.secret("key"),
            hook_secret=channel.secret("hook_secret"),
            number=channel.setting("sender"),
        )

    @property
    def sent(self) -> Sequence[Sent]:
        return self._gateway.sent

    def settings(self) -> Mapping[str, str]:
        return {"send_url": str(self._gateway.config()["send_url"])}

    def somebody(self) -> str:
        return f"+5068{digits(7)}"

    def hand_over(self, messages: Sequence[tuple[str, str, str, datetime]]) -> int:
        return self._gateway.hand_over([*messages])

    def refuse(self, *ways: str) -> None:
        self._gateway.ways.extend(ways)

    def report(self, sent: Sent, state: str) -> None:
        self._gateway.report(sent.provider_id, state, token=sent.token)

    def close(self) -> None:
        self._gateway.close()
