"""Stands before every address of the console: is this session alive, unlocked, with its second factor?

What it decides on is the row of the session in the database, which the browser cannot change. Locked, no
address answers anything but the lock.
"""

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation

from ventanilla.accounts import sessions
from ventanilla.accounts.second_factor import has_second_factor, needs_second_factor

from . import lock
from .entrance_urls import ENTRANCE, SETTING_UP

# What a locked session may still do.
WHILE_LOCKED = frozenset(
    {
        "account_logout",
        "console_lock_state",
        "console_lock_now",
        "console_unlock",
        "console_unlock_passkey",
        "ministry_login",
        "ministry_callback",
    }
)
# Data of the frame itself, the same for everybody.
FOR_ALL = frozenset({"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
SPOKEN = ("es", "en")


class SessionGuard:
    """Ends, locks or redirects a session before any view of the console runs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        spoken = translation.get_language()
        try:
            return self.get_response(request)
        finally:
            translation.activate(spoken) if spoken else translation.deactivate_all()

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        if not match.route.startswith("console/"):
            return None
        name = match.view_name or ""
        if name in ENTRANCE:
            translation.activate(language_of(request))
        if request.user.is_anonymous or name in FOR_ALL:
            return None
        return _judged(request, name, at=timezone.now())


def _judged(request, name, *, at):
    row = request.staff_session = sessions.session_of(request)
    if row is None or row.is_over(at=at):
        return _signed_out(request)
    if row.is_locked(at=at):
        sessions.lock(row, at=at)
        if name in WHILE_LOCKED:
            return None
        translation.activate(language_of(request))
        if (answer := lock.answer(request, row, at=at)) is not None:
            return answer
    elif lock.carries_lock(request) and (answer := lock.go_on(request)) is not None:
        return answer
    if lock.is_touch(request, name):
        sessions.note_activity(row, at=at)
    if row.second_factor_at is None:
        return _second_factor_first(request, name)
    return None


def _second_factor_first(request, name):
    if has_second_factor(request.user):
        # Signed in some other way than through the second step.
        return _signed_out(request)
    if name in SETTING_UP or not needs_second_factor(request.user):
        return None
    if lock.is_fetch(request):
        return JsonResponse({"second_factor": "missing"}, status=403)
    return HttpResponseRedirect(reverse("console_second_factor"))


def _signed_out(request):
    logout(request)
    if lock.is_fetch(request):
        return JsonResponse({"signed_out": True}, status=401)
    where = request.get_full_path() if request.method == "GET" else reverse("wagtailadmin_home")
    return redirect_to_login(where, login_url=reverse("account_login"))


def language_of(request):
    """The language a person chose for the console, else that of the browser, among those it speaks."""
    profile = getattr(request.user, "wagtail_userprofile", None) if request.user.is_authenticated else None
    wished = (profile and profile.preferred_language) or translation.get_language_from_request(request)
    return wished if wished in SPOKEN else SPOKEN[0]
