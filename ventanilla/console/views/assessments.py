"""Impact assessments of channels: read them, take them along, sign for a place, take a signature back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ventanilla.hubs.rights import Right, countries_with, hubs_with, reach
from ventanilla.lib.errors import DomainError
from ventanilla.privacy import assessments, exports
from ventanilla.privacy.models import ChannelAssessment

from ..doors import require
from ..forms.assessments import SignForm

FORMS = {"md": ("text/markdown", "as_markdown"), "html": ("text/html", "as_html")}


@require_GET
def listed(request):
    """Every kind, how grave what remains is, and how many places have all signatures."""
    require(request.user, Right.READ)
    language, places = _language(), _places(request.user)
    signatures = list(ChannelAssessment.objects.visible_to(request.user).in_force(at=timezone.now()))
    rows = [
        {
            "kind": kind,
            "name": made.names[language],
            "level": made.residual.label,
            "signed": [
                name
                for country, hub, name in places
                if not assessments.missing_among(signatures, made, country=country, hub=hub)
            ],
        }
        for kind, made in assessments.all_assessments().items()
    ]
    return render(request, "console/oversight/assessments.html", {"rows": rows})


@require_GET
def assessment(request, kind):
    """The document for a place in the address (`?place=cr/cr-hub-upala`), or without one; `?as=md` a file."""
    require(request.user, Right.READ)
    country, hub, name = _asked_for(request)
    made = _document(kind, country, hub, name)
    if request.GET.get("as") in FORMS:
        return _taken_along(request, kind, made, country, hub)
    at = timezone.now()
    signatures = ChannelAssessment.objects.visible_to(request.user).in_force(at=at).filter(kind=kind)
    context = {
        "kind": kind,
        "made": made,
        "place": f"{country}/{hub}" if country else "",
        "may_take": exports.may_export(request.user, kind=_export_of(country), country=country, hub=hub),
        "places": [(f"{code}/{ref}", label) for code, ref, label in _places(request.user)],
        "form": SignForm(by=request.user, initial={"place": f"{country}/{hub}"}) if _signs(request) else None,
        "signatures": [(row, _may_withdraw(request, row)) for row in _with_people(signatures)],
    }
    return render(request, "console/oversight/assessment.html", context)


def _export_of(country):
    """For a place the document names who signed; without one it is for everybody."""
    return "assessment" if country else "assessment-text"


def _taken_along(request, kind, made, country, hub):
    """The document as a file that says itself how sensitive it is, through the one door for files."""
    ending, at = request.GET["as"], timezone.now()
    media_type, write = FORMS[ending]
    try:
        with translation.override(made.language):
            about = exports.leave(
                kind=_export_of(country), country=country, hub=hub, reason="", by=request.user, at=at
            )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("console:assessment", kind)
    content = getattr(assessments.as_file(made, about), write)()
    name = exports.file_name(f"assessment-{kind}", country=country, at=at, ending=ending)
    return exports.ExportedFile(name, content.encode(), media_type).response()


@require_POST
def sign(request, kind):
    require(request.user, Right.READ)
    _refuse_unknown(kind)
    form = SignForm(request.POST, by=request.user)
    if not form.is_valid():
        messages.error(request, _("Say where, and as what you sign."))
        return redirect("console:assessment", kind)
    values = dict(form.cleaned_data)
    country, hub = values.pop("place")
    try:
        assessments.sign(kind=kind, country=country, hub=hub, by=request.user, at=timezone.now(), **values)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Signed, for a year."))
    return redirect("console:assessment", kind)


@require_POST
def withdraw(request, pk):
    row = get_object_or_404(ChannelAssessment.objects.visible_to(request.user), pk=pk)
    if not _may_withdraw(request, row):
        raise Http404
    assessments.withdraw(signature=row, by=request.user, at=timezone.now())
    messages.success(request, _("The signature is taken back: the channel must not go on without a new one."))
    return redirect("console:assessment", row.kind)


def _language():
    return "en" if translation.get_language().startswith("en") else "es"


def _document(kind, country, hub, name):
    _refuse_unknown(kind)
    return assessments.document(
        kind, country=country, hub=hub, place=name, language=_language(), at=timezone.now()
    )


def _refuse_unknown(kind):
    if kind not in assessments.all_assessments():
        raise Http404


def _places(user):
    """(country, hub or "", name) of all places within reach."""
    countries = [(row.code, "", str(row)) for row in countries_with(user, Right.READ).order_by("code")]
    hubs = hubs_with(user, Right.READ).order_by("country", "ref")
    return [*countries, *((row.country_id, row.ref, str(row)) for row in hubs)]


def _asked_for(request):
    """The place of the address. Raises Http404 for one out of reach."""
    wanted = request.GET.get("place", "")
    if not wanted:
        return "", "", ""
    country, _slash, hub = wanted.partition("/")
    if hub:
        row = get_object_or_404(hubs_with(request.user, Right.READ), ref=hub, country=country)
        return country, hub, str(row)
    row = get_object_or_404(countries_with(request.user, Right.READ), code=country)
    return country, "", str(row)


def _signs(request):
    """Whether this person signs anywhere at all."""
    return bool(reach(request.user, Right.HUB) or reach(request.user, Right.OVERSIGHT))


def _may_withdraw(request, row):
    return row.signed_as in assessments.capacities_of(request.user, country=row.country, hub=row.hub)


def _with_people(signatures):
    return signatures.select_related("signed_by").order_by("country", "hub", "signed_at", "pk")
