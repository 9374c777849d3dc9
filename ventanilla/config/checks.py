"""What production must never start with. Read by settings.py, so it knows nothing of Django's apps."""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 50
SHORTEST_TOKEN = 20


def refuse_unsafe(
    *,
    demo: bool,
    debug: bool,
    secret_key: str,
    allowed_hosts: Sequence[str],
    public_url: str,
    trusted_proxy: bool,
    metrics_token: str,
) -> None:
    """Raise ImproperlyConfigured, one sentence a line, when people could be harmed; a demo may start."""
    problems = [
        *_secrets(debug=debug, secret_key=secret_key, metrics_token=metrics_token),
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
