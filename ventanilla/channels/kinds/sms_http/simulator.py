"""Two gateways such as are sold: a modern one with JSON, and an old one with plain text over GET.

`CONFIG` of each is a whole description, as in docs/how-to/channels.md.
"""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from ...simulator import Answer, Caller, HttpProvider, Request, Sent
from .incoming import signatures


class Gateway(HttpProvider):
    """One account with one number. `call` reaches our hook."""

    CONFIG: ClassVar[Mapping[str, Any]]

    def __init__(self, *, call: Caller, key: str, hook_secret: str, number: str, port: int = 0) -> None:
        super().__init__(port=port)
        self._call, self._key, self._secret, self._number = call, key, hook_secret, number

    def config(self) -> dict[str, Any]:
        """The description with the address of this simulator."""
        return {**self.CONFIG, "sender": self._number, "send_url": f"{self.url}{self.CONFIG['send_url']}"}

    def write(self, person: str, text: str) -> int:
        """A person writes; returns the status of our hook."""
        return self.hand_over([(uuid4().hex, person, text, None)])

    def hand_over(self, messages: list[tuple[str, str, str, datetime | None]]) -> int:
        """Messages (id, person, text, time) of people, as many at once as the gateway can."""
        raise NotImplementedError

    def report(self, provider_id: str, state: str, *, token: str = "") -> int:
        """A report about a message of ours: delivered, or why not."""
        raise NotImplementedError

    def take(self, to: str, text: str, token: str = "") -> Sent:
        sent = Sent(to=to, text=text, provider_id=uuid4().hex, token=token)
        self.sent.append(sent)
        self.on_sent(sent)
        return sent


class JsonGateway(Gateway):
    """Bearer key, JSON both ways, several messages at once, bodies signed with HMAC."""

    CONFIG = {
        "send_url": "/v1/messages",
        "authorization": "bearer",
        "send_fields": json.dumps(
            {"from": "{sender}", "to": ["{to}"], "content": {"text": "{text}"}, "reference": "{token}"}
        ),
        "answer_id": "messages.0.id",
        "answer_status": "messages.0.status",
        "answer_good": "accepted, queued",
        "answer_problems": json.dumps(
            {"invalid-number": "gone", "opted-out": "blocked", "402": "not-allowed"}
        ),
        "in_check": "hmac X-Signature",
        "in_list": "events",
        "in_id": "id",
        "in_sender": "from.number",
        "in_text": "content.text",
        "in_time": "received_at",
        "report_id": "message_id",
        "report_token": "reference",
        "report_state": "status",
        "report_words": json.dumps(
            {"delivered": "delivered", "seen": "read", "unreachable": "gone", "expired": "expired"}
        ),
    }

    def hand_over(self, messages: list[tuple[str, str, str, datetime | None]]) -> int:
        return self._post([
            {
                "id": external_id,
                "from": {"number": person},
                "content": {"text": text},
                "received_at": (at or datetime.now().astimezone()).isoformat(),
            }
            for external_id, person, text, at in messages
        ])  # fmt: skip

    def report(self, provider_id: str, state: str, *, token: str = "") -> int:
        words = {"delivered": "delivered", "read": "seen", "failed": "unreachable"}
        said = {"message_id": provider_id, "status": words.get(state, state)}
        return self._post([said | ({"reference": token} if token else {})])

    def forge(self) -> int:
        event = {"id": "x", "from": {"number": "+50600000000"}, "content": {"text": "x"}, "received_at": "0"}
        return self._post([event], secret=self._secret[::-1])

    def _post(self, events: list[dict[str, Any]], *, secret: str = "") -> int:
        body = json.dumps({"events": events}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Signature": signatures(body, secret=secret or self._secret)[0],
        }
        return self._call(method="POST", query="", headers=headers, body=body)

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self._key}":
            return Answer(401, {"error": "unauthorized"})
        way, message = self.next_way(), request.json()
        if way in ("busy", "down"):
            return Answer(429 if way == "busy" else 503, {"error": way}, headers={"Retry-After": "2"})
        if way in ("gone", "blocked"):
            status = "invalid-number" if way == "gone" else "opted-out"
            return Answer(200, {"messages": [{"status": status}]})
        sent = self.take(message["to"][0], message["content"]["text"], message["reference"])
        return Answer(
            202, {"messages": [{"id": sent.provider_id, "status": "accepted"}]}, breaks=way == "cut"
        )


class PlainGateway(Gateway):
    """User and password in the query, answers in one line of text, a word in the hook's address as proof."""

    CONFIG = {
        "send_url": "/cgi-bin/sendsms",
        "send_method": "GET",
        "send_as": "query",
        "user": "hub",
        "send_fields": json.dumps(
            {
                "username": "{user}",
                "password": "{key}",
                "to": "{digits}",
                "text": "{text}",
                "coding": "{coding}",
            }
        ),
        "answer_id": r"re:^OK (\S+)",
        "answer_status": r"re:^(OK|ERR \d+)",
        "answer_good": "OK",
        "answer_problems": json.dumps(
            {"ERR 3": "rate-limited", "ERR 4": "gone", "ERR 5": "blocked", "ERR 9": "provider-down"}
        ),
        "in_check": "query secret",
        "in_sender": "msisdn",
        "in_text": "text",
        "in_time": "time",
        "report_id": "msgid",
        "report_state": "dlr",
        "report_words": json.dumps({"1": "delivered", "2": "refused", "16": "gone"}),
    }

    def hand_over(self, messages: list[tuple[str, str, str, datetime | None]]) -> int:
        statuses = [
            self._get(
                {
                    "msisdn": person.lstrip("+"),
                    "text": text,
                    "time": f"{at.timestamp() if at else time.time()}",
                }
            )
            for _external_id, person, text, at in messages
        ]
        return max(statuses)

    def report(self, provider_id: str, state: str, *, token: str = "") -> int:
        return self._get({"msgid": provider_id, "dlr": {"delivered": "1", "read": "1"}.get(state, "16")})

    def forge(self) -> int:
        return self._get({"msisdn": "50600000000", "text": "x", "time": "0"}, secret="guess")  # noqa: S106

    def _get(self, fields: dict[str, str], *, secret: str = "") -> int:
        query = urlencode({**fields, "secret": secret or self._secret})
        return self._call(method="GET", query=query, headers={}, body=b"")

    def answer(self, request: Request) -> Answer:
        asked = dict(parse_qsl(urlsplit(request.path).query))
        if (asked.get("username"), asked.get("password")) != (self.CONFIG["user"], self._key):
            return Answer(403, body=b"ERR 1 who are you", content_type="text/plain")
        way = self.next_way()
        if way in ("busy", "gone", "blocked", "down"):
            number = {"busy": 3, "gone": 4, "blocked": 5, "down": 9}[way]
            return Answer(200, body=f"ERR {number} {way}".encode(), content_type="text/plain")
        sent = self.take(f"+{asked['to']}", asked["text"])
        return Answer(
            200, body=f"OK {sent.provider_id}".encode(), content_type="text/plain", breaks=way == "cut"
        )
