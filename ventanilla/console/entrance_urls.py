"""Addresses before and around the console: signing in, second factor, lock, invitation, undertaking.

Names that begin with `account_`, `mfa_` and `socialaccount_` are allauth's; its other addresses are not here,
so they do not exist. Wagtail's own login and password pages lie below the same paths and are never reached.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_required
from django.urls import path, re_path
from django.views.generic import RedirectView

from . import ministry
from .views import entrance, locking, security


def signed_in(route, view, name):
    return path(route, login_required(view), name=name)


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/second-step/", entrance.second_step, name="mfa_authenticate"),
    path("login/ministry/", ministry.login, name="ministry_login"),
    path("login/ministry/back/", ministry.callback, name="ministry_callback"),
    path("logout/", account.logout, name="account_logout"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # Wagtail's own pages for a forgotten password.
    re_path(
        r"^password_reset/(?:.*/)?$",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="console_no_other_reset",
    ),
    path("invitation/", entrance.invitation, name="console_invitation"),
    path("invitation/<str:secret>/", entrance.open_invitation, name="console_open_invitation"),
    signed_in("undertaking/", entrance.undertaking, "console_undertaking"),
    signed_in("second-factor/", entrance.second_factor, "console_second_factor"),
    path("lock/", locking.lock_now, name="console_lock_now"),
    path("lock/state/", locking.state, name="console_lock_state"),
    path("lock/active/", locking.active, name="console_active"),
    path("lock/open/", locking.unlock, name="console_unlock"),
    path("lock/open/passkey/", locking.unlock_with_passkey, name="console_unlock_passkey"),
    signed_in("security/", security.index, "mfa_index"),
    signed_in("security/password/", security.change_password, "account_change_password"),
    signed_in("security/again/", account.reauthenticate, "account_reauthenticate"),
    signed_in("security/again/code/", mfa.reauthenticate, "mfa_reauthenticate"),
    signed_in("security/again/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    signed_in("security/app/", app.activate_totp, "mfa_activate_totp"),
    signed_in("security/app/remove/", app.deactivate_totp, "mfa_deactivate_totp"),
    signed_in("security/passkeys/add/", security.add_passkey, "mfa_add_webauthn"),
    signed_in("security/passkeys/<int:pk>/remove/", security.remove_passkey, "mfa_remove_webauthn"),
    signed_in("security/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    signed_in("security/codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    signed_in("security/sessions/end/", security.end_other_sessions, "console_end_other_sessions"),
    signed_in("security/sessions/<uuid:pk>/end/", security.end_one_session, "console_end_session"),
]

ENTRANCE = frozenset(pattern.name for pattern in urlpatterns)
# All that somebody can do whose role needs a second factor that is not there yet.
SETTING_UP = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "console_invitation",
        "console_open_invitation",
        "console_second_factor",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "console_active",
        "console_lock_now",
        "console_lock_state",
        "console_unlock",
        "console_unlock_passkey",
    }
)
