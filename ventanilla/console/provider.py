"""The ministry as a place to sign in, by OpenID Connect. allauth finds this module by its name."""

import hashlib
import secrets

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.urls import reverse
from django.utils.http import urlencode

from .ministry import ClaimsAdapter


class MinistryProvider(OAuth2Provider):
    """Authorization code with PKCE and a nonce; what a browser adds to the request is not passed on."""

    id = "ministry"
    name = "OpenID Connect"
    account_class = ProviderAccount
    oauth2_adapter_class = ClaimsAdapter
    pkce_enabled_default = True

    def get_oauth2_adapter(self, request):
        return ClaimsAdapter(request)

    def get_login_url(self, request, **kwargs):
        return f"{reverse('ministry_login')}?{urlencode(kwargs)}"

    def get_callback_url(self):
        return reverse("ministry_callback")

    def get_default_scope(self):
        return ["openid", "profile", "email"]

    def redirect(self, request, process, next_url=None, data=None, **kwargs):
        nonce = secrets.token_urlsafe(32)
        kwargs |= {"auth_params": {"nonce": nonce}, "scope": self.get_default_scope(), "nonce": nonce}
        return super().redirect(request, process, next_url=next_url, data=data, **kwargs)

    def extract_uid(self, data):
        """Subjects are numbered by each issuer for itself."""
        issuer = hashlib.sha256(data["iss"].encode()).hexdigest()[:12]
        return f"{issuer}:{data['sub']}"

    def extract_extra_data(self, data):
        """Nothing of what the ministry says about a person is kept beside their account."""
        return {}

    def extract_common_fields(self, data):
        return {
            "email": data.get("email"),
            "first_name": data.get("given_name"),
            "last_name": data.get("family_name"),
            "name": data.get("name"),
        }

    def extract_email_addresses(self, data):
        return []


provider_classes = [MinistryProvider]
