"""Meta signs the bytes of each hook with the secret of the app (also for Messenger).

https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
"""

import hmac
from hashlib import sha256

from ...contract import NotAuthentic, Webhook


def sign(body: bytes, *, secret: str) -> str:
    """The value of the header X-Hub-Signature-256."""
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
