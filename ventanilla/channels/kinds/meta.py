"""What all of Meta's channels share: signed hooks, the check of an address, the Graph API.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
"""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..contract import NotAuthentic, Problem, SendRefused, Webhook
from ..models import Channel
from . import http

GRAPH = "https://graph.facebook.com/v23.0"
# Where Meta hands out files that people sent: an address is asked nowhere else.
_STORES = (".fbcdn.net", ".fbsbx.com")
NO_SUCH_THING = 100


def sign(body: bytes, *, secret: str) -> str:
    """The value of the header X-Hub-Signature-256: Meta signs with the secret of the app."""
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


def check_signature(hook: Webhook, *, secret: str) -> None:
    """Raises NotAuthentic; an app without a secret trusts nobody."""
    given = hook.headers.get("x-hub-signature-256", "")
    if not secret or not hmac.compare_digest(sign(hook.body, secret=secret).encode(), given.encode()):
        raise NotAuthentic


def answer_challenge(hook: Webhook, *, token: str) -> str | None:
    """The answer to Meta's check of the address; None when this is no check. Raises NotAuthentic."""
    if hook.method != "GET":
        return None
    given = hook.query.get("hub.verify_token", "")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        raise NotAuthentic
    return hook.query.get("hub.challenge", "")[:200]


def graph(channel: Channel) -> str:
    """The address of the Graph API, without a slash at its end."""
    return channel.setting("graph", GRAPH) or GRAPH


def headers(channel: Channel) -> dict[str, str]:
    return {"Authorization": f"Bearer {channel.secret('access_token')}"}


def is_store(address: str, channel: Channel) -> bool:
    """Whether files of people lie behind this address: at Meta's stores, or where the channel leads."""
    try:
        found, ours = urlsplit(address), urlsplit(graph(channel))
        if (found.scheme, found.netloc) == (ours.scheme, ours.netloc):
            return True
        is_whole = found.scheme == "https" and found.port in (None, 443) and "@" not in found.netloc
    except ValueError:
        return False
    return is_whole and (found.hostname or "").endswith(_STORES)


def stored(address: str, channel: Channel, *, headers: dict[str, str] | None = None) -> Iterator[bytes]:
    """A file from Meta's stores. Raises SendRefused; an address anywhere else is not asked."""
    if not is_store(address, channel):
        raise SendRefused(Problem.UNSUPPORTED, is_final=True)
    yield from http.download(address, headers=headers, refuse=_refuse_file)


def _refuse_file(response: httpx.Response) -> None:
    if response.status_code in (403, 404, 410):
        # An address that has ended: final only where no new one can be had.
        raise SendRefused(Problem.GONE)
    http.refuse_by_status(response)


def said(response: httpx.Response) -> dict[str, Any]:
    """The object in an answer that is a success; nothing in it where there is none."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def error_codes(response: httpx.Response) -> tuple[int, int]:
    """Code and subcode of an answer that is no success. Raises SendRefused where Meta gave none."""
    try:
        error = response.json()["error"]
        return int(error["code"]), int(error.get("error_subcode") or 0)
    except (ValueError, KeyError, TypeError, AttributeError):
        http.refuse_by_status(response)
        raise SendRefused(Problem.REFUSED, is_final=True) from None


def as_wished(refusal: SendRefused, response: httpx.Response) -> SendRefused:
    """The same refusal, with the pause for which the answer asks."""
    wished = http.seconds_to_wait(response)
    if wished is None or refusal.is_final:
        return refusal
    return SendRefused(refusal.problem, retry_after=wished)
