"""The desk of the data-protection focal point: what is due, access log, principles, complaints, files."""

from itertools import islice

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.hubs.models import Country
from ventanilla.hubs.rights import Right
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, compliance, exports
from ventanilla.privacy.country_rules import all_rules
from ventanilla.privacy.models import AccessEntry, Complaint, ExportRequest, ProtectionException
from ventanilla.privacy.sealing import open_keys

from ..doors import require
from ..forms.oversight import (
    AccessFilterForm,
    AskExportForm,
    ComplaintForm,
    ExceptionForm,
    ExportForm,
    TextForm,
    on_the_clock_of,
)
from ..log_words import in_words
from ..oversight import due_at_the_desk, evidence, rooms, state_of_keys, state_of_log

MOST_ROWS = 50_000


@require_GET
def home(request):
    require(request.user, Right.OVERSIGHT)
    at = timezone.now()
    context = {
        "due": due_at_the_desk(request.user, at=at),
        "log": state_of_log(request.user),
        "keys": state_of_keys(request.user),
        "rooms": list(rooms()),
    }
    return render(request, "console/oversight/home.html", context)


@require_GET
def log(request):
    """The access log, newest first; looking at it is logged too."""
    require(request.user, Right.OVERSIGHT)
    entries = AccessEntry.objects.visible_to(request.user)
    form = AccessFilterForm(request.GET, entries=entries)
    rows = form.narrow(entries).select_related("by").order_by("-at", "-number", "country")
    page = Paginator(rows, 50).get_page(request.GET.get("p"))
    shown = list(page)
    open_keys([row for row in shown if row.reason_digest])
    _note_reading(request.user, "read")
    query = request.GET.copy()
    query.pop("p", None)
    context = {
        "page": page,
        "rows": in_words(shown),
        "form": form,
        "query": query.urlencode(),
        "export": ExportForm(),
    }
    return render(request, "console/oversight/access_log.html", context)


@require_POST
def log_export(request):
    """The filtered log as a file, with a reason; the newest MOST_ROWS."""
    where = require(request.user, Right.OVERSIGHT)
    form = ExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(exports.ExportReasonNeeded.message))
        return redirect("console:access_log")
    entries = AccessEntry.objects.visible_to(request.user)
    rows = AccessFilterForm(request.GET, entries=entries).narrow(entries)
    rows = rows.order_by("-at", "-number", "country")
    columns = ("at", "country", "number", "by", "action", "kind", "ref", "hub", "mac")
    try:
        file = exports.export_csv(
            kind="access-log",
            header=columns,
            rows=islice(rows.values_list(*columns).iterator(), MOST_ROWS),
            country="" if where.everywhere else _only(where.countries),
            hub="",
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:access_log")
    return file.response()


def _only(countries):
    """The country whose chain notes the export; a focal point of several is noted in the first."""
    return min(countries)


def _note_reading(user, action):
    where = require(user, Right.OVERSIGHT)
    country = "" if where.everywhere else _only(where.countries)
    access_log.record(
        by=user, action=action, kind="access-log", ref="", country=country, hub="", at=timezone.now()
    )


@require_GET
def principles(request):
    """The thirteen principles, what shows that each is kept, and the exceptions from them."""
    require(request.user, Right.OVERSIGHT)
    rows = ProtectionException.objects.visible_to(request.user).order_by("ended_at", "expires_on", "pk")
    exceptions = list(rows.select_related("authorised_by"))
    open_keys(exceptions)
    today = timezone.now().date()
    context = {
        "principles": [(row, evidence(row.number)) for row in compliance.PRINCIPLES],
        "exceptions": [(row, row.ended_at is None and row.expires_on < today) for row in exceptions],
        "form": ExceptionForm(by=request.user),
    }
    return render(request, "console/oversight/principles.html", context)


@require_POST
def add_exception(request):
    require(request.user, Right.OVERSIGHT)
    form = ExceptionForm(request.POST, by=request.user)
    if form.is_valid():
        values = dict(form.cleaned_data)
        (country, _hub), at = values.pop("place"), timezone.now()
        place = Country.objects.filter(code=country).first()
        try:
            compliance.authorise_exception(
                country=country, by=request.user, at=at, today=place.today(at) if place else None, **values
            )
        except DomainError as refusal:
            form.add_error("expires_on", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:principles")
    return render(request, "console/oversight/add_exception.html", {"form": form}, status=400)


@require_POST
def end_exception(request, pk):
    row = get_object_or_404(ProtectionException.objects.visible_to(request.user), pk=pk)
    compliance.end_exception(exception=row, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("console:principles")


@require_GET
def complaints(request):
    require(request.user, Right.OVERSIGHT)
    rows = Complaint.objects.visible_to(request.user).order_by("closed_at", "received_at", "pk")
    page = Paginator(rows.select_related("logged_by"), 50).get_page(request.GET.get("p"))
    return render(request, "console/oversight/complaints.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_complaint(request):
    """Anybody of the staff notes a complaint."""
    require(request.user, Right.READ)
    form = ComplaintForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        values, at = dict(form.cleaned_data), timezone.now()
        country, _hub = values.pop("place")
        values["received_at"] = on_the_clock_of(country, values["received_at"], at=at)
        compliance.log_complaint(country=country, by=request.user, at=at, **values)
        messages.success(request, _("Noted. The focal point sees it now."))
        return redirect("wagtailadmin_home")
    return render(request, "console/oversight/add_complaint.html", {"form": form})


@require_http_methods(["GET", "POST"])
def complaint(request, pk):
    row = get_object_or_404(Complaint.objects.visible_to(request.user), pk=pk)
    form = TextForm(request.POST or None, initial={"text": row.outcome})
    if request.method == "POST" and form.is_valid():
        compliance.close_complaint(
            complaint=row, outcome=form.cleaned_data["text"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("console:complaints")
    access_log.record(
        by=request.user,
        action="read",
        kind="complaint",
        ref=row.pk,
        country=row.country,
        hub="",
        at=timezone.now(),
    )
    return render(request, "console/oversight/complaint.html", {"row": row, "form": form})


@require_GET
def rules(request):
    """What the law of each country asks for after an incident, as far as it was looked up."""
    require(request.user, Right.READ)
    return render(request, "console/oversight/rules.html", {"rules": all_rules().values()})


@require_http_methods(["GET", "POST"])
def files(request):
    """Every file that may leave, by class; asking for and releasing the most sensitive ones."""
    require(request.user, Right.READ)
    severe = [(name, row.label) for name, row in exports.kinds.items() if row.sensitivity == "severe"]
    form = AskExportForm(request.POST or None, by=request.user, kinds=severe) if severe else None
    if request.method == "POST" and form and form.is_valid():
        values = dict(form.cleaned_data)
        country, hub = values.pop("place")
        try:
            exports.ask_for_export(country=country, hub=hub, by=request.user, at=timezone.now(), **values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Somebody else who may has to release it now."))
            return redirect("console:files")
    waiting = ExportRequest.objects.visible_to(request.user).select_related("asked_by", "released_by")
    requests = list(waiting.order_by("-asked_at", "pk")[:50])
    open_keys(requests)
    order = ["severe", "high", "moderate", "low"]
    kinds = sorted(exports.kinds.values(), key=lambda row: order.index(row.sensitivity))
    context = {
        "kinds": kinds,
        "form": form,
        "requests": [(row, _may_release(request.user, row)) for row in requests],
    }
    return render(request, "console/oversight/files.html", context)


def _may_release(user, row):
    return (
        row.released_by_id is None
        and row.asked_by_id != user.pk
        and exports.may_export(user, kind=row.kind, country=row.country, hub=row.hub)
    )


@require_POST
def release(request, pk):
    row = get_object_or_404(ExportRequest.objects.visible_to(request.user), pk=pk)
    if not _may_release(request.user, row):
        raise Http404
    exports.release_export(request_id=row.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Released, for one file within a day."))
    return redirect("console:files")
