"""What a gateway sends to our hook, read as its description says."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from django.utils import timezone

from ventanilla.privacy.sealing import digest

from ...contract import Arrived, Delivery, NotAuthentic, Parsed, Unreadable, Webhook
from ...models import Channel
from .. import sms
from . import rules


def verify(hook: Webhook, channel: Channel) -> None:
    """Raises NotAuthentic; a channel without a secret trusts nobody."""
    way, _space, name = channel.setting("in_check").partition(" ")
    secret = channel.secret("hook_secret")
    if not secret:
        raise NotAuthentic
    if way == "hmac":
        given, expected = hook.headers.get(name.strip().lower(), ""), signatures(hook.body, secret=secret)
    elif way == "header":
        given, expected = hook.headers.get(name.strip().lower(), ""), [secret]
    else:
        given, expected = hook.query.get(name.strip(), ""), [secret]
    # All are compared, in constant time each.
    if not sum(hmac.compare_digest(given.encode(), one.encode()) for one in expected):
        raise NotAuthentic


def signatures(body: bytes, *, secret: str) -> list[str]:
    """The ways in which gateways write the HMAC-SHA256 of a body."""
    signed = hmac.new(secret.encode(), body, sha256)
    return [signed.hexdigest(), f"sha256={signed.hexdigest()}", b64encode(signed.digest()).decode()]


def parse(hook: Webhook, channel: Channel) -> Parsed:
    """Messages and reports of one request. Raises Unreadable when it holds neither."""
    all_of_it = [_parsed(entry, channel) for entry in _entries(hook, channel)]
    return Parsed(
        messages=tuple(message for one in all_of_it for message in one.messages),
        deliveries=tuple(delivery for one in all_of_it for delivery in one.deliveries),
        stops=tuple(stop for one in all_of_it for stop in one.stops),
    )


def _parsed(entry: Any, channel: Channel) -> Parsed:
    if rules.at(channel.setting("report_state"), entry):
        return Parsed(deliveries=tuple(_delivery(entry, channel)))
    if rules.at(channel.setting("in_sender"), entry):
        return sms.taken_in(_message(entry, channel))
    raise Unreadable


def _entries(hook: Webhook, channel: Channel) -> list[Any]:
    data = _data(hook)
    if not (path := channel.setting("in_list")):
        return [data]
    entries = rules.inside(path, data)
    # A gateway with lists for messages may report deliveries one by one.
    return entries if isinstance(entries, list) else [data]


def _data(hook: Webhook) -> Any:
    try:
        if "json" in hook.headers.get("content-type", ""):
            return json.loads(hook.body)
        return {**hook.query, **dict(parse_qsl(hook.body.decode(), keep_blank_values=True))}
    except (ValueError, RecursionError):
        raise Unreadable from None


def _message(entry: Any, channel: Channel) -> Arrived:
    sender = sms.number_of(rules.at(channel.setting("in_sender"), entry), country=channel.country)
    text = rules.at(channel.setting("in_text"), entry)
    moment = rules.at(channel.setting("in_time"), entry)
    external_id = rules.at(channel.setting("in_id"), entry)
    if not external_id:
        if not moment:
            raise Unreadable
        external_id = digest(f"sms:{channel.pk}", f"{sender} {moment} {text}")
    return Arrived(external_id=external_id, sender=sender, at=_when(moment), text=text)


def _delivery(entry: Any, channel: Channel) -> Iterator[Delivery]:
    words = rules.fields(channel.config, "report_words")
    said = words.get(rules.at(channel.setting("report_state"), entry))
    provider_id = rules.at(channel.setting("report_id"), entry)
    token = rules.at(channel.setting("report_token"), entry)
    if said and (provider_id or token):
        state, problem = rules.outcome(said)
        yield Delivery(provider_id[:200], state, timezone.now(), problem, token[:64])


def _when(moment: str) -> datetime:
    """A time in (milli)seconds since 1970, or as in ISO 8601 (UTC where no zone is said); else now."""
    try:
        if moment.replace(".", "", 1).isdecimal():
            seconds = float(moment)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        read = datetime.fromisoformat(moment)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return timezone.now()
