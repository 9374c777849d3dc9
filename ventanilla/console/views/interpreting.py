"""Interpreters: asking for one in a case, what I was asked, reading what I accepted, services of a hub."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import actions, interpreting
from ventanilla.enquiries.models import InterpreterRequest, InterpreterService
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError

from ..doors import require
from ..forms.interpreting import InterpretedForm, LanguagesForm, NeedForm, ServiceForm, WhomForm
from ..list_log import log_list
from .cases import of_the_desk, own_case_for


@require_http_methods(["GET", "POST"])
@of_the_desk
def ask(request, pk):
    """What is needed, then whom to ask. Through the glass nobody lets others in."""
    enquiry, at = own_case_for(request.user, pk), timezone.now()
    need = NeedForm(request.POST or None, initial={"language": enquiry.language}, auto_id="need_%s")
    whom = None
    if need.is_valid():
        there = interpreting.speakers(
            enquiry=enquiry, language=need.cleaned_data["language"], but=request.user
        )
        whom = WhomForm(request.POST if "ask" in request.POST else None, speakers=there)
        if whom.is_valid() and _asked(request, enquiry, need, whom, at=at):
            return redirect("console:case", pk)
    actions.log(enquiry, "read", by=request.user, at=at)
    status = 422 if need.errors or (whom and whom.errors) else 200
    context = {"enquiry": enquiry, "need": need, "whom": whom}
    return render(request, "console/interpreting/ask.html", context, status=status)


def _asked(request, enquiry, need, whom, *, at):
    given = need.need(enquiry.hub) | whom.chosen()
    try:
        interpreting.ask(enquiry=enquiry, by=request.user, at=at, **given)
    except DomainError as refusal:
        whom.add_error(None, str(refusal))
        return False
    messages.success(request, _("Asked. The case shows what comes of it."))
    return True


@require_GET
@of_the_desk
def listed(request):
    """What I was asked: hub, language, time, way, code of the case, and nothing that anybody said."""
    rows = interpreting.asked_of(request.user)
    log_list(request.user, "interpreting", at=timezone.now())
    context = {
        "rows": rows,
        "languages": LanguagesForm(initial={"languages": interpreting.languages_of(request.user)}),
        "keeps_services": bool(reach(request.user, Right.HUB)),
    }
    return render(request, "console/interpreting/list.html", context)


@require_POST
@of_the_desk
def languages(request):
    """Which languages I speak; none is an answer too."""
    form = LanguagesForm(request.POST)
    if form.is_valid():
        interpreting.speak(user=request.user, languages=form.cleaned_data["languages"])
        messages.success(request, _("Kept. Colleagues see it when they need somebody who speaks it."))
    return redirect("console:interpreting")


@require_POST
@of_the_desk
def answer(request, pk):
    """Yes or no. With a yes, this one case can be read until it is done."""
    rows = interpreting.with_case(InterpreterRequest.objects.asked_of(request.user))
    row, how = get_object_or_404(rows, pk=pk), request.POST.get("how", "")
    if how not in ("accept", "decline"):
        raise Http404
    try:
        interpreting.answer(request=row, accepts=how == "accept", by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        if how == "accept":
            return redirect("console:interpret", pk)
    return redirect("console:interpreting")


@require_http_methods(["GET", "POST"])
@of_the_desk
def read(request, pk):
    """What was said, for who accepted, and what they note of it; once it is done it is closed to them."""
    rows = interpreting.with_case(InterpreterRequest.objects.read_by(request.user))
    row, at = get_object_or_404(rows, pk=pk), timezone.now()
    form = InterpretedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        is_done, body = "done" in request.POST, form.cleaned_data["body"]
        act = interpreting.finish if is_done else interpreting.note
        try:
            act(request=row, by=request.user, at=at, body=body)
        except DomainError as refusal:
            form.add_error("body", str(refusal))
        else:
            return redirect("console:interpreting") if is_done else redirect("console:interpret", pk)
    actions.log(row.enquiry, "read", by=request.user, at=at)
    context = {
        "row": row, "enquiry": row.enquiry, "said": interpreting.conversation(row.enquiry),
        "noted": interpreting.noted(row.enquiry, request.user), "form": form,
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "console/interpreting/read.html", context, status=status)


@require_POST
@of_the_desk
def settle(request, pk):
    """The desk of the case: what a service said, that it was done, that nobody is needed any more."""
    rows = interpreting.with_case(InterpreterRequest.objects.looked_after_by(request.user))
    row, how, at = get_object_or_404(rows, pk=pk), request.POST.get("how", ""), timezone.now()
    # Only the colleague who was asked says yes or no for themselves.
    by_hand = row.interpreter_id is None
    try:
        if how == "done":
            interpreting.finish(request=row, by=request.user, at=at)
        elif how == "cancelled":
            interpreting.cancel(request=row, by=request.user, at=at)
        elif how in ("accepted", "declined") and by_hand:
            interpreting.answer(request=row, accepts=how == "accepted", by=request.user, at=at)
        else:
            raise Http404
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("console:case", row.enquiry_id)


# Services outside of the house


@require_http_methods(["GET", "POST"])
@of_the_desk
def services(request):
    """Whom the hubs that I lead may call."""
    require(request.user, Right.HUB)
    form = ServiceForm(request.POST or None, by=request.user)
    if form.is_valid():
        InterpreterService.objects.create(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("console:interpreter_services")
    rows = InterpreterService.objects.kept_by(request.user).filter(closed_at=None).select_related("hub")
    context = {"rows": rows.order_by("hub__ref", "name", "pk"), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "console/interpreting/services.html", context, status=status)


@require_POST
@of_the_desk
def close_service(request, pk):
    """Offer it no longer."""
    rows = InterpreterService.objects.kept_by(request.user).filter(closed_at=None)
    row = get_object_or_404(rows, pk=pk)
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    messages.success(request, _("Saved."))
    return redirect("console:interpreter_services")
