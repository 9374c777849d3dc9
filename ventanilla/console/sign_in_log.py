"""Writes down what happens at the door: in the access log, in counters, and to the person themselves."""

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from ventanilla.accounts import sessions
from ventanilla.accounts.models import User
from ventanilla.hubs.models import Membership
from ventanilla.lib.measures import Counter
from ventanilla.privacy import access_log

from .mail import send_notice
from .stages import did_ministry_check

signed_in = Counter("sign_ins", "Sign-ins of staff, by result", result=("done", "refused"))


def record(action, user, *, at, by=None, kind="account", reason=""):
    """An entry of the access log about an account, in every place where it has a role."""
    for country, hub in sorted(places_of(user)):
        record_in(country, hub, action, kind=kind, ref=user.pk, by=by or user, at=at, reason=reason)


def record_in(country, hub, action, *, kind, ref, by, at, reason=""):
    """An entry of the access log in one place."""
    access_log.record(
        by=by, action=action, kind=kind, ref=str(ref), country=country, hub=hub, at=at, reason=reason
    )


def places_of(user):
    """Countries and hubs in which somebody has a role; the network's own log for who has none there."""
    rows = Membership.objects.filter(user=user).select_related("hub")
    found = {(row.hub.country_id, row.hub.ref) if row.hub else (row.country_id or "", "") for row in rows}
    return found or {("", "")}


def note_failed_sign_in(email, *, at):
    """A wrong password: logged where the account has its roles.

    An address without account is logged too, without the address: the same work, so the same time.
    """
    signed_in.add(result="refused")
    user = User.objects.filter(email=email.lower()).first()
    for country, hub in sorted(places_of(user)):
        ref = user.pk if user else ""
        record_in(country, hub, "sign-in-refused", kind="account", ref=ref, by=None, at=at)


def connect():
    """Called once, when the app is ready."""
    name = "console-sign-in-log"
    account_signals.user_logged_in.connect(_signed_in, dispatch_uid=name)
    account_signals.authentication_step_completed.connect(_step_done, dispatch_uid=name)
    mfa_signals.authentication_failed.connect(_wrong_code, dispatch_uid=name)
    mfa_signals.authenticator_added.connect(_factor_added, dispatch_uid=name)
    mfa_signals.authenticator_removed.connect(_factor_removed, dispatch_uid=name)
    mfa_signals.authenticator_reset.connect(_codes_made, dispatch_uid=name)
    account_signals.password_changed.connect(_password_changed, dispatch_uid=name)
    account_signals.password_reset.connect(_password_changed, dispatch_uid=name)


def notice(user, what):
    """Have the worker tell somebody what changed."""
    transaction.on_commit(lambda: send_notice.enqueue(user.pk, what))


def _signed_in(sender, request, user, sociallogin=None, **rest):
    at = timezone.now()
    signed_in.add(result="done")
    record("sign-in", user, at=at)
    records = get_authentication_records(request, user)
    gave_factor = any(entry["method"] == "mfa" for entry in records) or did_ministry_check(sociallogin)
    if gave_factor and (row := sessions.session_of(request)):
        sessions.pass_second_factor(row, at=at)


def _step_done(sender, request, user, method, **rest):
    """A second factor that is given while signed in counts from then on."""
    if method == "mfa" and request.user.is_authenticated and (row := sessions.session_of(request)):
        sessions.pass_second_factor(row, at=timezone.now())


def _wrong_code(sender, request, user, **rest):
    signed_in.add(result="refused")
    record("code-refused", user, at=timezone.now())


def _factor_added(sender, request, user, authenticator, **rest):
    """Setting up a factor shows that one has it; other browsers of the account have not shown it."""
    at = timezone.now()
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    if row := sessions.session_of(request):
        sessions.pass_second_factor(row, at=at)
        sessions.end_others(user, but=row)
    record("factor-added", user, at=at)
    notice(user, "factor-added")


def _factor_removed(sender, request, user, authenticator, **rest):
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record("factor-removed", user, at=timezone.now())
        notice(user, "factor-removed")


def _codes_made(sender, request, user, **rest):
    record("codes-made", user, at=timezone.now())
    notice(user, "codes")


def _password_changed(sender, request, user, **rest):
    """Whoever knew the old password is signed out, except the one who changed it here."""
    here = sessions.session_of(request) if request.user.is_authenticated else None
    sessions.end_others(user, but=here)
    record("password-changed", user, at=timezone.now())
    notice(user, "password")
