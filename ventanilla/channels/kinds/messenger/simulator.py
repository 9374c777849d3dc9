"""Meta's side of a Messenger page: signs what it sends, takes our messages, tells what was read, fails.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from ...simulator import Answer, Caller, HttpProvider, Request, Sent
from ..meta import sign

TEXT, REPLIES, TITLE = 2000, 13, 20
DAY = 24 * 60 * 60 * 1000
# Status, code, subcode, headers.
_REFUSALS: dict[str, tuple[int, int, int, Mapping[str, str]]] = {
    "busy": (400, 613, 0, {"Retry-After": "2"}),
    "down": (503, 2, 0, {}),
    "blocked": (400, 551, 1545041, {}),
    "gone": (400, 100, 2018001, {}),
    "closed": (400, 10, 2018278, {}),
    "token": (401, 190, 463, {}),
    "permission": (403, 200, 2018028, {}),
    "commerce": (400, 2022, 0, {}),
    "parameter": (400, 100, 0, {}),
}


class Page(HttpProvider):
    """One page with one app. `call` reaches our hook."""

    def __init__(
        self, *, call: Caller, app_secret: str, access_token: str, page_id: str, port: int = 0
    ) -> None:
        super().__init__(port=port)
        self._call, self._secret, self._token, self._page = call, app_secret, access_token, page_id
        self.fields: list[str] = []
        self.files: dict[str, bytes] = {}
        # Milliseconds of the last word of each person, from which the windows run.
        self.heard: dict[str, int] = {}
        self.is_human_agent_approved = False

    # What a person does

    def write(self, person: str, text: str, *, mid: str = "", at: datetime | None = None, **more: Any) -> int:
        """A person writes; returns the status of our hook. `more`: reply_to, attachments, referral."""
        return self.hand_over([self.message(person, text, mid=mid, at=at, **more)])

    def press(self, person: str, sent: Sent, code: str) -> int:
        """A person taps a quick reply below a message of ours."""
        label = dict(sent.choices)[code]
        return self.write(person, label, quick_reply={"payload": code})

    def get_started(self, person: str, code: str, *, ref: str = "") -> int:
        """A person presses “Get started”, perhaps having come by m.me/PAGE?ref=REF."""
        postback: dict[str, Any] = {"title": "Get Started", "payload": code, "mid": _mid()}
        if ref:
            postback["referral"] = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        return self.hand_over([self._event(person, postback=postback)])

    def message(
        self, person: str, text: str, *, mid: str = "", at: datetime | None = None, **more: Any
    ) -> dict[str, Any]:
        """One message as it stands in a hook's body."""
        said = {"mid": mid or _mid(), **({"text": text} if text else {}), **more}
        self.heard[person] = max(self.heard.get(person, 0), _milliseconds(at))
        return self._event(person, at=at, message=said)

    def attachment(self, kind: str, body: bytes) -> dict[str, Any]:
        """A file on Meta's shelf, as a message names it."""
        name = uuid4().hex
        self.files[name] = body
        return {"type": kind, "payload": {"url": f"{self.url}/files/{name}?oh=signed"}}

    def echo(self, sent: Sent, *, at: datetime | None = None) -> int:
        """Meta shows us what the page has sent."""
        message = {"mid": sent.provider_id, "is_echo": True, "app_id": 1517776481860111, "text": sent.text}
        if sent.token:
            message["metadata"] = sent.token
        event = self._event(sent.to, at=at, message=message)
        return self.hand_over([event | {"sender": event["recipient"], "recipient": event["sender"]}])

    def delivered(self, person: str, until: datetime, *mids: str) -> int:
        """All until then was delivered; of some it says the id."""
        delivery: dict[str, Any] = {"watermark": _milliseconds(until)}
        if mids:
            delivery["mids"] = list(mids)
        event = self._event(person, delivery=delivery)
        del event["timestamp"]
        return self.hand_over([event])

    def read(self, person: str, until: datetime) -> int:
        """All until then was read; no id is told."""
        return self.hand_over([self._event(person, read={"watermark": _milliseconds(until)})])

    def hand_over(self, events: Sequence[dict[str, Any]], *, page: str = "", secret: str = "") -> int:
        """Events in one signed request."""
        entry = {"id": page or self._page, "time": _milliseconds(None), "messaging": list(events)}
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        return self.post(body, secret=secret or self._secret)

    def post(self, body: bytes, *, secret: str) -> int:
        """Somebody calls our hook."""
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, secret=secret)}
        return self._call(method="POST", query="", headers=headers, body=body)

    def subscribe(self, verify_token: str) -> int:
        """Meta checks the hook when it is set up."""
        query = f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={verify_token}"
        return self._call(method="GET", query=query, headers={}, body=b"")

    def _event(self, person: str, *, at: datetime | None = None, **content: Any) -> dict[str, Any]:
        return {
            "sender": {"id": person},
            "recipient": {"id": self._page},
            "timestamp": _milliseconds(at),
            **content,
        }

    # What we ask of Meta

    def answer(self, request: Request) -> Answer:
        path = request.path.partition("?")[0]
        if request.method == "GET" and path.startswith("/files/"):
            body = self.files.get(path.removeprefix("/files/"))
            return Answer(404) if body is None else Answer(body=body, content_type="application/octet-stream")
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return _refusal("token")
        if request.method == "POST" and path == f"/{self._page}/messages":
            if request.headers.get("content-type", "").startswith("multipart/"):
                return self._take_form(request)
            return self._take(request.json())
        if request.method == "POST" and path == f"/{self._page}/subscribed_apps":
            self.fields = request.json()["subscribed_fields"].split(",")
            return Answer(200, {"success": True})
        return _refusal("parameter")

    def _take_form(self, request: Request) -> Answer:
        """A message with a file in it: its objects come as JSON in fields."""
        fields, files = request.form()
        objects = {name: json.loads(value) for name, value in fields.items() if value.startswith("{")}
        return self._take({**fields, **objects}, file=files["filedata"])

    def _take(self, asked: dict[str, Any], *, file: tuple[str, str, bytes] | None = None) -> Answer:
        way, message = self.next_way(), asked["message"]
        replies, words = message.get("quick_replies", []), message.get("text", "")
        # Words or a file, never both.
        is_whole = (0 < len(words) <= TEXT) != ("attachment" in message and file is not None)
        if not is_whole or len(replies) > REPLIES:
            way = "parameter"
        elif self._is_too_late(asked):
            way = "closed"
        if way in _REFUSALS:
            return _refusal(way)
        sent = Sent(
            to=asked["recipient"]["id"],
            text=words,
            provider_id=_mid(),
            file=file,
            token=message.get("metadata", ""),
            choices=tuple((reply["payload"], reply["title"][:TITLE]) for reply in replies),
            raw=asked,
        )
        self.sent.append(sent)
        self.on_sent(sent)
        return Answer(200, {"recipient_id": sent.to, "message_id": sent.provider_id}, breaks=way == "cut")

    def _is_too_late(self, asked: dict[str, Any]) -> bool:
        heard = self.heard.get(asked["recipient"]["id"])
        is_human = self.is_human_agent_approved and asked.get("tag") == "HUMAN_AGENT"
        return heard is not None and _milliseconds(None) - heard > (7 if is_human else 1) * DAY


def _refusal(way: str) -> Answer:
    status, code, subcode, headers = _REFUSALS[way]
    error: dict[str, Any] = {"message": "simulated", "type": "OAuthException", "code": code}
    if subcode:
        error["error_subcode"] = subcode
    return Answer(status, {"error": error}, headers=headers)


def _mid() -> str:
    return f"m_{uuid4().hex}{uuid4().hex}"


def _milliseconds(at: datetime | None) -> int:
    return int((at.timestamp() if at else time.time()) * 1000)
