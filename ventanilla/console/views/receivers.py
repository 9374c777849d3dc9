"""Receivers of referrals and the agreements with them, for who leads a hub or a country."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.enquiries import receivers
from ventanilla.enquiries.models import Agreement, Receiver
from ventanilla.hubs.rights import Right, hubs_with
from ventanilla.lib.errors import DomainError

from ..doors import codes_of, require
from ..forms.referrals import AgreementForm, NewReceiverForm, ReceiverForm


def _kept(user, pk):
    """A receiver that this person looks after, else 404."""
    rows = Receiver.objects.kept_by(user).select_related("country", "hub__country", "organization")
    return get_object_or_404(rows, pk=pk)


def _countries(user):
    """Countries of the hubs that somebody leads, and those they lead as a whole."""
    where = require(user, Right.HUB)
    of_hubs = hubs_with(user, Right.HUB).values_list("country_id", flat=True)
    return sorted({*codes_of(where), *of_hubs})


@require_GET
def listed(request):
    """Whom cases may be handed to, and until when that is agreed."""
    require(request.user, Right.HUB)
    at = timezone.now()
    rows = Receiver.objects.kept_by(request.user).select_related("hub", "country")
    shown = [
        (row, receivers.agreement_of(row, on=row.country.today(at)))
        for row in rows.order_by("closed_at", "country", "name", "pk")
    ]
    return render(request, "console/receivers/list.html", {"rows": shown})


@require_http_methods(["GET", "POST"])
def add(request):
    form = NewReceiverForm(request.POST or None, by=request.user, countries=_countries(request.user))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        country, hub = values.pop("place")
        try:
            row = receivers.add_receiver(
                country=country, hub=hub, by=request.user, at=timezone.now(), **values
            )
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("console:receiver", row.pk)
    status = 422 if form.is_bound else 200
    return render(request, "console/receivers/add.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def receiver(request, pk):
    """What is known of a receiver, to be corrected, and its agreements."""
    row = _kept(request.user, pk)
    start = {name: getattr(row, name) for name in receivers.COLUMNS}
    form = ReceiverForm(request.POST or None, countries=[row.country_id], initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            receivers.change_receiver(receiver=row, by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:receiver", pk)
    return _page(request, _kept(request.user, pk), form=form, status=422 if form.is_bound else 200)


def _page(request, row, *, form=None, agreement=None, status=200):
    start = {name: getattr(row, name) for name in receivers.COLUMNS}
    today = row.country.today(timezone.now())
    agreements = row.agreements.select_related("noted_by").order_by("-valid_from", "-noted_at", "pk")
    in_force = set(Agreement.objects.in_force(on=today).filter(receiver=row).values_list("pk", flat=True))
    context = {
        "row": row,
        "place": receivers.place_of(row, language=get_language()),
        "form": form or ReceiverForm(countries=[row.country_id], initial=start),
        "agreement_form": agreement or AgreementForm(auto_id="agreement_%s"),
        "agreements": [(one, one.pk in in_force) for one in agreements],
    }
    return render(request, "console/receivers/receiver.html", context, status=status)


@require_POST
def agree(request, pk):
    """Note an agreement."""
    row = _kept(request.user, pk)
    form = AgreementForm(request.POST, auto_id="agreement_%s")
    if form.is_valid():
        values = dict(form.cleaned_data)
        values["fields"] = values.pop("fields_shared")
        try:
            receivers.agree(receiver=row, by=request.user, at=timezone.now(), **values)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("console:receiver", pk)
    return _page(request, row, agreement=form, status=422)


@require_POST
def end_agreement(request, pk, agreement_pk):
    row = _kept(request.user, pk)
    agreement = get_object_or_404(row.agreements.select_related("receiver__hub"), pk=agreement_pk)
    receivers.end_agreement(agreement=agreement, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("console:receiver", pk)


@require_POST
def close(request, pk):
    """Offer it no longer, or again."""
    row = _kept(request.user, pk)
    is_closed = row.closed_at is None
    receivers.close_receiver(receiver=row, is_closed=is_closed, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("console:receiver", pk)
