"""What allauth asks us: who may sign in, where they may go, how secrets are kept, what a ministry says."""

import base64
import time
from uuid import UUID

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ventanilla.accounts import throttle
from ventanilla.accounts.second_factor import needs_second_factor
from ventanilla.hubs.models import Network
from ventanilla.lib.senders import sender
from ventanilla.privacy.sealing import new_key
from ventanilla.privacy.sealing.cipher import place, seal, unseal
from ventanilla.privacy.sealing.keys import NETWORK, key

from .ministry import MinistryAdapter
from .sign_in_log import note_failed_sign_in

__all__ = ["AccountAdapter", "MinistryAdapter", "SecondFactorAdapter"]

WRONG = _("The e-mail address or the password is not right.")


# What allauth tells people after a change, in our words; about the rest it is silent.
TOLD = {
    "account/messages/password_changed.txt": _("Your password was changed. Your other sessions were ended."),
    "mfa/messages/totp_activated.txt": _("The app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The app was removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "socialaccount/messages/account_connected.txt": _("Your ministry is connected with your account."),
    "socialaccount/messages/account_connected_other.txt": _(
        "Somebody else's account is connected with that person at the ministry."
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    """Passwords: no sign-up, the same words for everything that is wrong, only our own addresses after it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "account_inactive": WRONG,
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("This is not your present password."),
        "invalid_password_reset": _("This link was used or is too old. Ask for a new one."),
    }

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """Only addresses of the console on this host, so that no link can lead elsewhere after signing in."""
        host = context.request.get_host()
        if not url or not url_has_allowed_host_and_scheme(url, allowed_hosts={host}):
            return False
        prefix = f"{context.request.scheme}://{host}"
        return url.removeprefix(prefix).startswith("/console/")

    def authenticate(self, request, **credentials):
        """The person, or None; slower and slower for whoever guesses."""
        tries = throttle.tries_of(request, "password", credentials.get("email", ""))
        try:
            throttle.begin(tries, at=timezone.now())
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(str(refusal), code="throttled") from None
        user = authenticate(request, **credentials)
        # allauth keeps inactive people with the right password apart, to tell them. We tell nobody.
        AuthenticationBackend.unstash_authenticated_user()
        if user is None:
            note_failed_sign_in(credentials.get("email", ""), at=timezone.now())
        else:
            throttle.succeeded(tries)
        return user

    def respond_user_inactive(self, request, user):
        clear_login(request)
        messages.error(request, WRONG)
        return HttpResponseRedirect(reverse("account_login"))

    def is_reauthentication_required(self, *, app, **kwargs):
        """Whether the last proof of identity in this session is too old for a change of how to sign in."""
        records = get_authentication_records(context.request, context.request.user)
        last = max((record["at"] for record in records), default=0)
        return time.time() - last > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def get_login_stages(self):
        return ["ventanilla.console.stages.SecondFactorStage"]

    def add_message(
        self, request, level, message_template=None, message_context=None, extra_tags="", message=None
    ):
        if told := message or TOLD.get(message_template):
            messages.add_message(request, level, told, extra_tags=extra_tags)

    def get_client_ip(self, request):
        return sender(request)

    def get_http_user_agent(self, request):
        return ""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets are sealed under keys of the network, each under its own."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This was not right. Try again."),
        "cannot_delete_authenticator": _("Your role needs a second factor: add another one first."),
    }

    def encrypt(self, text):
        key_id = new_key(scope=NETWORK)
        sealed = seal(key(key_id), text.encode(), at=_place(key_id))
        return f"{key_id.hex}.{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text):
        key_id, _dot, sealed = encrypted_text.partition(".")
        name = UUID(key_id)
        return unseal(key(name), base64.b64decode(sealed), at=_place(name)).decode()

    def get_totp_issuer(self):
        return Network.current().name

    def build_totp_svg(self, url):
        return segno.make(url, error="m").svg_inline(scale=5, border=2)

    def _get_site_name(self):
        return Network.current().name

    def can_delete_authenticator(self, authenticator):
        """The last factor of somebody whose role needs one stays: it is replaced, not removed."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        has_other = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_other or not needs_second_factor(authenticator.user)

    def generate_authenticator_name(self, user, type):
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(pgettext_lazy("name of a passkey", "Passkey %(n)s") % {"n": count + 1})

    def send_notification_mail(self, *args, **kwargs):
        """Our own notices (`sign_in_log`) name no address and no browser."""


def _place(key_id):
    return place(["second-factor", key_id.hex])
