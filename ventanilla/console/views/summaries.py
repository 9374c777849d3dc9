"""The page that a person takes away: looked over, then put into the answer or printed. It is not kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ventanilla.enquiries import actions, summaries

from ..forms.checklists import BegunForm
from ..forms.summaries import SummaryForm
from .cases import case_for, joined, of_the_desk, with_answer


@require_http_methods(["GET", "POST"])
@of_the_desk
def summary(request, pk):
    """Choose what stands on it, look at it, give it. What was typed travels in the form."""
    enquiry, at = case_for(request.user, pk), timezone.now()
    if enquiry.words_erased_at:
        messages.error(request, str(actions.WordsErased()))
        return redirect("console:case", pk)
    actions.log(enquiry, "read", by=request.user, at=at)
    told, steps = summaries.told_in(enquiry, at=at), summaries.steps_of(enquiry, at=at)
    name = summaries.name_of(enquiry)
    typed = request.POST if "look" in request.POST or "give" in request.POST else None
    form = SummaryForm(typed, told=told, steps=steps, may_name=bool(name))
    drawn = _drawn(enquiry, form, told, steps, name, at=at) if form.is_valid() else None
    if drawn and "give" in request.POST:
        return _given(request, enquiry, drawn)
    context = {"enquiry": enquiry, "form": form, "drawn": drawn, "begun": BegunForm(initial=_begun(request))}
    if drawn:
        context["text"] = summaries.in_words(drawn)
    status = 422 if form.is_bound and not drawn else 200
    return render(request, "console/cases/summary.html", context, status=status)


def _begun(request):
    return {name: request.POST.get(name, "") for name in ("body", "cites", "seen", "to")}


def _drawn(enquiry, form, told, steps, name, *, at):
    refs, names = form.chosen("told"), form.chosen("steps")
    agreed = [one.text for one in steps if one.name in names]
    return summaries.draw(
        enquiry,
        told=[one for one in told if one.ref in refs],
        steps=[*agreed, *form.more_steps()],
        asked=form.cleaned_data["asked"],
        name=name if form.cleaned_data.get("with_name") else "",
        at=at,
    )


def _given(request, enquiry, drawn):
    how = request.POST["give"]
    if how == "text":
        return HttpResponse(summaries.in_words(drawn), content_type="text/plain; charset=utf-8")
    if how == "answer" and enquiry.is_open:
        begun = _begun(request)
        cites = [*begun["cites"].split(), *(one.ref for one in drawn.told)]
        body = joined(begun["body"], summaries.for_channel(drawn, enquiry))
        return with_answer(request, enquiry, body=body, cites=cites, seen=begun["seen"])
    return render(request, "console/cases/summary_sheet.html", {"summary": drawn})
