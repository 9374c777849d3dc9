"""Telegram's side of a bot: keeps updates until they are confirmed, calls our hook, takes messages, fails.

https://core.telegram.org/bots/api
"""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from ...simulator import Answer, Caller, HttpProvider, Request, Sent

TEXT, CAPTION, FILE = 4096, 1024, 20_000_000
_PATH = re.compile(r"/(file/)?bot([^/]+)/(.+)")
_REFUSALS: dict[str, tuple[int, str]] = {
    "busy": (429, "Too Many Requests: retry after 2"),
    "down": (502, "Bad Gateway"),
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "gone": (400, "Bad Request: chat not found"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "stranger": (403, "Forbidden: bot can't initiate conversation with a user"),
    "long": (400, "Bad Request: message is too long"),
    "caption": (400, "Bad Request: message caption is too long"),
    "photo": (400, "Bad Request: PHOTO_INVALID_DIMENSIONS"),
    "token": (401, "Unauthorized"),
    "method": (404, "Not Found"),
    "hooked": (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
        "webhook first",
    ),
    "file": (400, "Bad Request: file is too big"),
    "old": (400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
}


class BotApi(HttpProvider):
    """One bot. `call` reaches our hook once setWebhook was called; until then updates wait to be asked for.

    `longest_wait`: seconds for which a question without updates is held open, at most.
    """

    def __init__(self, *, token: str, call: Caller, longest_wait: float = 50, port: int = 0) -> None:
        super().__init__(port=port)
        self._token, self._call, self._longest_wait = token, call, longest_wait
        self._numbers = {"update": itertools.count(510_000_001), "message": itertools.count(7)}
        self._news = threading.Condition()
        self.hook, self._secret = "", ""
        self.pending: dict[int, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.blocked_by: set[str] = set()
        self.spinning: set[str] = set()

    # What a person does

    def write(self, person: str, text: str, *, at: datetime | None = None) -> int:
        """A person writes; returns the status of our hook, 200 where Telegram waits to be asked."""
        return self.tell({"message": self.message(person, at=at, text=text)})

    def start(self, person: str, payload: str = "") -> int:
        """A person presses Start, perhaps having come by t.me/BOT?start=PAYLOAD."""
        return self.write(person, f"/start {payload}".rstrip())

    def edit(self, message: dict[str, Any], **changes: Any) -> int:
        return self.tell({"edited_message": message | changes | {"edit_date": message["date"] + 60}})

    def attach(self, person: str, kind: str, body: bytes, **about: Any) -> int:
        """A person sends a file: document, voice, video …; a photo comes in two sizes."""
        file = self.keep(body) | about
        small = self.keep(body[:10]) | {"width": 90, "height": 60}
        content = [small, file | {"width": 1280, "height": 853}] if kind == "photo" else file
        return self.tell({"message": self.message(person) | {kind: content}})

    def press(self, sent: Sent, code: str, *, is_old: bool = False) -> int:
        """A person presses a button below a message of ours; of an old one Telegram shows nothing."""
        message = self._ours(sent) if not is_old else {"message_id": int(sent.provider_id), "date": 0}
        message |= {"chat": _chat(sent.to)}
        pressed = uuid4().hex
        self.spinning.add(pressed)
        query = {"id": pressed, "from": _user(sent.to), "message": message, "data": code}
        return self.tell({"callback_query": query | {"chat_instance": "1"}})

    def block(self, person: str, *, is_blocked: bool = True, at: datetime | None = None) -> int:
        """A person blocks the bot, or takes it back."""
        (self.blocked_by.add if is_blocked else self.blocked_by.discard)(person)
        status, former = ("kicked", "member") if is_blocked else ("member", "kicked")
        change = {
            "chat": _chat(person), "from": _user(person), "date": _seconds(at),
            "old_chat_member": {"user": {"id": 1, "is_bot": True}, "status": former},
            "new_chat_member": {"user": {"id": 1, "is_bot": True}, "status": status},
        }  # fmt: skip
        return self.tell({"my_chat_member": change})

    def message(self, person: str, *, at: datetime | None = None, **content: Any) -> dict[str, Any]:
        """One message as it stands in an update."""
        return {
            "message_id": next(self._numbers["message"]),
            "from": _user(person),
            "chat": _chat(person),
            "date": _seconds(at),
            **content,
        }

    def keep(self, body: bytes) -> dict[str, Any]:
        """Put a file on Telegram's shelf; what a message says of it."""
        file_id = f"AgAC{uuid4().hex}"
        self.files[file_id] = body
        return {"file_id": file_id, "file_unique_id": file_id[-12:], "file_size": len(body)}

    def tell(self, content: dict[str, Any], *, number: int = 0) -> int:
        """One update: to our hook, or kept until we have asked for what comes after it."""
        number = number or next(self._numbers["update"])
        with self._news:
            self.pending[number] = {"update_id": number, **content}
            self._news.notify_all()
        return self.retry()

    def retry(self) -> int:
        """Call our hook with everything that it has not taken yet; the last status."""
        if not self.hook:
            return 200
        status = 200
        for number, update in sorted(self.pending.items()):
            status = self.post(update, secret=self._secret)
            if 200 <= status < 300:
                self.pending.pop(number, None)
        return status

    def post(self, update: dict[str, Any], *, secret: str) -> int:
        """Somebody calls our hook."""
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        return self._call(method="POST", query="", headers=headers, body=json.dumps(update).encode())

    def _ours(self, sent: Sent) -> dict[str, Any]:
        keyboard = [[{"text": label, "callback_data": code}] for code, label in sent.choices]
        return {
            "message_id": int(sent.provider_id),
            "date": _seconds(None),
            "text": sent.text,
            "reply_markup": {"inline_keyboard": keyboard},
        }

    # What we ask of Telegram

    def answer(self, request: Request) -> Answer:
        path = _PATH.fullmatch(request.path)
        if path is None or path[2] != self._token:
            return _refusal("token")
        if path[1]:
            body = self.files.get(path[3].removeprefix("documents/"))
            return (
                _refusal("method")
                if body is None
                else Answer(body=body, content_type="application/octet-stream")
            )
        methods: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "sendMessage": self._take,
            "getUpdates": self._updates,
            "setWebhook": self._set_hook,
            "deleteWebhook": self._set_hook,
            "getFile": self._file,
            "answerCallbackQuery": self._answer_press,
        }
        if path[3] in ("sendPhoto", "sendDocument"):
            return self._take_file(request, path[3].removeprefix("send").lower())
        method = methods.get(path[3])
        return method(request.json()) if method else _refusal("method")

    def _take(self, asked: dict[str, Any]) -> Answer:
        to, way = str(asked["chat_id"]), self.next_way()
        if to in self.blocked_by:
            way = "blocked"
        elif len(asked["text"]) > TEXT:
            way = "long"
        if way in _REFUSALS:
            return _refusal(way)
        rows = asked.get("reply_markup", {}).get("inline_keyboard", [])
        sent = Sent(
            to=to,
            text=asked["text"],
            provider_id=str(next(self._numbers["message"])),
            choices=tuple((key["callback_data"], key["text"]) for row in rows for key in row),
            raw=asked,
        )
        self.sent.append(sent)
        self.on_sent(sent)
        return _done(self._ours(sent) | {"chat": _chat(to)}, breaks=way == "cut")

    def _take_file(self, request: Request, part: str) -> Answer:
        asked, files = request.form()
        to, way = asked["chat_id"], self.next_way()
        if to in self.blocked_by:
            way = "blocked"
        elif len(asked.get("caption", "")) > CAPTION:
            way = "caption"
        elif part == "photo" and files[part][1] not in ("image/jpeg", "image/png"):
            way = "photo"
        if way in _REFUSALS:
            return _refusal(way)
        number = str(next(self._numbers["message"]))
        sent = Sent(to=to, text=asked.get("caption", ""), provider_id=number, file=files[part], raw=asked)
        self.sent.append(sent)
        self.on_sent(sent)
        shown = {"message_id": int(number), "date": _seconds(None), "chat": _chat(to)}
        return _done(shown | {part: self.keep(files[part][2])}, breaks=way == "cut")

    def _updates(self, asked: dict[str, Any]) -> Answer:
        if self.hook:
            return _refusal("hooked")
        with self._news:
            # What comes before the offset is confirmed by it.
            for number in [number for number in self.pending if number < asked.get("offset", 0)]:
                del self.pending[number]
            if not self.pending:
                self._news.wait(min(asked.get("timeout", 0), self._longest_wait))
            waiting = sorted(self.pending.items())[: asked.get("limit", 100)]
        return _done([update for _number, update in waiting])

    def _set_hook(self, asked: dict[str, Any]) -> Answer:
        self.hook, self._secret = asked.get("url", ""), asked.get("secret_token", "")
        return _done(True)

    def _file(self, asked: dict[str, Any]) -> Answer:
        body = self.files.get(asked["file_id"])
        if body is None or len(body) > FILE:
            return _refusal("file")
        return _done({"file_id": asked["file_id"], "file_path": f"documents/{asked['file_id']}"})

    def _answer_press(self, asked: dict[str, Any]) -> Answer:
        if asked["callback_query_id"] not in self.spinning:
            return _refusal("old")
        self.spinning.discard(asked["callback_query_id"])
        return _done(True)


def _done(result: Any, *, breaks: bool = False) -> Answer:
    return Answer(200, {"ok": True, "result": result}, breaks=breaks)


def _refusal(way: str) -> Answer:
    status, words = _REFUSALS[way]
    said: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
    if status == 429:
        said["parameters"] = {"retry_after": 2}
    return Answer(status, said)


def _chat(person: str) -> dict[str, Any]:
    return {"id": int(person), "type": "private", "first_name": "Sim"}


def _user(person: str) -> dict[str, Any]:
    return {"id": int(person), "is_bot": False, "first_name": "Sim", "language_code": "es-419"}


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp() if at else time.time())
