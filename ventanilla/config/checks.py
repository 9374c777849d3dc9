"""What production must never start with. Read by settings.py, so it knows nothing of Django's apps."""

import base64
import ipaddress
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 50
SHORTEST_TOKEN = 20
MASTER_KEY_BYTES = 32


def refuse_unsafe(
    *,
    demo: bool,
    debug: bool,
    secret_key: str,
    allowed_hosts: Sequence[str],
    public_url: str,
    trusted_proxy: bool,
    metrics_token: str,
    master_key: str,
    key_master: str,
    database: str,
    key_database: str,
) -> None:
    """Raise ImproperlyConfigured, one sentence a line, when people could be harmed; a demo may start."""
    problems = [
        *_secrets(debug=debug, secret_key=secret_key, metrics_token=metrics_token),
        *_sealing(master_key=master_key, key_master=key_master),
        *_key_store(database=database, key_database=key_database),
        *_addresses(allowed_hosts=allowed_hosts, public_url=public_url, trusted_proxy=trusted_proxy),
    ]
    if problems and not demo:
        raise ImproperlyConfigured("\n".join(problems))


def _secrets(*, debug: bool, secret_key: str, metrics_token: str) -> Iterator[str]:
    if debug:
        yield "DEBUG shows the inside of the program to anybody: remove it, or set DEBUG=false."
    if not secret_key:
        yield "Set SECRET_KEY, for instance to what this prints: openssl rand -base64 48"
    elif len(secret_key) < SHORTEST_KEY:
        yield f"SECRET_KEY is shorter than {SHORTEST_KEY} characters: make one with openssl rand -base64 48"
    if metrics_token and len(metrics_token) < SHORTEST_TOKEN:
        yield f"METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters: make one with openssl rand -hex 24"


def _sealing(*, master_key: str, key_master: str) -> Iterator[str]:
    if not key_master.endswith("masters.FromSettings"):
        return
    if not master_key:
        yield (
            "Set MASTER_KEY_FILE to a file outside DATA_DIR with what 'ventanilla keys new-master' prints "
            "(all that people tell is sealed under it; without it nothing can be read again)"
        )
    elif not _is_a_key(master_key):
        yield "MASTER_KEY is not 32 bytes in base64: make one with ventanilla keys new-master"


def _key_store(*, database: str, key_database: str) -> Iterator[str]:
    if database.startswith("postgres") and not key_database:
        yield (
            "Set KEYS_DATABASE_URL: all machines of a network share one key store, apart from DATABASE_URL; "
            "see docs/runbooks/keys.md"
        )


def one_of(setting: str, value: str, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices. Raises ImproperlyConfigured."""
    if value not in choices:
        raise ImproperlyConfigured(f"{setting}={value!r}: use {' or '.join(map(repr, choices))}.")
    return value


def scanner_from(text: str) -> str:
    """The address of clamd: "host:port", the path of a socket, or nothing. Raises ImproperlyConfigured."""
    is_address = ":" in text and text.rpartition(":")[2].isdecimal()
    if text and not text.startswith("/") and not is_address:
        raise ImproperlyConfigured(f"CLAMAV={text!r}: use host:port or the path of clamd's socket.")
    return text


def reader_from(name: str, text: str) -> str:
    """The address of a machine that reads what people write, or nothing.

    Raises ImproperlyConfigured where words would travel openly.

    Plain http is for this machine and its own network: an address there, or a name without a dot, which no
    other network knows.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    has_more = "@" in parts.netloc or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or has_more:
        raise ImproperlyConfigured(f"{name} is no plain address: use one as in http://127.0.0.1:5000")
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise ImproperlyConfigured(
            f"{name} would send words of people to {parts.hostname} in the clear: let it start with https://"
        )
    return text.rstrip("/")


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return address.is_loopback or address.is_private


def _is_a_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == MASTER_KEY_BYTES
    except ValueError:
        return False


def _addresses(*, allowed_hosts: Sequence[str], public_url: str, trusted_proxy: bool) -> Iterator[str]:
    if not public_url:
        yield "Set PUBLIC_URL to the address that people type, as in https://hub.example.org"
    elif not public_url.startswith("https://"):
        yield "PUBLIC_URL must start with https:// because staff sign in and people ask through it."
    if not allowed_hosts:
        yield "Set ALLOWED_HOSTS to the host of PUBLIC_URL, as in hub.example.org"
    elif "*" in allowed_hosts:
        yield "ALLOWED_HOSTS=* lets anybody make links that point elsewhere: name your hosts instead."
    if not trusted_proxy:
        yield (
            "Set TRUSTED_PROXY=true once a TLS proxy stands in front and sets X-Forwarded-Proto: "
            "see docs/how-to/operator.md"
        )
