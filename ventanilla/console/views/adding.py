"""Adding records: which kind, then one form for it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.verification.models import FOUR_EYES

from ..adding import AddForms, countries_to_add, kinds_to_add


@require_GET
def choose(request):
    """The kinds that this person may add."""
    kinds = kinds_to_add(request.user)
    if not kinds:
        raise Http404
    return render(request, "console/add.html", {"kinds": kinds})


@require_http_methods(["GET", "POST"])
def add(request, kind):
    """The form of one kind; what was typed stays when something is missing."""
    label = dict(kinds_to_add(request.user)).get(kind)
    if label is None:
        raise Http404
    countries = countries_to_add(request.user, kind)
    initial = {"country": request.GET.get("country")}
    forms = AddForms(kind, countries, request.POST or None, initial)
    if request.method == "POST" and forms.is_valid():
        fact = forms.save(by=request.user, at=timezone.now())
        messages.success(request, _said(kind))
        return redirect("console:fact", fact.ref)
    context = {"forms": forms, "label": label, "needs_four_eyes": kind in FOUR_EYES}
    return render(request, "console/add_kind.html", context)


def _said(kind):
    if kind in FOUR_EYES:
        return _("Proposed. Somebody else of the national authority has to approve it.")
    return _("Added. It is starter content until somebody confirms it.")
