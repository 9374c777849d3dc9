"""The lock as scripts see it: is it down, somebody is there, bring it down, open it."""

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.accounts import sessions

from .. import lock
from ..forms.second_factor import PASSKEY_WRONG, PasskeyAgainForm
from ..forms.sign_in import UnlockForm

SIGNED_OUT = {"signed_out": True}


def for_sessions(view):
    """Answers 401 to whoever is not signed in."""

    @never_cache
    def guarded(request):
        if request.user.is_anonymous:
            return JsonResponse(SIGNED_OUT, status=401)
        return view(request, request.staff_session)

    return guarded


@require_http_methods(["GET", "POST"])
@for_sessions
def lock_now(request, row):
    """A page with one button; by POST it locks."""
    if request.method == "GET":
        return render(request, "entrance/lock_now.html")
    sessions.lock(row, at=timezone.now())
    return JsonResponse({"locked": True}) if lock.is_fetch(request) else redirect("wagtailadmin_home")


@require_GET
@for_sessions
def state(request, row):
    return JsonResponse(_told(request, row))


@require_POST
@for_sessions
def active(request, row):
    """Somebody types or moves on the page; the guard before this view notes it."""
    return JsonResponse({"locked": False})


@sensitive_post_parameters()
@require_POST
@for_sessions
def unlock(request, row):
    """With the password; for who has none, with a code."""
    form = UnlockForm(request.POST, request=request, prefix=lock.PREFIX)
    if not form.is_valid():
        wrong = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"locked": True, "wrong": wrong}, status=403)
    return _opened(request, row)


@require_http_methods(["GET", "POST"])
@for_sessions
def unlock_with_passkey(request, row):
    """By GET the question for the passkey, by POST its answer."""
    if request.method == "GET":
        return JsonResponse({"request_options": webauthn.begin_authentication(request.user)})
    form = PasskeyAgainForm(request.POST, user=request.user)
    if not form.is_valid():
        return JsonResponse({"locked": True, "wrong": [str(PASSKEY_WRONG)]}, status=403)
    post_authentication(request, form.cleaned_data["credential"], reauthenticated=True)
    return _opened(request, row)


def _opened(request, row):
    sessions.unlock(row, at=timezone.now())
    return JsonResponse(_told(request, row))


def _told(request, row):
    """Forms of a page that was covered for long go out with a token that is still good."""
    return {"locked": row.is_locked(at=timezone.now()), "csrf": get_token(request)}
