"""The sources of a fact: add one, correct what is said of it, take it off."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.lib.errors import DomainError
from ventanilla.verification import actions

from ..doors import fact_to
from ..forms.facts import NewSourceForm, SourceDetailsForm
from ..titles import titles_of


@require_http_methods(["GET", "POST"])
def add(request, ref):
    fact = fact_to(request.user, ref, "may_change_sources")
    form = NewSourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_source(fact=fact, values=form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as refusal:
            form.add_error("url", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:fact", ref)
    return _page(request, fact, form, _("Add a source"))


@require_http_methods(["GET", "POST"])
def correct(request, ref, pk):
    fact = fact_to(request.user, ref, "may_change_sources")
    source = get_object_or_404(fact.sources, pk=pk)
    form = SourceDetailsForm(request.POST or None, instance=source)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if values:
            actions.correct_source(source=source, values=values, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("console:fact", ref)
    return _page(request, fact, form, _("Correct a source"), source=source)


@require_POST
def remove(request, ref, pk):
    fact = fact_to(request.user, ref, "may_change_sources")
    source = get_object_or_404(fact.sources, pk=pk)
    try:
        actions.remove_source(source=source, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The source is off this fact."))
    return redirect("console:fact", ref)


def _page(request, fact, form, heading, source=None):
    title = titles_of([fact])[fact.ref]
    context = {"fact": fact, "title": title, "form": form, "heading": heading, "source": source}
    return render(request, "console/source.html", context)
