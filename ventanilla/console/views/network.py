"""Countries, translations, the network's settings and the staff."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.hubs.actions import OutsideYourScope, take_role
from ventanilla.hubs.invitations import may_give_all_roles_of, open_invitations
from ventanilla.hubs.models import Membership, Network
from ventanilla.hubs.rights import Right, countries_with, reach, roles_to_give
from ventanilla.lib.errors import DomainError
from ventanilla.verification import actions
from ventanilla.verification.models import Fact, State

from .. import queries, sign_in_log
from ..doors import country_for, require
from ..forms.people import NetworkForm
from ..titles import titles_of


@require_GET
def countries(request):
    require(request.user, Right.READ)
    rows = countries_with(request.user, Right.READ).order_by("code")
    return render(request, "console/countries.html", {"rows": rows})


@require_GET
def country(request, code):
    """A country: what must be verified before it opens, its facts by state, its hubs."""
    found = country_for(request.user, code)
    at = timezone.now().date()
    missing = actions.emergency_lines_missing(found, at=at)
    lines = list(Fact.objects.filter(ref__in=missing).select_related("country"))
    facts = Fact.objects.filter(country=found)
    titles = titles_of(lines)
    context = {
        "country": found,
        "missing": [(line, titles[line.ref]) for line in lines],
        "has_no_lines": missing == ["*"],
        "states": [(state.label, facts.in_state(state, at=at).count(), state.value) for state in State],
        "hubs": found.hubs.order_by("ref"),
        "may_open": reach(request.user, Right.COUNTRY).covers(code),
    }
    return render(request, "console/country.html", context)


@require_POST
def open_country(request, code):
    found = country_for(request.user, code, Right.COUNTRY)
    try:
        actions.open_country(country=found, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The country is open to the public."))
    return redirect("console:country", code)


@require_POST
def close_country(request, code):
    actions.close_country(country=country_for(request.user, code, Right.COUNTRY))
    messages.success(request, _("The country is closed to the public."))
    return redirect("console:country", code)


@require_GET
def translations(request, code):
    found = country_for(request.user, code)
    rows = queries.translation_matrix(found)
    wanted = request.GET.get("only", "")
    if wanted:
        rows = [row for row in rows if any(state == wanted for _language, state in row["cells"])]
    context = {"country": found, "rows": rows, "only": wanted}
    return render(request, "console/translations.html", context)


@require_http_methods(["GET", "POST"])
def network(request):
    require(request.user, Right.NETWORK)
    form = NetworkForm(request.POST or None, instance=Network.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("console:network")
    return render(request, "console/network.html", {"form": form})


@require_GET
def staff(request):
    """People who hold a role where this person may give roles."""
    require(request.user, Right.STAFF)
    rows = _memberships(request.user)
    context = {
        "rows": [(row, _may_take(request.user, row), _may_reset(request.user, row)) for row in rows],
        "invited": len(open_invitations(request.user, at=timezone.now())),
    }
    return render(request, "console/staff.html", context)


def _memberships(user):
    where = reach(user, Right.STAFF)
    rows = Membership.objects.select_related("user", "country", "hub__country")
    return [
        row
        for row in rows.order_by("user__last_name", "user__first_name", "pk")
        if where.everywhere
        or row.country_id in where.countries
        or (row.hub and where.covers(row.hub.country_id, hub=row.hub.ref))
    ]


def _may_take(user, row):
    where = roles_to_give(user).get(row.role)
    if where is None or row.user_id == user.pk:
        return False
    if row.hub:
        return where.covers(row.hub.country_id, hub=row.hub.ref)
    return where.covers(row.country_id) if row.country_id else where.everywhere


def _may_reset(user, row):
    return row.user_id != user.pk and may_give_all_roles_of(user, row.user)


def membership_for(user, pk):
    """The role of a colleague whom this person may restore to their way in, else 404."""
    require(user, Right.STAFF)
    for row in _memberships(user):
        if row.pk == pk and _may_reset(user, row):
            return row
    raise Http404


@require_POST
def take(request, pk):
    """Take a role away from somebody, never from oneself."""
    require(request.user, Right.STAFF)
    rows = [row for row in _memberships(request.user) if row.pk == pk]
    if not rows or not _may_take(request.user, rows[0]):
        raise Http404
    row = rows[0]
    sign_in_log.record("role-taken", row.user, at=timezone.now(), by=request.user, reason=row.role)
    try:
        take_role(membership=get_object_or_404(Membership, pk=pk), by=request.user)
    except OutsideYourScope:
        raise Http404 from None
    messages.success(request, _("The role was taken away."))
    return redirect("console:staff")
