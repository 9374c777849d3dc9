"""Asking Telegram. The key of a bot is part of every address: no address may reach a log or an error.

https://core.telegram.org/bots/api#making-requests
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx

from ...contract import Problem, SendRefused, SentFile
from ...models import Channel
from .. import http
from .problems import problem_of

SERVER = "https://api.telegram.org"


def call(channel: Channel, method: str, **arguments: Any) -> Any:
    """The result of one method of the Bot API. Raises SendRefused."""
    response = http.post(f"{_server(channel)}/bot{_token(channel)}/{method}", json=arguments)
    if not response.is_success:
        raise _refusal(response)
    return response.json()["result"]


def upload(channel: Channel, method: str, *, part: str, file: SentFile, **arguments: Any) -> Any:
    """The result of a method that takes a file. Raises SendRefused."""
    fields = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()
    }
    address = f"{_server(channel)}/bot{_token(channel)}/{method}"
    whole = {part: (file.name, file.content, file.content_type)}
    response = http.ask("POST", address, data=fields, files=whole)
    if not response.is_success:
        raise _refusal(response)
    return response.json()["result"]


def download(channel: Channel, path: str) -> Iterator[bytes]:
    """The bytes of a file for which getFile has given the path. Raises SendRefused."""
    if ".." in path:
        raise SendRefused(Problem.UNSUPPORTED, is_final=True)
    address = f"{_server(channel)}/file/bot{_token(channel)}/{quote(path)}"
    yield from http.download(address, refuse=_refuse_file)


def _refuse_file(response: httpx.Response) -> None:
    # A path holds for an hour and is asked for anew at every try, so this passes.
    if response.status_code in (404, 410):
        raise SendRefused(Problem.GONE)
    http.refuse_by_status(response)


def _server(channel: Channel) -> str:
    return (channel.setting("server") or SERVER).rstrip("/")


def _token(channel: Channel) -> str:
    # Quoted, so that a key with a slip in it leads to a refusal and not to an error that shows it.
    return quote(channel.secret("bot_token"), safe=":")


def _refusal(response: httpx.Response) -> SendRefused:
    try:
        said = response.json()
        words, wish = str(said["description"]), said.get("parameters", {}).get("retry_after")
        wait = None if wish is None else float(wish)
    except (ValueError, KeyError, TypeError, AttributeError):
        words, wait = "", http.seconds_to_wait(response)
    return problem_of(response.status_code, words, retry_after=wait)
