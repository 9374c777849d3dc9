"""For tests of every room: signing somebody in as a person who passed all doors."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from . import sessions, undertaking
from .models import StaffSession, User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of people in tests


def sign_in(client: Client, user: User) -> None:
    """Sign in with a second factor that was passed, and the undertaking accepted."""
    give_second_factor(user)
    undertaking.undertake(user=user, version=undertaking.current().version, language="es", at=timezone.now())
    client.force_login(user)
    sessions.pass_second_factor(session_in(client), at=timezone.now())
    _remember_password(client, user)


def _remember_password(client: Client, user: User) -> None:
    """As after a sign-in with the password: changes of how to sign in do not ask for it again at once."""
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, method="password")
    request.session.save()


def give_second_factor(user: User) -> None:
    """An app whose secret is SECRET, unless there is a second factor."""
    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, SECRET)


def session_in(client: Client) -> StaffSession:
    """The row of the session that this client's cookie names."""
    request = HttpRequest()
    request.session = client.session
    return StaffSession.objects.get(pk=request.session[sessions.KEY])
