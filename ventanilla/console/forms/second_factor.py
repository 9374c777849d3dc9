"""Forms of apps, recovery codes and passkeys, on allauth's: sealed, slowed down, each code once."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts import throttle

KEY = "second-factor-secret"
WRONG = _("This code is not right, or it was used already. Wait for the next one.")

PASSKEY_WRONG = _("This passkey was not right.")


def code_field(label, widget=forms.TextInput):
    """A field for the digits of an app, or of a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off"}
    return forms.CharField(label=label, max_length=20, widget=widget(attrs=attrs))


def check_code(user, code, *, at):
    """Whether a code of the app is right and new."""
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is None or not totp.validate_totp_code(decrypt(app.data["secret"]), code):
        return False
    return throttle.spend(account=str(user.pk), code=_plain(code), at=at)


def _plain(code):
    return "".join(code.split())


class AppForm(ActivateTOTPForm):
    """The first code of an app. Until it is right, its secret waits in the session, sealed."""

    def __init__(self, *args, **kwargs):
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.fields["code"] = code_field(_("Code that the app shows"))
        session = context.request.session
        if not self.is_bound or KEY not in session:
            session[KEY] = encrypt(totp.generate_totp_secret())
        self.secret = decrypt(session[KEY])

    def clean_code(self):
        code = self.cleaned_data["code"]
        if not totp.validate_totp_code(self.secret, code):
            raise ValidationError(WRONG, code="wrong")
        throttle.spend(account=str(self.user.pk), code=_plain(code), at=timezone.now())
        del context.request.session[KEY]
        return code


class _OnceOnly:
    """For forms that check a code of somebody: slower and slower for whoever guesses, each code once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code"))

    def clean_code(self):
        at = timezone.now()
        tries = throttle.tries_of(context.request, "code", str(self.user.pk))
        try:
            throttle.begin(tries, at=at)
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(str(refusal), code="throttled") from None
        code = super().clean_code()
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not throttle.spend(account=str(self.user.pk), code=_plain(code), at=at):
            raise ValidationError(WRONG, code="spent")
        throttle.succeeded(tries)
        return code


class CodeForm(_OnceOnly, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):
    """A code before a change of how to sign in."""


class _Genuine:
    """Whatever a browser could not have made is wrong, not an error of ours."""

    def _clean_fields(self):
        try:
            super()._clean_fields()
        except (KeyError, TypeError, ValueError, AttributeError):
            self.add_error(None, PASSKEY_WRONG)


class PasskeyForm(AddWebAuthnForm):
    """A new passkey, always one that asks for a finger or a PIN and can sign in by itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"].label = _("Name, so that you know it again")
        self.fields["name"].max_length = 60

    def clean(self):
        try:
            return super().clean()
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ValidationError(PASSKEY_WRONG, code="wrong") from None


class PasskeySignInForm(_Genuine, LoginWebAuthnForm):
    """Signing in with nothing but a passkey."""


class PasskeySecondForm(_Genuine, AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class PasskeyAgainForm(_Genuine, ReauthenticateWebAuthnForm):
    """A passkey before a change of how to sign in, or at the lock."""
