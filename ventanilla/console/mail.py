"""Plain mails to staff: a forgotten password, an invitation, and notices that something changed.

Addresses in them start with PUBLIC_URL, never with the host that a request named. Secrets of links are made
where the mail is sent: neither a task's arguments nor a log ever hold one.
"""

import logging
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from ventanilla.accounts.models import User
from ventanilla.hubs.models import Network
from ventanilla.lib.errors import DomainError

logger = logging.getLogger(__name__)

NOTICES = {
    "password": _("Your password was changed."),
    "factor-added": _("A second factor was added to your account."),
    "factor-removed": _("A second factor was removed from your account."),
    "codes": _("New recovery codes were made for your account."),
    "factor-reset": _(
        "A colleague reset your second factor, as you asked in person. You were signed out everywhere. "
        "The next time you sign in you set up a new one."
    ),
    "ministry": _("The sign-in of a ministry was connected with your account."),
}


class MailNotSent(DomainError):
    message = _("The mail could not be sent. Try again, or ask whoever runs this installation.")


def is_configured():
    """Whether mails leave this installation (or land in a folder of the demonstration)."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def absolute(path):
    return f"{settings.PUBLIC_URL}{path}"


def send(template, *, to, language, **context):
    """Send one of the templates in `mail/`; its first line is the subject. Raises MailNotSent."""
    with translation.override(language):
        name = Network.current().name
        said = render_to_string(f"mail/{template}.txt", {"network": name, **context}).strip()
    subject, _line, body = said.partition("\n")
    try:
        send_mail(subject.strip(), body.strip() + "\n", None, [to])
    except (SMTPException, OSError):
        # No trace: the library's text holds the address.
        logger.warning("Mail not sent", extra={"template": template})
        raise MailNotSent from None


def language_for(user):
    """The language somebody reads mails in: that of their console."""
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.preferred_language if profile and profile.preferred_language == "en" else "es"


@task()
def send_reset(user_id: int, language: str) -> None:
    """Mail the link for a new password. Number 0 is nobody: then it does nothing."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.has_usable_password():
        return
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    send("reset", to=user.email, language=language, address=absolute(path), name=user.get_short_name())


@task()
def send_notice(user_id: int, what: str) -> None:
    """Tell somebody that how they sign in changed: `what` is a key of NOTICES."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    language = language_for(user)
    with translation.override(language):
        sentence = str(NOTICES[what])
    send(
        "notice", to=user.email, language=language, name=user.get_short_name(), sentence=sentence,
        address=absolute(reverse("mfa_index")),
    )  # fmt: skip
