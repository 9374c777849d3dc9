"""What is unsafe or missing in how staff sign in."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from ventanilla.accounts import undertaking
from ventanilla.console.mail import is_configured
from ventanilla.hubs.ministry_roles import impossible_lines

from .findings import Finding, missing, unsafe


def findings_of_sign_in(at: datetime) -> Iterator[Finding]:
    """Mail, the lock, a ministry, the undertaking."""
    if not is_configured():
        yield missing(
            "No mail leaves this installation: invitations are handed over in person, and nobody resets a "
            "forgotten password.",
            "Set EMAIL_URL and EMAIL_FROM.",
        )
    if settings.LOCK_MINUTES == 0:
        yield unsafe("Screens of staff never lock by themselves.", "Set LOCK_MINUTES to 5.")
    missing_languages = sorted({"es", "en"} - undertaking.current().texts.keys())
    if missing_languages:
        yield missing(
            f"The code of conduct is missing in: {', '.join(missing_languages)}.", "Complete UNDERTAKING."
        )
    yield from _ministry()


def _ministry() -> Iterator[Finding]:
    if not settings.OIDC_ISSUER:
        return
    if not settings.OIDC_ISSUER.startswith("https://") and not settings.DEMO:
        yield unsafe("The ministry is asked without encryption.", "Let OIDC_ISSUER start with https://")
    for group in impossible_lines():
        yield missing(
            f"The line of group {group!r} in OIDC_ROLES gives nothing: no such role, or not in such a place.",
            "Correct it: see docs/how-to/sign-in.md",
        )
