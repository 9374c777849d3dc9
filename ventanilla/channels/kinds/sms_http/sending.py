"""Handing messages to a gateway as its description says, and reading what it answers."""

from base64 import b64encode

import httpx

from ...contract import Accepted, Outgoing, Problem, SendRefused
from ...models import Channel
from .. import http, sms
from . import rules

# What httpx calls each form.
_ARGUMENT = {"json": "json", "form": "data", "query": "params"}


def send(outgoing: Outgoing, channel: Channel) -> Accepted:
    """One request. Raises SendRefused."""
    values = _values(outgoing, channel)
    shape = rules.fill(rules.fields(channel.config, "send_fields"), values)
    response = http.ask(
        channel.setting("send_method") or "POST",
        channel.setting("send_url"),
        headers=_authorization(channel),
        **{_ARGUMENT[channel.setting("send_as") or "json"]: shape},
    )
    return _verdict(response, channel)


def _values(outgoing: Outgoing, channel: Channel) -> dict[str, str]:
    text = sms.prepare(outgoing.content, channel)
    return {
        "to": outgoing.to,
        "digits": outgoing.to.lstrip("+"),
        "text": text,
        "token": outgoing.token,
        "sender": channel.setting("sender"),
        "user": channel.setting("user"),
        "key": channel.secret("key"),
        "coding": "0" if sms.alphabet_of(text) == sms.GSM7 else "8",
    }


def _authorization(channel: Channel) -> dict[str, str]:
    way, _space, name = channel.setting("authorization").partition(" ")
    key = channel.secret("key")
    if way == "bearer":
        return {"Authorization": f"Bearer {key}"}
    if way == "basic":
        pair = b64encode(f"{channel.setting('user')}:{key}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {name.strip(): key} if way == "header" else {}


def _verdict(response: httpx.Response, channel: Channel) -> Accepted:
    word = rules.pick(channel.setting("answer_status"), response.text)
    problems = rules.fields(channel.config, "answer_problems")
    for said in (word, str(response.status_code)):
        if said in problems:
            raise rules.refusal(problems[said], retry_after=http.seconds_to_wait(response))
    http.refuse_by_status(response)
    good = _words(channel.setting("answer_good"))
    if not response.is_success or good and word.lower() not in good:
        raise SendRefused(Problem.REFUSED, is_final=True)
    return Accepted(provider_id=rules.pick(channel.setting("answer_id"), response.text)[:200])


def _words(listed: str) -> set[str]:
    return {word.strip().lower() for word in listed.split(",") if word.strip()}
