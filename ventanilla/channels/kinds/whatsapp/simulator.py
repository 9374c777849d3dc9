"""Meta's side of WhatsApp: takes our messages, signs what it sends, reports deliveries, makes faults.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

import json
import re
import time
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from ...simulator import Answer, Caller, HttpProvider, Request, Sent
from ..meta import sign
from .sending import is_scoped_id

_REFUSALS = {
    "busy": (429, 130429, {"Retry-After": "2"}),
    "gone": (400, 131026, {}),
    "blocked": (400, 131026, {}),
    "closed": (400, 131047, {}),
    "down": (503, 2, {}),
    "token": (401, 190, {}),
}


# Seconds for which an address of a file holds.
ADDRESS_HOLDS = 300
_MEDIA = re.compile(r"/(\d+)")


class Meta(HttpProvider):
    """One app with one number. `call` reaches our hook."""

    def __init__(
        self, *, call: Caller, app_secret: str, access_token: str, number: str, port: int = 0
    ) -> None:
        super().__init__(port=port)
        self._call, self._secret, self._token, self._number = call, app_secret, access_token, number
        # Files by their id: (kind, bytes). Both are forgotten by Meta after some days.
        self.media: dict[str, tuple[str, bytes]] = {}
        self.names: dict[str, str] = {}
        self.address_holds = ADDRESS_HOLDS

    # What a person does

    def write(self, person: str, text: str, *, external_id: str = "", at: datetime | None = None) -> int:
        """A person writes; returns the status of our hook."""
        return self.hand_over([self.message(person, text, external_id=external_id, at=at)])

    def press(self, person: str, code: str, label: str) -> int:
        """A person presses a button of ours."""
        message = self.message(person, "") | {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": code, "title": label}},
        }
        del message["text"]
        return self.hand_over([message])

    def attach(
        self, person: str, kind: str, body: bytes, *, mime_type: str, external_id: str = "",
        at: datetime | None = None, **about: str,
    ) -> int:  # fmt: skip
        """A person sends a file: image, document, audio, video, sticker. `about`: caption, filename."""
        file = {"id": self.keep(mime_type, body), "mime_type": mime_type, "sha256": sha256(body).hexdigest()}
        message = self.message(person, "", external_id=external_id, at=at) | {
            "type": kind,
            kind: file | about,
        }
        del message["text"]
        return self.hand_over([message])

    def keep(self, mime_type: str, body: bytes) -> str:
        """Put a file on Meta's shelf; its id."""
        number = str(uuid4().int)[:16]
        self.media[number] = (mime_type, body)
        return number

    def message(
        self, person: str, text: str, *, external_id: str = "", at: datetime | None = None
    ) -> dict[str, Any]:
        """One message as it stands in a hook's body; people who show no number have only a scoped id."""
        sender = "from_user_id" if is_scoped_id(person) else "from"
        return {
            sender: person,
            "id": external_id or f"wamid.{uuid4().hex}",
            "timestamp": str(int(at.timestamp() if at else time.time())),
            "type": "text",
            "text": {"body": text},
        }

    def hand_over(self, messages: Sequence[dict[str, Any]]) -> int:
        """Messages of people in one signed request."""
        people = {m.get("from_user_id") or m["from"] for m in messages}
        contacts = [
            {"profile": {"name": "Sim"}, ("user_id" if is_scoped_id(p) else "wa_id"): p}
            for p in sorted(people)
        ]
        return self._post({"contacts": contacts, "messages": list(messages)})

    def report(self, sent_id: str, state: str, *, token: str = "", code: int = 131026) -> int:
        """A status of a message of ours: sent, delivered, read or failed."""
        status: dict[str, Any] = {"id": sent_id, "status": state, "timestamp": str(int(time.time()))}
        if token:
            status["biz_opaque_callback_data"] = token
        if state == "failed":
            status["errors"] = [{"code": code, "title": "Message undeliverable"}]
        return self._post({"statuses": [status]})

    def forge(self) -> int:
        """Somebody else calls the hook."""
        return self._post({"messages": [self.message("50688887777", "x")]}, secret=self._secret[::-1])

    def subscribe(self, verify_token: str) -> int:
        """Meta checks the hook when it is set up."""
        query = f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={verify_token}"
        return self._call(method="GET", query=query, headers={}, body=b"")

    def _post(self, value: dict[str, Any], *, secret: str | None = None) -> int:
        metadata = {"display_phone_number": "50640000000", "phone_number_id": self._number}
        change = {
            "field": "messages",
            "value": {"messaging_product": "whatsapp", "metadata": metadata, **value},
        }
        body = json.dumps(
            {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
        ).encode()
        signature = sign(body, secret=self._secret if secret is None else secret)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        return self._call(method="POST", query="", headers=headers, body=body)

    # What we ask of Meta

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return _refusal("token")
        if request.method == "POST" and request.path == f"/{self._number}/messages":
            return self._take(request.json())
        if request.method == "POST" and request.path == f"/{self._number}/media":
            return self._shelve(request)
        if request.method == "GET" and (asked := _MEDIA.fullmatch(request.path)):
            return self._about(asked[1])
        if request.method == "GET" and request.path.startswith("/whatsapp_business/attachments/?"):
            return self._file(request.path)
        return Answer(404, {"error": {"code": 100, "message": "Unsupported request"}})

    def _shelve(self, request: Request) -> Answer:
        """A file of ours, from which a message can be made."""
        fields, files = request.form()
        if fields.get("messaging_product") != "whatsapp" or fields.get("type") != files["file"][1]:
            return Answer(400, {"error": {"code": 100, "message": "Invalid parameter"}})
        name, kind, body = files["file"]
        number = self.keep(kind, body)
        self.names[number] = name
        return Answer(200, {"id": number})

    def _about(self, number: str) -> Answer:
        """Where a file lies for some minutes, and what it is."""
        if self.next_way() == "down":
            return _refusal("down")
        if number not in self.media:
            gone = {"code": 100, "error_subcode": 33, "type": "GraphMethodException", "message": "simulated"}
            return Answer(400, {"error": gone})
        kind, body = self.media[number]
        ends = int(time.time()) + self.address_holds
        address = f"{self.url}/whatsapp_business/attachments/?mid={number}&ext={ends}&hash=simulated"
        about = {
            "url": address,
            "mime_type": kind,
            "sha256": sha256(body).hexdigest(),
            "file_size": len(body),
        }
        return Answer(200, {**about, "id": number, "messaging_product": "whatsapp"})

    def _file(self, address: str) -> Answer:
        asked = parse_qs(urlsplit(address).query)
        kind, body = self.media.get(asked["mid"][0], ("", b""))
        if not kind or int(asked["ext"][0]) <= time.time():
            return Answer(404)
        return Answer(body=body, content_type=kind)

    def _file_of(self, message: dict[str, Any]) -> tuple[str, str, bytes] | None:
        number = str(message.get(message["type"], {}).get("id", ""))
        if number not in self.media:
            return None
        kind, body = self.media[number]
        return message[message["type"]].get("filename", self.names.get(number, "")), kind, body

    def _take(self, message: dict[str, Any]) -> Answer:
        way = self.next_way()
        if way in _REFUSALS:
            return _refusal(way)
        to = str(message.get("to") or message.get("recipient", ""))
        sent = Sent(
            to=to,
            text=_text(message),
            provider_id=f"wamid.{uuid4().hex}",
            token=str(message.get("biz_opaque_callback_data", "")),
            choices=_choices(message),
            file=self._file_of(message),
            raw=message,
        )
        self.sent.append(sent)
        self.on_sent(sent)
        return Answer(200, {"messages": [{"id": sent.provider_id}]}, breaks=way == "cut")


def _refusal(way: str) -> Answer:
    status, code, headers = _REFUSALS[way]
    return Answer(
        status, {"error": {"code": code, "message": "simulated", "type": "OAuthException"}}, headers=headers
    )


def _text(message: dict[str, Any]) -> str:
    if message["type"] == "text":
        return str(message["text"]["body"])
    if message["type"] == "interactive":
        return str(message["interactive"]["body"]["text"])
    if message["type"] in ("image", "document", "audio", "video"):
        return str(message[message["type"]].get("caption", ""))
    template = message["template"]
    values = [p["text"] for c in template.get("components", []) for p in c["parameters"]]
    return f"{template['name']}: {', '.join(values)}"


def _choices(message: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if message["type"] != "interactive":
        return ()
    action = message["interactive"]["action"]
    if "buttons" in action:
        return tuple((button["reply"]["id"], button["reply"]["title"]) for button in action["buttons"])
    return tuple((row["id"], row["title"]) for section in action["sections"] for row in section["rows"])
