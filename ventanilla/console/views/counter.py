"""Taking down enquiries by keyboard, undoing the last one, the form on paper and its typing in."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import counter, paper_form, topic_numbers
from ventanilla.enquiries.models import Enquiry
from ventanilla.lib.errors import DomainError
from ventanilla.privacy.exports import ExportedFile

from ..forms.counter import CounterForm, TypingForm, initial_of
from ..forms.hub_time import HubForm
from .cases import of_the_desk, own_case_for

# What the session remembers between two people: where, which hub, the day on the sheet, the last case.
REMEMBERED = "counter"


@require_http_methods(["GET", "POST"])
@of_the_desk
def new(request):
    """An enquiry at the counter or on the phone: one box; everything else has a default or can be skipped."""
    return _take_down(request, CounterForm, "console:new_case", ("channel_kind", "hub"))


@require_http_methods(["GET", "POST"])
@of_the_desk
def typing(request):
    """Sheets of paper, several in a row."""
    return _take_down(request, TypingForm, "console:type_paper", ("channel_kind", "hub", "day"))


def _take_down(request, form_class, name, kept):
    at = timezone.now()
    before = request.session.get(REMEMBERED, {})
    initial = {field: before[field] for field in kept if field in before}
    form = form_class(request.POST or None, by=request.user, at=at, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            enquiry = counter.take_down(**form.take_down(), by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            _remember(request, form, enquiry, kept)
            return redirect(name)
    return _page(request, form, at=at, is_paper=form_class is TypingForm)


def _remember(request, form, enquiry, kept):
    said = form.cleaned_data
    values = {"channel_kind": said["channel_kind"], "hub": said["hub"].ref}
    if "day" in kept:
        values["day"] = said["day"].isoformat()
    request.session[REMEMBERED] = {**values, "last": str(enquiry.pk)}


def _page(request, form, *, at, is_paper):
    last = _last(request)
    context = {
        "form": form,
        "is_paper": is_paper,
        "topics": topic_numbers.numbered(get_language()),
        "last": last,
        "may_undo": last is not None and counter.can_be_undone(last, by=request.user, at=at),
    }
    status = 422 if form.errors else 200
    return render(request, "console/counter/new.html", context, status=status)


def _last(request):
    pk = request.session.get(REMEMBERED, {}).get("last")
    rows = Enquiry.objects.looked_after_by(request.user).select_related("person")
    return rows.filter(pk=pk).first() if pk else None


@require_POST
@of_the_desk
def undo(request, pk):
    """Take the last one back; what was typed stands in the form again."""
    at = timezone.now()
    try:
        taken = counter.take_back(enquiry=own_case_for(request.user, pk), by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:new_case")
    is_paper = "paper" in request.POST
    form_class = TypingForm if is_paper else CounterForm
    form = form_class(by=request.user, at=at, initial=initial_of(taken))
    messages.success(request, _("Undone. What was typed stands in the form again."))
    return _page(request, form, at=at, is_paper=is_paper)


# Paper


@require_GET
@of_the_desk
def paper(request):
    """The forms to print, in each public language."""
    form = HubForm(request.GET, by=request.user)
    context = {"form": form, "hub": form.chosen_hub(), "languages": settings.LANGUAGES}
    return render(request, "console/counter/paper.html", context)


@require_GET
@of_the_desk
def paper_page(request, language):
    """The empty form as a page to print."""
    return render(request, "console/counter/sheet.html", {"sheet": _sheet(request, language)})


@require_GET
@of_the_desk
def paper_file(request, language):
    """The empty form as PDF."""
    content = paper_form.as_pdf(_sheet(request, language))
    return ExportedFile(f"enquiry-{language}.pdf", content, "application/pdf").response()


def _sheet(request, language):
    if language not in settings.PUBLIC_LANGUAGES:
        raise Http404
    form = HubForm(request.GET, by=request.user)
    return paper_form.paper_form(form.chosen_hub(), language)
