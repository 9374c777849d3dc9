"""How long data are kept: the schedule, what runs out, what is kept back and why; purposes, registers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from ventanilla.hubs.rights import Right, countries_with, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import holds as legal_holds
from ventanilla.privacy import retention as keeping
from ventanilla.privacy.holders import all_fields
from ventanilla.privacy.models import Hold, Period, RetentionRun
from ventanilla.privacy.purposes import all_purposes
from ventanilla.privacy.registers import period_of, register
from ventanilla.privacy.sealing import open_keys

from ..doors import require
from ..forms.subjects import PeriodForm

DAYS_AHEAD = 7
MOST_LINES = 200


def _language():
    return "en" if get_language() == "en" else "es"


def _watchers_and_leads(user):
    """Where somebody may see what runs out; 404 for who may nowhere."""
    where = [reach(user, Right.OVERSIGHT), reach(user, Right.MANAGE_CASES)]
    if not any(where):
        raise Http404
    return where


def coming_up(user, *, at, days=DAYS_AHEAD):
    """What runs out within this person's reach."""
    where = _watchers_and_leads(user)
    return [
        line
        for line in keeping.upcoming(at=at, days=days)
        if any(one.covers(line.row.country, hub=line.row.hub) for one in where)
    ]


@require_GET
@cache_control(no_store=True, private=True)
def retention(request):
    at, language = timezone.now(), _language()
    lines = coming_up(request.user, at=at)
    goes = [line for line in lines if line.postponed is None]
    kept = [line for line in lines if line.postponed]
    context = {
        "schedule": _schedule(language),
        "goes": _listed(goes, language),
        "goes_count": len(goes),
        "kept": _listed(kept, language),
        "kept_count": len(kept),
        "days": DAYS_AHEAD,
        "today": at.date(),
        "periods": _periods(request.user, language),
        "holds": _holds(request.user, on=at.date()),
        "runs": RetentionRun.objects.order_by("-day")[:7],
        "form": _period_form(request.user, language),
    }
    return render(request, "console/retention/retention.html", context)


def _schedule(language):
    rows = keeping.schedule().values()
    return [(row.name(language), period_of(row, language=language), row.reasons[language]) for row in rows]


def _listed(lines, language):
    return [(line, keeping.schedule()[line.row.record_class].name(language)) for line in lines[:MOST_LINES]]


def _periods(user, language):
    where = reach(user, Right.OVERSIGHT)
    rows = Period.objects.visible_to(user).in_force().select_related("set_by")
    return [
        (row, keeping.schedule()[row.record_class].name(language), where.covers(row.country, hub=row.hub))
        for row in rows.order_by("country", "hub", "record_class")
    ]


def _holds(user, *, on):
    rows = Hold.objects.visible_to(user).in_force(on=on).select_related("by")
    held = list(rows.order_by("until", "pk"))
    open_keys(held)
    return held


def _period_form(user, language):
    return PeriodForm(by=user, language=language) if reach(user, Right.OVERSIGHT) else None


@require_POST
def set_period(request):
    """Another period for a class in a place; says how much of what is there runs out by it at once."""
    require(request.user, Right.OVERSIGHT)
    form, at = PeriodForm(request.POST, by=request.user, language=_language()), timezone.now()
    if form.is_valid():
        values = dict(form.cleaned_data)
        country, hub = values.pop("place")
        try:
            keeping.set_period(country=country, hub=hub, by=request.user, at=at, **values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _what_it_does(values["record_class"], country, hub, at))
            return redirect("console:retention")
    return render(request, "console/retention/period.html", {"form": form}, status=422)


def _what_it_does(code, country, hub, at):
    rows = keeping.running_out(by=at, code=code)
    due = sum(row.country == country and (not hub or row.hub == hub) for row in rows)
    return ngettext(
        "Saved. By this, %(n)s record runs out at the next run.",
        "Saved. By this, %(n)s records run out at the next run.",
        due,
    ) % {"n": due}


@require_POST
def end_period(request, pk):
    where = require(request.user, Right.OVERSIGHT)
    row = get_object_or_404(Period.objects.visible_to(request.user).in_force(), pk=pk)
    if not where.covers(row.country, hub=row.hub):
        raise Http404
    keeping.end_period(period=row, by=request.user, at=timezone.now())
    messages.success(request, _("The schedule holds again."))
    return redirect("console:retention")


@require_POST
def end_hold(request, pk):
    row = get_object_or_404(Hold.objects.visible_to(request.user), pk=pk, ended_at=None)
    if not any(one.covers(row.country, hub=row.hub) for one in _watchers_and_leads(request.user)):
        raise Http404
    legal_holds.end_hold(hold=row, by=request.user, at=timezone.now())
    messages.success(request, _("The hold has ended."))
    return redirect("console:retention")


@require_GET
def purposes(request):
    """What data are kept for; everybody of the staff may know."""
    require(request.user, Right.READ)
    language, fields = _language(), all_fields()
    rows = [
        (
            row,
            row.name(language),
            row.explanation(language),
            list(dict.fromkeys(str(one.what) for one in fields if one.purpose == row.code)),
        )
        for row in all_purposes().values()
    ]
    return render(request, "console/retention/purposes.html", {"rows": rows})


@require_GET
def registers(request):
    """The register of a country to read, or as a file; nothing in it is about anybody."""
    where = require(request.user, Right.READ)
    countries = countries_with(request.user, Right.READ).order_by("code")
    code, language = request.GET.get("country", ""), request.GET.get("lang", _language())
    if (code and not where.covers(code)) or language not in ("es", "en"):
        raise Http404
    country = get_object_or_404(countries, code=code) if code else None
    name = country.name(language) if country else ""
    made = register(country=code, country_name=name, language=language)
    if form := _FORMS.get(request.GET.get("as", "")):
        write, media_type, ending = form
        file = f"ventanilla-register-{code or 'network'}-{language}.{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{file}"'}
        return HttpResponse(write(made), content_type=f"{media_type}; charset=utf-8", headers=headers)
    context = {"register": made, "countries": countries, "code": code, "lang": language}
    return render(request, "console/retention/registers.html", context)


_FORMS = {
    "md": (lambda made: made.as_markdown(), "text/markdown", "md"),
    "html": (lambda made: made.as_html(), "text/html", "html"),
}
