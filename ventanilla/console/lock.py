"""The lock that comes down when nobody touches the console: what answers instead, and what opens it.

A form that is sent while locked is not lost and not stored: the lock's page holds its fields, and sends
them again to the same address together with the password.
"""

from allauth.mfa.models import Authenticator
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from ventanilla.accounts import sessions

from .forms.sign_in import UnlockForm

LOCKED = 423
# Wagtail's frame asks for news by itself; that is nobody's activity.
BY_ITSELF = ("wagtailadmin_editing_sessions:",)
# Fields of the lock's own form among those of the form that it carries.
PREFIX = "_unlock"
AGAIN = f"{PREFIX}-again"


def is_fetch(request):
    """Whether a script asks rather than a person who goes to a page."""
    if mode := request.headers.get("sec-fetch-mode"):
        return mode != "navigate"
    wants_json = request.headers.get("accept", "").startswith("application/json")
    return wants_json or request.headers.get("x-requested-with") == "XMLHttpRequest"


def is_touch(request, name):
    """Whether this request shows that somebody is there, and not a page that asks or reloads by itself."""
    if name == "console_active":
        return True
    if "sec-fetch-mode" in request.headers:
        return request.headers.get("sec-fetch-user") == "?1"
    return not (is_fetch(request) or name.startswith(BY_ITSELF))


def answer(request, row, *, at):
    """What a locked session gets; None when this very request brought the password and may go on."""
    if is_fetch(request):
        return JsonResponse({"locked": True}, status=LOCKED)
    if not carries_lock(request):
        return _page(request, UnlockForm(request=request, prefix=PREFIX))
    form = UnlockForm(request.POST, request=request, prefix=PREFIX)
    if not form.is_valid():
        return _page(request, form)
    sessions.unlock(row, at=at)
    return go_on(request)


def go_on(request):
    """The lock is open: a page is asked for again, a form goes through without the lock's own fields."""
    if request.POST[AGAIN] == "get":
        return HttpResponseRedirect(request.get_full_path())
    request.POST = _without_ours(request.POST)
    return None


def carries_lock(request):
    """Whether this is the form of a lock's page, perhaps of one that was opened elsewhere meanwhile."""
    return request.method == "POST" and AGAIN in request.POST


def ways_to_open(user):
    """What somebody can open the lock with: password, else a code; passkeys; else their ministry."""
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "password": user.has_usable_password(),
        "code": not user.has_usable_password() and Authenticator.Type.TOTP in types,
        "passkey": Authenticator.Type.WEBAUTHN in types,
        "ministry": not user.has_usable_password() and not types,
    }


def _page(request, form):
    sent = _without_ours(request.POST)
    context = {
        "form": form,
        "ways": ways_to_open(request.user),
        "fields": [(name, value) for name, values in sent.lists() for value in values],
        "again": request.POST.get(AGAIN) or request.method.lower(),
        "lost_files": bool(request.FILES),
        "here": request.get_full_path(),
    }
    return render(request, "entrance/locked.html", context, status=LOCKED)


def _without_ours(posted):
    kept = posted.copy()
    for name in posted:
        if name.startswith(PREFIX) or name == "csrfmiddlewaretoken":
            del kept[name]
    return kept
