"""Editing records: the text in one language, and what the record keeps besides."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.lib.errors import DomainError
from ventanilla.library.models import PAGE_OF_KIND
from ventanilla.verification.actions import confirm_fact
from ventanilla.verification.models import FOUR_EYES, Wording
from ventanilla.verification.powers import Powers
from ventanilla.verification.proposals import change_record, last_proposed, mark_reviewed, text_part

from ..doors import fact_to
from ..fields import LANGUAGE_NAMES
from ..forms.facts import SourceForm
from ..forms.records import StatusForm, WordingForm
from ..records import RecordForms, record_of, set_status, status_of
from ..titles import titles_of


@require_http_methods(["GET", "POST"])
def text(request, ref, language):
    """What people read about a record in one language."""
    fact = _record_to_change(request.user, ref)
    if language not in LANGUAGE_NAMES:
        raise Http404
    wording = Wording.objects.filter(fact=fact, language=language).first()
    wording = wording or Wording(fact=fact, language=language)
    form = WordingForm(request.POST or None, instance=wording)
    if not wording.pk:
        form.take_up(last_proposed(fact, text_part(language)))
    source_form = SourceForm(request.POST or None, fact=fact, required=False, prefix="checked")
    if request.method == "POST" and form.is_valid() and source_form.is_valid():
        part, values = text_part(language), form.changed_values()
        if _changed(request, fact, source_form, lambda at: change_record(
            fact=fact, part=part, values=values, by=request.user, at=at
        ), form):  # fmt: skip
            return redirect("console:fact", ref)
    context = {
        **_frame(request, fact, source_form),
        "form": form,
        "wording": wording,
        "language": language,
        "is_machine_made": bool(wording.pk) and wording.maker == Wording.Maker.MACHINE,
    }
    return render(request, "console/text.html", context)


@require_POST
def reviewed(request, ref, language):
    """A speaker of the language stands by the text as it is."""
    fact = _record_to_change(request.user, ref)
    mark_reviewed(wording=get_object_or_404(Wording, fact=fact, language=language))
    messages.success(request, _("Thank you: the text counts as reviewed by a speaker."))
    return redirect("console:fact", ref)


@require_http_methods(["GET", "POST"])
def record(request, ref):
    """Numbers, address, hours and the rest; asks where it was seen unless somebody else will check it."""
    fact = _record_to_change(request.user, ref)
    if record_of(fact) is None:
        raise Http404
    forms = RecordForms(fact, request.POST or None)
    is_required = not forms.needs_four_eyes
    source_form = SourceForm(request.POST or None, fact=fact, required=is_required, prefix="checked")
    is_complete = request.method == "POST" and forms.is_valid() and source_form.is_valid()
    if is_complete and _changed(
        request, fact, source_form, lambda at: forms.save(by=request.user, at=at), forms.main
    ):
        return redirect("console:fact", ref)
    return render(request, "console/record.html", {**_frame(request, fact, source_form), "forms": forms})


@require_http_methods(["GET", "POST"])
def status(request, ref):
    """Open a planned hub, suspend or close a hub or a service, for a while or for good."""
    fact = _record_to_change(request.user, ref)
    now = status_of(fact)
    if now is None:
        raise Http404
    choices, language = now.pop("choices"), fact.country.languages[0]
    form = StatusForm(request.POST or None, initial=now, choices=choices, language=language)
    source_form = SourceForm(request.POST or None, fact=fact, prefix="checked")
    is_complete = request.method == "POST" and form.is_valid() and source_form.is_valid()
    if is_complete and _changed(
        request,
        fact,
        source_form,
        lambda at: set_status(fact=fact, **form.cleaned_data, by=request.user, at=at),
        form,
    ):
        return redirect("console:fact", ref)
    return render(request, "console/status.html", {**_frame(request, fact, source_form), "form": form})


def _record_to_change(user, ref):
    fact = fact_to(user, ref, "may_change")
    if fact.kind in PAGE_OF_KIND:
        raise Http404
    return fact


def _frame(request, fact, source_form):
    return {
        "fact": fact,
        "title": titles_of([fact])[fact.ref],
        "source_form": source_form,
        "needs_four_eyes": fact.kind in FOUR_EYES,
    }


def _changed(request, fact, source_form, change, form):
    """Carry out a change and, where a source was looked at and the person may, confirm the fact in one."""
    at = timezone.now()
    try:
        proposal = change(at)
        may_confirm = fact.kind not in FOUR_EYES and Powers.of(request.user).may_confirm(fact)
        if may_confirm and source_form.looked_at:
            confirm_fact(fact=fact, by=request.user, at=at, source=source_form.looked_at)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    if proposal:
        messages.success(request, _("Proposed. Somebody else of the national authority has to approve it."))
    else:
        messages.success(request, _("Saved: people read it from now on."))
    return True
