"""Signing in through a ministry: what its token must prove, and which roles follow from it.

Roles come from the mapping of the setting OIDC_ROLES alone. What the ministry no longer says is taken away
at the next sign-in; what was given here in the console stays.
"""

from http import HTTPStatus

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts import oidc
from ventanilla.accounts.models import User
from ventanilla.hubs.ministry_roles import follow_ministry, mapped_roles
from ventanilla.hubs.models import Membership
from ventanilla.lib.errors import DomainError

from . import sign_in_log


class MinistryRefused(DomainError):
    message = _("Signing in through your ministry did not work. Try again, or use your password.")


class NoRole(MinistryRefused):
    message = _("Your ministry knows you, but gives you no role here. Ask your coordinator.")


class AddressTaken(MinistryRefused):
    message = _(
        "There is an account with your e-mail address already. Sign in with its password, then connect your "
        "ministry under “Sign-in and security”."
    )


class ClaimsAdapter(OAuth2Adapter):
    """Fetches and checks the id_token: signature, issuer, audience, age."""

    provider_id = "ministry"

    @property
    def _found(self):
        if not hasattr(self, "_discovered"):
            with get_adapter().get_requests_session() as session:
                self._discovered = oidc.discover(session, issuer=settings.OIDC_ISSUER)
        return self._discovered

    @property
    def authorize_url(self):
        return self._found["authorization_endpoint"]

    @property
    def access_token_url(self):
        return self._found["token_endpoint"]

    @property
    def basic_auth(self):
        return oidc.wants_basic_auth(self._found)

    def get_callback_url(self, request, app):
        return f"{settings.PUBLIC_URL}{reverse('ministry_callback')}"

    def complete_login(self, request, app, token, **kwargs):
        with get_adapter().get_requests_session() as session:
            claims = oidc.verified_claims(
                session, kwargs["response"].get("id_token", ""), found=self._found, client_id=app.client_id
            )
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        login.has_several_factors = oidc.has_several_factors(claims)
        return login


class MinistryAdapter(DefaultSocialAccountAdapter):
    """Decides who a verified token lets in, and with which roles."""

    def pre_social_login(self, request, sociallogin):
        try:
            self._check(request, sociallogin)
        except MinistryRefused as refusal:
            raise ImmediateHttpResponse(_refused(request, refusal)) from None

    def _check(self, request, sociallogin):
        claims = sociallogin.claims
        expected = sociallogin.state.get("nonce") or ""
        if not expected or not constant_time_compare(claims.get("nonce", ""), expected):
            raise MinistryRefused
        if sociallogin.state.get("process") == "connect":
            return
        if not sociallogin.is_existing:
            self._may_be_new(sociallogin.user, claims)
            return
        user = sociallogin.user
        if user.is_superuser:
            raise MinistryRefused
        _follow(user, claims)
        if not Membership.objects.filter(user=user).exists():
            raise NoRole

    def _may_be_new(self, user, claims):
        if not user.email:
            raise MinistryRefused
        if User.objects.filter(email=user.email.lower()).exists():
            raise AddressTaken
        if not mapped_roles(oidc.groups_of(claims)):
            raise NoRole

    def is_open_for_signup(self, request, sociallogin):
        return True

    def is_auto_signup_allowed(self, request, sociallogin):
        return True

    def save_user(self, request, sociallogin, form=None):
        """The first sign-in of somebody whom the ministry gives a role."""
        user = sociallogin.user
        user.email, user.is_staff, user.is_superuser = user.email.lower(), True, False
        user.set_unusable_password()
        user.save()
        sociallogin.account.user = user
        sociallogin.account.save()
        _follow(user, sociallogin.claims)
        return user

    def get_connect_redirect_url(self, request, socialaccount):
        sign_in_log.record("ministry-connected", request.user, at=timezone.now())
        sign_in_log.notice(request.user, "ministry")
        return reverse("mfa_index")

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        raise ImmediateHttpResponse(_refused(request, MinistryRefused()))


def _follow(user, claims):
    at = timezone.now()
    given, taken = follow_ministry(user=user, wanted=mapped_roles(oidc.groups_of(claims)))
    for change, rows in (("role-given", given), ("role-taken", taken)):
        for _row in rows:
            sign_in_log.record(change, user, at=at, reason=f"ministry: {_row}")


def _refused(request, refusal):
    return render(request, "entrance/ministry_refused.html", {"refusal": str(refusal)}, status=403)


def _with_ministry(view_class):
    def view(request):
        if not settings.OIDC_ISSUER:
            raise Http404
        try:
            return view_class.adapter_view(ClaimsAdapter(request))(request)
        except (OAuth2Error, requests.RequestException, oidc.NotProven):
            # Nothing of what came back goes into a log: it may name the person.
            return _refused(request, MinistryRefused())
        except ImmediateHttpResponse as answer:
            return answer.response

    return view


def login(request):
    """Go to the ministry. By POST alone, so that no link of a stranger signs anybody in.

    A page leads there by itself: our policy lets no form end at another site, redirects included.
    """
    if request.method != "POST":
        return HttpResponseRedirect(reverse("account_login"))
    answer = _with_ministry(OAuth2LoginView)(request)
    if answer.status_code != HTTPStatus.FOUND:
        return answer
    return render(request, "entrance/to_ministry.html", {"address": answer.url})


def callback(request):
    """Come back from it."""
    return _with_ministry(OAuth2CallbackView)(request)
