"""Signing in as people do: with a password, then with what their app shows."""

import re
import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from ventanilla.console.demonstration import secret_of

PASSWORD = "un largo paseo por Upala"


def secret_of_app(email):
    return secret_of(email)


def new_code(email):
    """What the person's app shows now."""
    return format_hotp_value(hotp_value(secret_of(email), int(time.time()) // 30))


def give_app(user):
    TOTP.activate(user, secret_of(user.email))


def first_step(client, email, *, password=PASSWORD, **more):
    """Send the form of the sign-in page."""
    return client.post("/console/login/", {"login": email, "password": password, **more})


def link_in(body, *, whole=False):
    """The address in a mail, as a path of this site."""
    address = re.search(r"https?://\S+", body)[0]
    return address if whole else "/" + address.split("/", 3)[3]
