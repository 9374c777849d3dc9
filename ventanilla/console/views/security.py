"""How somebody signs in: second factors, password, sessions. For themselves alone."""

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ventanilla.accounts import sessions
from ventanilla.accounts.models import StaffSession
from ventanilla.accounts.second_factor import needs_second_factor

from .. import sign_in_log
from ..adapters import SecondFactorAdapter


@never_cache
@require_GET
def index(request):
    """Second factors, password, the ministry, and in which browsers one is signed in."""
    at = timezone.now()
    factors = Authenticator.objects.filter(user=request.user).order_by("created_at", "pk")
    rows = StaffSession.objects.of(request.user).alive(at=at).order_by("-active_at", "pk")
    context = {
        "app": factors.filter(type=Authenticator.Type.TOTP).first(),
        "passkeys": factors.filter(type=Authenticator.Type.WEBAUTHN),
        "codes": _codes_left(factors),
        "needs_factor": needs_second_factor(request.user),
        "rows": [(row, row.pk == request.staff_session.pk) for row in rows],
        "ministry": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "is_connected": SocialAccount.objects.filter(user=request.user).exists(),
    }
    return render(request, "entrance/security.html", context)


def _codes_left(factors):
    row = factors.filter(type=Authenticator.Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else None


class ChangePassword(PasswordChangeView):
    """With the present password; everybody else who is signed in with it is signed out."""

    template_name = "entrance/change_password.html"
    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


change_password = ChangePassword.as_view()


class AddPasskey(AddWebAuthnView):
    """Always a passkey that asks for a finger or a PIN, so that it can sign in by itself."""

    def get_context_data(self, **kwargs):
        context = super(AddWebAuthnView, self).get_context_data(**kwargs)
        return context | {"options": webauthn.begin_registration(self.request.user, True)}


add_passkey = AddPasskey.as_view()


class RemovePasskey(RemoveWebAuthnView):
    """Not the last second factor of somebody whose role needs one."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form):
        if not SecondFactorAdapter().can_delete_authenticator(self.object):
            messages.error(self.request, _("Your role needs a second factor: add another one first."))
            return redirect("mfa_index")
        return super().form_valid(form)


remove_passkey = RemovePasskey.as_view()


@require_POST
def end_one_session(request, pk):
    """Sign out in one other browser."""
    StaffSession.objects.of(request.user).filter(pk=pk).delete()
    sign_in_log.record("session-ended", request.user, at=timezone.now())
    messages.success(request, _("That session was ended."))
    return redirect("mfa_index")


@require_POST
def end_other_sessions(request):
    """Sign out everywhere else."""
    count = sessions.end_others(request.user, but=request.staff_session)
    sign_in_log.record("sessions-ended", request.user, at=timezone.now())
    told = ngettext("%(n)s other session was ended.", "%(n)s other sessions were ended.", count)
    messages.success(request, told % {"n": count})
    return redirect("mfa_index")
