"""The door before the first case: who has not accepted the undertaking in force is led to its text."""

from functools import wraps

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from ventanilla.accounts.undertaking import has_undertaken


def undertaking_required(view):
    """Decorates a view of cases: whoever has not accepted the undertaking in force reads it first."""

    @wraps(view)
    def asking_first(request, *args, **kwargs):
        return must_undertake(request) or view(request, *args, **kwargs)

    return asking_first


def must_undertake(request):
    """The way to the text for a signed-in person who has not accepted it, else None."""
    if request.user.is_anonymous or getattr(request, "has_undertaken", False):
        return None
    if has_undertaken(request.user):
        # The gate and the view both ask; what was accepted holds for the whole request.
        request.has_undertaken = True
        return None
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('console_undertaking')}?{query}")
