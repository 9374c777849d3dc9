"""Before the console: the second step, an invitation, the first second factor, the undertaking."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.accounts import undertaking as undertakings
from ventanilla.accounts.models import User
from ventanilla.accounts.second_factor import has_second_factor
from ventanilla.hubs import invitations

from .. import demonstration, sign_in_log
from ..forms.sign_in import AcceptForm, UndertakingForm

INVITATION = "invitation"


class SecondStep(AuthenticateView):
    """Asks for a code or a passkey; in a demonstration it says the code of a sample person."""

    template_name = "entrance/second_step.html"

    def get_context_data(self, **kwargs):
        shown = demonstration.code_of(self.stage.login.user, at=timezone.now()) if settings.DEMO else ""
        return super().get_context_data(**kwargs) | {"demo_code": shown}


second_step = SecondStep.as_view()


@never_cache
@require_GET
def second_factor(request):
    """Where somebody chooses their first second factor; nothing else is open to them until then."""
    if has_second_factor(request.user):
        return redirect("mfa_index")
    return render(request, "entrance/second_factor.html")


@never_cache
@require_GET
def open_invitation(request, secret):
    """The link of the mail: keep its secret in the session, so that no later address holds it."""
    request.session[INVITATION] = secret
    return redirect("console_invitation")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request):
    """Accept an invitation: as a new person with name and password, or for the account that exists."""
    at = timezone.now()
    secret = request.session.get(INVITATION, "")
    try:
        offer = invitations.find(secret, at=at)
        place = invitations.place_of(offer)
        user = User.objects.filter(email=offer.email).first()
        if user is not None:
            return _accept_as(request, user, offer, place, secret=secret, at=at)
        return _accept_as_new(request, offer, place, secret=secret, at=at)
    except invitations.InvitationClosed as refusal:
        request.session.pop(INVITATION, None)
        return render(request, "entrance/invitation_closed.html", {"refusal": str(refusal)}, status=404)


def _accept_as_new(request, offer, place, *, secret, at):
    form = AcceptForm(request.POST or None, email=offer.email)
    if request.method != "POST" or not form.is_valid():
        return render(request, "entrance/invitation.html", _about(offer, place) | {"form": form})
    user = invitations.accept(secret=secret, at=at, **form.cleaned_data)
    _accepted(request, user, offer, at=at)
    record_authentication(request, user, method="password")
    return perform_login(request, Login(user=user))


def _accept_as(request, user, offer, place, *, secret, at):
    if request.user.pk != user.pk:
        # Only the owner of the mailbox sees this, so it tells nobody else that there is an account.
        return render(request, "entrance/invitation_sign_in.html", _about(offer, place))
    if request.method != "POST":
        return render(request, "entrance/invitation.html", _about(offer, place) | {"form": None})
    invitations.accept(secret=secret, at=at, user=user)
    _accepted(request, user, offer, at=at)
    return redirect("wagtailadmin_home")


def _accepted(request, user, offer, *, at):
    request.session.pop(INVITATION, None)
    sign_in_log.record("role-given", user, at=at, by=offer.invited_by, reason=f"invitation {offer.pk}")


def _about(offer, place):
    from ventanilla.hubs.models import Role

    country, hub = place
    return {"role": Role(offer.role).label, "place": hub or country, "email": offer.email}


@never_cache
@require_http_methods(["GET", "POST"])
def undertaking(request):
    """The code of conduct in force, to be read and accepted before the first case."""
    at, language = timezone.now(), translation.get_language()
    text = undertakings.current()
    form = UndertakingForm(request.POST or None, initial={"version": text.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if undertakings.undertake(user=request.user, version=version, language=language, at=at):
            sign_in_log.record("undertaken", request.user, at=at, kind="undertaking")
            return HttpResponseRedirect(get_next_redirect_url(request) or reverse("wagtailadmin_home"))
        # The text changed while it was read: show the new one.
        form = UndertakingForm(initial={"version": text.version})
    context = {
        "form": form,
        "title": text.title(language),
        "text": text.text(language),
        "version": text.version,
        "accepted": undertakings.has_undertaken(request.user),
        "next": get_next_redirect_url(request) or "",
    }
    return render(request, "entrance/undertaking.html", context)
