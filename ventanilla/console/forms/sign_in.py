"""Forms before the console: signing in, a forgotten password, the lock, an invitation, the undertaking."""

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts import throttle
from ventanilla.accounts.models import User

from ..mail import send_reset
from .second_factor import check_code


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = _("E-mail"), _("Password"), ""
        login.widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        password.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})


class ChangePasswordForm(AllauthChangePasswordForm):
    """A new password, with the present one; slower and slower for whoever guesses at that."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""

    def clean_oldpassword(self):
        tries = throttle.tries_of(context.request, "password", self.user.email)
        try:
            throttle.begin(tries, at=timezone.now())
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(str(refusal), code="throttled") from None
        given = super().clean_oldpassword()
        throttle.succeeded(tries)
        return given


class ForgottenForm(ResetPasswordForm):
    """Answers the same, at the same speed, whether the address has an account or not."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "username"})

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save(self, request, **kwargs):
        """Leaves the work to the worker: a mail that is sent takes longer than one that is not."""
        email = self.cleaned_data["email"]
        try:
            throttle.begin(throttle.tries_of(request, "reset", email), at=timezone.now())
        except throttle.TooManyAttempts:
            return email
        user = User.objects.filter(email=email, is_active=True).first()
        language = translation.get_language()
        transaction.on_commit(lambda: send_reset.enqueue(user.pk if user else 0, language))
        return email


class UnlockForm(forms.Form):
    """The password again; for who has none, a code of the app."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label=_("Code of your app"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.user = request, request.user
        del self.fields["code" if self.user.has_usable_password() else "password"]

    def clean(self):
        """Slower and slower for whoever guesses."""
        cleaned = super().clean()
        at = timezone.now()
        tries = throttle.tries_of(self.request, "password", self.user.email)
        try:
            throttle.begin(tries, at=at)
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(str(refusal), code="throttled") from None
        if "password" in cleaned and not self.user.check_password(cleaned["password"]):
            self.add_error("password", _("This password is not right."))
        elif "code" in cleaned and not check_code(self.user, cleaned["code"], at=at):
            self.add_error("code", _("This code is not right."))
        elif cleaned:
            throttle.succeeded(tries)
        return cleaned


class AcceptForm(forms.Form):
    """A new colleague's name and password."""

    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Choose a password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self):
        cleaned = super().clean()
        if password := cleaned.get("password"):
            who = User(email=self.email, first_name=cleaned.get("first_name", ""))
            try:
                validate_password(password, who)
            except ValidationError as problems:
                self.add_error("password", problems)
        return cleaned


class UndertakingForm(forms.Form):
    """The version is that of the text that was shown, not the one in force when it is sent."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=40)
    accepted = forms.BooleanField(label=_("I have read this and undertake it."))
