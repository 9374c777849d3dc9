"""The second factors of the sample people: public, so that whoever tries the demonstration can go on."""

import base64
import hashlib

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from ventanilla.accounts import throttle

DOMAIN = "@ventanilla.example"


def secret_of(email):
    """The secret of a sample person's app: made from the address, so everybody can make it."""
    return base64.b32encode(hashlib.sha1(email.encode(), usedforsecurity=False).digest()).decode()


def code_of(user, *, at):
    """A code that the app of a sample person shows about now and that is still good; "" for anybody else."""
    if not user.email.endswith(DOMAIN):
        return ""
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    codes = (format_hotp_value(hotp_value(secret_of(user.email), now + step)) for step in (0, 1, -1))
    return next((code for code in codes if not throttle.is_spent(account=str(user.pk), code=code)), "")
