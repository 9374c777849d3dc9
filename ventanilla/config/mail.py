"""How mails leave. Read by settings.py, so it knows nothing of Django's apps."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_BACKENDS = "django.core.mail.backends"
SECONDS = 20


def mail_settings(url: str, *, demo: bool, folder: Path) -> dict[str, Any]:
    """Django's settings for EMAIL_URL, as in smtp://user:password@host:587 or smtps://host:465.

    Without one a demonstration writes mails into a folder, and an installation sends none. Raises
    ImproperlyConfigured.
    """
    if not url:
        return _without(demo=demo, folder=folder)
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or asked.keys() - {"tls"}:
        raise ImproperlyConfigured("EMAIL_URL is as in smtp://user:password@mail.example.org:587")
    is_wrapped = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_wrapped else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_wrapped,
        # Encrypted unless a relay on the same machine is told otherwise.
        "EMAIL_USE_TLS": not is_wrapped and asked.get("tls", ["true"])[-1] != "false",
        "EMAIL_TIMEOUT": SECONDS,
    }


def _without(*, demo: bool, folder: Path) -> dict[str, Any]:
    if demo:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
