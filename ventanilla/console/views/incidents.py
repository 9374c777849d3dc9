"""Incidents with data of people: anybody of the staff reports, the focal point handles."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.hubs.models import Country
from ventanilla.hubs.rights import Right
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import access_log, incidents
from ventanilla.privacy.country_rules import rule_for
from ventanilla.privacy.models import Incident

from ..doors import require
from ..forms.oversight import ClassifyForm, ReportForm, TextForm, ToldForm, on_the_clock_of

Step = Incident.Step


@require_GET
def listed(request):
    """Incidents that this person may see, the overdue and the open first."""
    require(request.user, Right.READ)
    at = timezone.now()
    rows = Incident.objects.visible_to(request.user).order_by("closed_at", "authority_due_at", "pk")
    page = Paginator(rows.select_related("handled_by"), 50).get_page(request.GET.get("p"))
    context = {"page": page, "rows": [(row, row.is_overdue(at)) for row in page]}
    return render(request, "console/oversight/incidents.html", context)


@require_http_methods(["GET", "POST"])
def report(request):
    require(request.user, Right.READ)
    form = ReportForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        values, at = dict(form.cleaned_data), timezone.now()
        country, hub = values.pop("place")
        values["known_at"] = on_the_clock_of(country, values["known_at"], at=at)
        try:
            incident = incidents.report_incident(country=country, hub=hub, by=request.user, at=at, **values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Reported. The focal point sees it now."))
            return redirect("console:incident", incident.pk)
    return render(request, "console/oversight/report.html", {"form": form})


@require_GET
def incident(request, pk):
    """One incident with its clocks, its timeline and, for who handles it, the next steps."""
    row = get_object_or_404(Incident.objects.visible_to(request.user), pk=pk)
    return _page(request, row, {})


@require_POST
def step(request, pk, name):
    """Take a step, or note something: the names are those of STEPS."""
    row = get_object_or_404(Incident.objects.to_handle_by(request.user), pk=pk)
    if name not in STEPS:
        raise Http404
    form_class, act, _heading = STEPS[name]
    form = form_class(request.POST, prefix=name)
    if form.is_valid():
        try:
            act(row, request.user, timezone.now(), form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:incident", pk)
    return _page(request, row, {name: form})


def _classify(row, by, at, values):
    incidents.classify_incident(incident=row, by=by, at=at, **values)


def _authority(row, by, at, values):
    told_at = on_the_clock_of(row.country, values["told_at"], at=at)
    incidents.authority_told(incident=row, told_at=told_at, text=values["text"], by=by, at=at)


def _people(row, by, at, values):
    told_at = on_the_clock_of(row.country, values.pop("told_at"), at=at)
    incidents.people_told(incident=row, told_at=told_at, by=by, at=at, **values)


def _text(action, argument):
    return lambda row, by, at, values: action(incident=row, by=by, at=at, **{argument: values["text"]})


# Name in the address: form, action, heading.
STEPS = {
    "classify": (ClassifyForm, _classify, gettext_lazy("2 Classify")),
    "authority": (ToldForm, _authority, gettext_lazy("The authority was told")),
    "people": (ToldForm, _people, gettext_lazy("The people were told")),
    "waive-authority": (
        TextForm,
        _text(incidents.waive_authority, "reason"),
        gettext_lazy("The authority need not be told, because"),
    ),
    "waive-people": (
        TextForm,
        _text(incidents.waive_people, "reason"),
        gettext_lazy("The people need not be told, because"),
    ),
    "treat": (
        TextForm,
        _text(incidents.treat_incident, "measures"),
        gettext_lazy("3 What was done about it"),
    ),
    "close": (TextForm, _text(incidents.close_incident, "lessons"), gettext_lazy("4 Close: the lessons")),
    "learn": (
        TextForm,
        _text(incidents.learn_from_incident, "changed"),
        gettext_lazy("5 What is different now"),
    ),
    "note": (TextForm, _text(incidents.note_on_incident, "text"), gettext_lazy("Add a note")),
}


def _steps_for(row):
    """The names of what may be done next, in the order of the page."""
    if row.step == Step.LEARNING:
        return ["note"]
    names = {
        Step.NOTIFICATION: ["classify"],
        Step.CLASSIFICATION: ["treat", "classify"],
        Step.TREATMENT: ["close"],
        Step.CLOSURE: ["learn"],
    }[row.step]
    if row.authority_is_open:
        names += ["authority", "waive-authority"]
    if row.people_are_open:
        names += ["people", "waive-people"]
    return [*names, "note"]


def _page(request, row, bound):
    at = timezone.now()
    handles = Incident.objects.to_handle_by(request.user).filter(pk=row.pk).exists()
    access_log.record(
        by=request.user, action="read", kind="incident", ref=row.pk, country=row.country, hub=row.hub, at=at
    )
    country = Country.objects.filter(code=row.country).first()
    context = {
        "incident": row,
        "country": country or row.country.upper(),
        "zone": ZoneInfo(country.timezone if country else "UTC"),
        "rule": rule_for(row.country),
        "is_overdue": row.is_overdue(at),
        "at": at,
        "entries": row.entries.select_related("by").order_by("at", "pk") if handles else [],
        "handles": handles,
        "forms": [_step_form(row, name, bound.get(name)) for name in _steps_for(row)] if handles else [],
    }
    return render(request, "console/oversight/incident.html", context, status=400 if bound else 200)


def _step_form(row, name, bound):
    form_class, _act, heading = STEPS[name]
    initial = {field: getattr(row, field, None) for field in form_class.base_fields if field != "text"}
    form = bound or form_class(prefix=name, initial=initial)
    return {"name": name, "heading": heading, "form": form, "is_open": bound is not None}
