"""Requests of people about their own data: those that wait, their clocks, answers; people left alone."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries.models import Enquiry, in_reach
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, requests
from ventanilla.privacy.models import DestructionCertificate, PersonRequest

from ..forms.subjects import AnswerForm


def _require_desk(user):
    """404 for who neither answers people nor watches over their data."""
    if not (reach(user, Right.CASES) or reach(user, Right.OVERSIGHT)):
        raise Http404


def left_alone(user):
    """Cases whose person wants to be left alone, for who leads the hub or watches over data: no words."""
    lead, watch = reach(user, Right.MANAGE_CASES), reach(user, Right.OVERSIGHT)
    seen = Enquiry.objects.none()
    for where in (lead, watch):
        if where:
            seen = seen | Enquiry.objects.filter(in_reach(where))
    return (
        seen.exclude(person__restricted_at=None)
        .exclude(person=None)
        .select_related("hub", "person")
        .distinct()
    )


@require_GET
@cache_control(no_store=True, private=True)
def listed(request):
    """The open ones first, by their clock."""
    _require_desk(request.user)
    at = timezone.now()
    rows = PersonRequest.objects.visible_to(request.user).order_by("answered_at", "due_at", "pk")
    page = Paginator(rows.select_related("taken_by", "answered_by"), 50).get_page(request.GET.get("p"))
    context = {
        "page": page,
        "rows": [(row, row.answered_at is None and row.due_at < at) for row in page],
        "left_alone": left_alone(request.user).order_by("code"),
    }
    return render(request, "console/own_data/listed.html", context)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def person_request(request, pk):
    """One request: what was asked, the clock, what was answered, the certificates."""
    _require_desk(request.user)
    row = get_object_or_404(PersonRequest.objects.visible_to(request.user), pk=pk)
    form, at = AnswerForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            _answer(row, form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Answered."))
            return redirect("console:person_request", pk)
    access_log.record(
        by=request.user, action="read", kind="own-data", ref=row.pk, country=row.country, hub=row.hub, at=at
    )
    context = {
        "row": row,
        "form": form,
        "why_not": requests.REFUSALS.get(row.refused_for),
        "certificates": DestructionCertificate.objects.filter(pk__in=row.certificates).order_by(
            "asked_at", "pk"
        ),
        "is_late": row.answered_at is None and row.due_at < at,
    }
    return render(request, "console/own_data/request.html", context, status=422 if form.errors else 200)


def _answer(row, values, *, by, at):
    if values["refused_for"]:
        requests.refuse_request(request=row, by=by, at=at, **values)
    else:
        requests.answer_request(request=row, answer=values["answer"], by=by, at=at)


@require_POST
def release(request, pk):
    """Work with somebody's data again because they said so."""
    _require_desk(request.user)
    enquiry = get_object_or_404(left_alone(request.user), pk=pk)
    row = requests.restrict_own(
        person=enquiry.person.pk, is_restricted=False, by=request.user, at=timezone.now()
    )
    messages.success(request, _("Done. Receipt for the person: %(code)s") % {"code": row.code})
    return redirect("console:person_requests")
