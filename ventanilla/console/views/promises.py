"""Promised calls: the list of a hub, one call with its number, and what came of each try."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import actions, promises, safe_words
from ventanilla.enquiries.models import CallAttempt, Callback
from ventanilla.enquiries.queries import readable
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.sealing import open_keys

from ..forms.hub_time import HubForm, WindowForm
from ..forms.promises import CallbackForm
from ..list_log import log_list
from .cases import case_for, of_the_desk

# Kept, or how a promise ends without being kept.
ENDS = {Callback.State.NOT_REACHED: promises.give_up, Callback.State.CANCELLED: promises.cancel}


@require_GET
@of_the_desk
def callbacks(request):
    """Whom the hub has promised to call: missed, due, later today, another day. It shows no number."""
    at = timezone.now()
    form = HubForm(request.GET, by=request.user, empty_label=_("all"))
    form.is_valid()
    hub = form.cleaned_data.get("hub")
    ledger = promises.ledger(request.user, at=at, hub=hub.ref if hub else "")
    log_list(request.user, "callback", at=at)
    groups = (
        ("overdue", _("Missed"), ledger.overdue),
        ("now", _("Due now"), ledger.now),
        ("today", _("Later today"), ledger.today),
        ("later", _("Another day"), ledger.later),
    )
    context = {"form": form, "groups": groups, "total": ledger.total, "tries": promises.TRIES}
    return render(request, "console/callbacks/list.html", context)


@require_http_methods(["GET", "POST"])
@of_the_desk
def promise(request, pk):
    """Promise to call the person of a case."""
    enquiry, at = case_for(request.user, pk), timezone.now()
    form = CallbackForm(request.POST or None, initial=_first_guess(enquiry, at))
    if request.method == "POST" and form.is_valid():
        try:
            promises.promise_callback(enquiry=enquiry, by=request.user, at=at, **form.promise(enquiry.hub))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The call is promised. It stands in the list of calls."))
            return redirect("console:case", pk)
    if request.method == "GET":
        actions.log(enquiry, "read", by=request.user, at=at)
    context = {"enquiry": enquiry, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/callbacks/promise.html", context, status=status)


def _first_guess(enquiry, at):
    return {"number": promises.safe_contact(enquiry)[:60], "day": enquiry.hub.country.today(at)}


def callback_for(user, pk):
    """A promise in a case that this person may see, else 404."""
    return get_object_or_404(promises.with_tries(Callback.objects.visible_to(user)), pk=pk)


@require_GET
@of_the_desk
def callback(request, pk):
    """One call: the warning first, then the number, then what came of it."""
    row = callback_for(request.user, pk)
    actions.log(row.enquiry, "read", by=request.user, at=timezone.now())
    return _page(request, row)


def _page(request, row, *, later=None, status=200):
    attempts = promises.attempts_of(row)
    open_keys([row])
    context = {
        "callback": row,
        "enquiry": row.enquiry,
        "zone": row.enquiry.hub.country.timezone,
        "said": {name: readable(row, name) for name in ("number", "ask_for", "safety")}
        | {"safe_word": safe_words.word_of(row.enquiry.person)},
        "attempts": attempts,
        "suggests_giving_up": promises.suggests_giving_up(row, attempts),
        "is_overdue": row.is_overdue(timezone.now()),
        "is_ours": Callback.objects.looked_after_by(request.user).filter(pk=row.pk).exists(),
        "later": later or WindowForm(auto_id="later_%s"),
    }
    return render(request, "console/callbacks/call.html", context, status=status)


@require_POST
@of_the_desk
def attempt(request, pk):
    """Somebody called: reached, not, wrong number, or the person asked to be called later."""
    row, at = callback_for(request.user, pk), timezone.now()
    result = request.POST.get("result", "")
    if result not in CallAttempt.Result.values:
        raise Http404
    if result == CallAttempt.Result.LATER:
        return _later(request, row, at)
    try:
        promises.note_attempt(callback=row, result=result, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    if result == CallAttempt.Result.REACHED:
        return redirect("console:callbacks")
    return redirect("console:callback", pk)


def _later(request, row, at):
    form = WindowForm(request.POST, auto_id="later_%s")
    if form.is_valid():
        start, end = form.window(row.enquiry.hub)
        try:
            promises.note_attempt(
                callback=row, result=CallAttempt.Result.LATER, by=request.user, at=at, later_from=start,
                later_until=end,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted. The promise has moved to the new time."))
            return redirect("console:callbacks")
    return _page(request, row, later=form, status=422)


@require_POST
@of_the_desk
def end(request, pk):
    """Give a promise up, or note that it is not needed; through the glass nobody settles anything."""
    row = get_object_or_404(promises.with_tries(Callback.objects.looked_after_by(request.user)), pk=pk)
    act = ENDS.get(request.POST.get("how", ""))
    if act is None:
        raise Http404
    try:
        act(callback=row, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("console:callbacks")
