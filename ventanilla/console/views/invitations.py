"""Inviting colleagues, and letting them in again who lost their second factor."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.accounts.models import Invitation
from ventanilla.accounts.second_factor import take_second_factor
from ventanilla.hubs import invitations
from ventanilla.hubs.models import Role
from ventanilla.hubs.rights import Right, roles_to_give
from ventanilla.lib.errors import DomainError

from .. import mail, sign_in_log
from ..doors import require
from ..forms.people import InvitationForm
from .network import membership_for


@require_http_methods(["GET", "POST"])
def invite(request):
    if not roles_to_give(request.user):
        raise Http404
    form = InvitationForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return _invited(request, form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "console/add_staff.html", {"form": form})


def _invited(request, offered):
    """Mail the link; where no mail leaves this installation, show it once, to be handed over in person."""
    at = timezone.now()
    with transaction.atomic():
        made, secret = invitations.invite(by=request.user, at=at, **offered)
        address = mail.absolute(reverse("console_open_invitation", args=[secret]))
        _log(request, "invited", made, at=at)
        if mail.is_configured():
            _send(request, made, address)
    if not mail.is_configured():
        return render(request, "console/invitation_link.html", {"made": made, "address": address})
    messages.success(request, _("The invitation was sent to %(email)s.") % {"email": made.email})
    return redirect("console:invitations")


def _send(request, made, address):
    mail.send(
        "invitation",
        to=made.email,
        language=translation.get_language(),
        address=address,
        by=request.user.get_full_name(),
        role=Role(made.role).label,
        place=next((place for place in invitations.place_of(made) if place), ""),
        until=made.expires_at,
    )


def _log(request, action, invitation, *, at):
    country, hub = invitations.place_of(invitation)
    code = hub.country_id if hub else invitation.country
    sign_in_log.record_in(
        code, invitation.hub, action, kind="invitation", ref=invitation.pk, by=request.user, at=at
    )


@require_GET
def invited(request):
    """Open invitations to roles that this person may give."""
    require(request.user, Right.STAFF)
    rows = invitations.open_invitations(request.user, at=timezone.now())
    shown = [
        (row, Role(row.role).label, next((place for place in invitations.place_of(row) if place), ""))
        for row in rows
    ]
    return render(request, "console/invitations.html", {"rows": shown})


@require_POST
def revoke(request, pk):
    require(request.user, Right.STAFF)
    row = get_object_or_404(Invitation, pk=pk)
    if not invitations.may_revoke(request.user, row):
        raise Http404
    at = timezone.now()
    try:
        invitations.revoke(invitation=row, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        _log(request, "invitation-revoked", row, at=at)
        messages.success(request, _("The invitation was taken back."))
    return redirect("console:invitations")


@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa", allow_get=True)
def reset_second_factor(request, pk):
    """For a colleague who stands in front of you and lost their telephone."""
    row = membership_for(request.user, pk)
    if request.method == "GET":
        return render(request, "console/reset_factor.html", {"row": row})
    with transaction.atomic():
        take_second_factor(row.user)
        sign_in_log.record("factor-reset", row.user, at=timezone.now(), by=request.user)
        sign_in_log.notice(row.user, "factor-reset")
    messages.success(
        request, _("%(name)s sets up a new second factor at the next sign-in.") % {"name": row.user}
    )
    return redirect("console:staff")
