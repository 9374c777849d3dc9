"""Requests of authorities and others for data of people: logged by anybody, decided by the focal point."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.hubs.models import Country
from ventanilla.hubs.rights import Right, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, legal_requests
from ventanilla.privacy.models import LegalRequest

from ..doors import require
from ..forms.oversight import DecideForm, LogRequestForm, on_the_clock_of


@require_GET
def listed(request):
    require(request.user, Right.READ)
    rows = LegalRequest.objects.visible_to(request.user).order_by("reviewed_at", "-asked_at", "pk")
    page = Paginator(rows.select_related("logged_by"), 50).get_page(request.GET.get("p"))
    return render(request, "console/oversight/legal_requests.html", {"page": page})


@require_http_methods(["GET", "POST"])
def log(request):
    """Somebody asked: what to say, and a short form."""
    require(request.user, Right.READ)
    form = LogRequestForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        values, at = dict(form.cleaned_data), timezone.now()
        country, hub = values.pop("place")
        values["asked_at"] = on_the_clock_of(country, values["asked_at"], at=at)
        try:
            row = legal_requests.log_legal_request(country=country, hub=hub, by=request.user, at=at, **values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Logged. The answer is no until the focal point has reviewed it."))
            return redirect("console:legal_request", row.pk)
    return render(request, "console/oversight/log_request.html", {"form": form})


@require_GET
def legal_request(request, pk):
    row = get_object_or_404(LegalRequest.objects.visible_to(request.user), pk=pk)
    return _page(request, row, None)


@require_POST
def decide(request, pk):
    row = get_object_or_404(LegalRequest.objects.to_handle_by(request.user), pk=pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            legal_requests.decide_legal_request(
                request=row, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:legal_request", pk)
    return _page(request, row, form)


@require_POST
def seen(request, pk):
    """The focal point of the network has seen it."""
    row = get_object_or_404(LegalRequest.objects.to_handle_by(request.user), pk=pk)
    if reach(request.user, Right.OVERSIGHT).everywhere:
        legal_requests.network_told(request=row, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
    return redirect("console:legal_request", pk)


def _page(request, row, bound):
    access_log.record(
        by=request.user,
        action="read",
        kind="legal-request",
        ref=row.pk,
        country=row.country,
        hub=row.hub,
        at=timezone.now(),
    )
    where = reach(request.user, Right.OVERSIGHT)
    country = Country.objects.filter(code=row.country).first()
    initial = {name: getattr(row, name) for name in DecideForm.base_fields}
    context = {
        "row": row,
        "country": country or row.country.upper(),
        "zone": ZoneInfo(country.timezone if country else "UTC"),
        "form": (bound or DecideForm(initial=initial)) if where.covers(row.country) else None,
        "may_see_for_network": where.everywhere and row.network_told_at is None,
    }
    return render(request, "console/oversight/legal_request.html", context, status=400 if bound else 200)
